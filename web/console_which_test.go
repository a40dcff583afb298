package web_test

import (
	"net/http"
	"testing"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// TestWhichQueueIsAsked: without script, what is no one queue's is asked with the queues
// that may be meant, and what was typed stays; a tick answers.
func TestWhichQueueIsAsked(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	form := p.editor("082019", "callin")
	ticked := form["queue_ids"]
	form["queue_ids"] = append(ticked[:len(ticked):len(ticked)], "CSKH Miền")
	a := p.save("082019", "callin", form).fails(http.StatusUnprocessableEntity, "invalid-input")
	a.has(`#add-queue[value="CSKH Miền"][aria-invalid]`).has(`.candidates [data-candidate="1000887"] input[name="queue_ids"]`).has(`[data-candidate="1000888"]`)
	if len(s.puts()) > 0 {
		t.Fatal("sent")
	}
	form["queue_ids"] = append(form["queue_ids"], "1000887")
	p.save("082019", "callin", form).is(http.StatusSeeOther)
	if len(s.puts()) != 1 {
		t.Errorf("%d writes", len(s.puts()))
	}
	for _, typed := range []string{"1900 6066", "1000887 x", "24-7 Support"} {
		form := p.editor("082019", "callin")
		form["queue_ids"] = append(form["queue_ids"], typed)
		p.save("082019", "callin", form).fails(http.StatusUnprocessableEntity, "invalid-input")
	}
	// In whatever form it comes.
	form = p.editor("082019", "callin")
	form["queue_ids"] = append(form["queue_ids"], "\u202d\uff11\uff10\uff10\uff10\uff18\uff18\uff18\u202c")
	p.save("082019", "callin", form).is(http.StatusSeeOther)
	if len(s.puts()) != 2 {
		t.Errorf("%d writes", len(s.puts()))
	}
}
