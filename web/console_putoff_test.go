package web_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// TestWhatWasPressedIsAskedAgain: whatever is posted when the sign-in has ended, by age or
// because the API refuses the key, is there again after signing in; nothing is sent by
// itself.
func TestWhatWasPressedIsAskedAgain(t *testing.T) {
	t.Parallel()
	for name, try := range map[string]struct {
		path string
		form url.Values
		// shows is what the page after signing in has, sends whether a form of it sends.
		shows, sends string
	}{
		"recording": {"/agents/082018/recording", url.Values{"enabled": {"true"}}, `[data-put-off] input[name="enabled"][value="true"]`, "/agents/082018/recording"},
		"a queue's agent": {
			"/queues/1000887/members?type=callin",
			url.Values{"action": {"add"}, "agent_id": {"082018"}},
			`input[name="agent_id"][value="082018"]`, "/queues/1000887/members?type=callin",
		},
		"known queues": {"/queues/known", url.Values{"ids": {"77\n78"}}, `textarea[name="ids"]`, "/queues/known"},
		"undo":         {"", nil, `[data-put-off]`, ""},
	} {
		for ended, end := range map[string]func(*stand, *shifted){
			"expired": func(_ *stand, clock *shifted) { clock.advance(31 * time.Minute) },
			"refused": func(s *stand, _ *shifted) {
				s.api.Fail(sandbox.Unauthorized().Repeat(sandbox.Always))
			},
		} {
			t.Run(name+"/"+ended, func(t *testing.T) {
				t.Parallel()
				try := try
				clock := &shifted{}
				s := newStand(t, func(o *setup) { o.web.Now = clock.now })
				p := s.signIn(sandbox.DemoKey)
				p.crawled()
				form := p.editor("082019", "callin")
				form["queue_ids"] = append(form["queue_ids"], "1000887")
				p.save("082019", "callin", form).is(http.StatusSeeOther)
				if try.path == "" {
					try.path = "/changes/" + s.last("082019").ID + "/undo"
					try.sends = try.path
				}
				if ended == "refused" && name == "known queues" {
					return // nothing is asked of the API for it
				}
				end(s, clock)
				at, err := url.Parse(p.post(try.path, try.form).is(http.StatusSeeOther).location())
				if err != nil || at.Path != "/sign-in" {
					t.Fatalf("leads to %s", at)
				}
				s.api.ClearFaults()
				before := len(s.puts()) + len(s.api.CallsOf(sandbox.OpRecording))
				next := p.post("/sign-in", url.Values{
					"environment": {"sandbox"}, "api_key": {sandbox.DemoKey}, "operator": {"Lê Thị Thử"}, "next": {at.Query().Get("next")},
				}).is(http.StatusSeeOther).location()
				page := p.get(next).is(http.StatusOK).has(try.shows)
				if text := page.find(`textarea[name="ids"]`).Text(); name == "known queues" && text != "77\n78" {
					t.Errorf("typed %q", text)
				}
				if sent := len(s.puts()) + len(s.api.CallsOf(sandbox.OpRecording)); sent != before {
					t.Error("sent by itself")
				}
				if name == "known queues" {
					return
				}
				p.post(try.sends, try.form).is(http.StatusSeeOther)
				if sent := len(s.puts()) + len(s.api.CallsOf(sandbox.OpRecording)); sent == before {
					t.Error("not sent when it was pressed again")
				}
			})
		}
	}
}
