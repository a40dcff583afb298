package web_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// TestSaveAsksTheDatabaseLittle: at 400 ms a trip these few are 3.2 seconds, beside which
// the rest is nothing. sqlstore's own test holds each down to one trip.
func TestSaveAsksTheDatabaseLittle(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	p.crawled()
	form := p.editor("082019", "callin")
	form.Add("queue_ids", "1000887")
	s.store.count()
	p.save("082019", "callin", form).is(http.StatusSeeOther)
	want := []string{"Ended", "Lock", "List", "Unsettled", "Intend", "Settle", "Settle", "release"}
	if got := s.store.counted(); !slices.Equal(got, want) {
		t.Errorf("a save asks %v", got)
	}
	s.store.count()
	p.post("/agents/082019/recording", enabled("true")).is(http.StatusSeeOther)
	if got := s.store.counted(); len(got) > 5 {
		t.Errorf("recording asks %v", got)
	}
}
