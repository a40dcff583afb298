package web_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// blackHole is a way to the upstream that can be cut: the next three calls, one read and its repeats, then time out,
// so that a test need not wait for that, and all later ones get no answer at all.
type blackHole struct {
	next *http.Transport

	mu    sync.Mutex
	back  chan struct{} // closed when it is mended; nil where it is not cut
	early int
}

func (b *blackHole) between(o *setup) {
	b.next = &http.Transport{}
	o.web.Transport = b
}

func (b *blackHole) cut() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.back, b.early = make(chan struct{}), 3
}

func (b *blackHole) mend() {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.back)
	b.back = nil
}

func (b *blackHole) RoundTrip(r *http.Request) (*http.Response, error) {
	b.mu.Lock()
	back, early := b.back, b.early > 0
	b.early--
	b.mu.Unlock()
	switch {
	case back == nil:
		return b.next.RoundTrip(r)
	case early:
		return nil, context.DeadlineExceeded
	}
	select {
	case <-r.Context().Done():
		return nil, r.Context().Err()
	case <-back:
		return nil, errors.New("the connection was reset")
	}
}

func (b *blackHole) CloseIdleConnections() { b.next.CloseIdleConnections() }

// nothingAnswers: the API does not answer any more. After the first click every page comes
// at once from what is known and says so, nothing is sent, and the first click after it
// is back finds it.
func nothingAnswers(t *testing.T) {
	var hole blackHole
	clock := &shifted{}
	s := newStand(t, hole.between, func(o *setup) { o.web.Now = clock.now })
	p := s.signIn(sandbox.DemoKey)
	form := p.editor("082019", "callin")
	p.get("/agents").is(http.StatusOK).lacks("[data-outage]").has("#outage")
	s.api.ResetCalls()
	hole.cut()
	p.get("/agents").fails(http.StatusGatewayTimeout, "unreachable").says("answers too slowly")
	clock.advance(16 * time.Minute) // what was read is too old for any page by now

	click := func(method, path string, form url.Values, header ...string) *answer {
		t.Helper()
		begun := time.Now()
		a := p.do(method, path, form, header...)
		// What asked the API would wait for all of its timeout.
		if took := time.Since(begun); took > 9*time.Second {
			t.Errorf("%s %s took %s", method, path, took)
		}
		return a
	}
	for _, tt := range []struct {
		path   string
		shows  string
		header []string
	}{
		{"/agents", "tr[data-agent-id]", nil},
		{"/agents", "tr[data-agent-id]", htmx("agents")},
		{"/agents?status=1&page=1", "tr[data-agent-id]", nil},
		{"/agents?queue_id=1001226&size=100", `tr[data-agent-id="082019"]`, nil},
		{"/agents?team_id=20260310", "tr[data-agent-id]", nil},
		{"/agents?q=082019", `tr[data-agent-id="082019"]`, nil},
		{"/agents/live?row=082019:x", "[data-hx-target='#agents-age']", htmx("live")},
		{"/agents/082019", "[data-queues=callin] [data-queue-id='1000886']", nil},
		{"/agents/082019/queues?type=callin", "#editor-form [data-queue-id='1000886']", nil},
		{"/agents/082019/queues?type=callin", "#editor-form [data-queue-id='1000886']", htmx("drawer-body")},
		{"/agents/082019/queues?type=callout", "#editor-form [data-queue-id='13876']", nil},
		{"/queues", "tr[data-queue-id='1001226']", nil},
		{"/queues/1001226", "tr[data-agent-id='082019']", nil},
		{"/queues/13876?type=callout", "tr[data-agent-id]", nil},
		{"/changes", "main", nil},
	} {
		a := click(http.MethodGet, tt.path, nil, tt.header...).is(http.StatusOK).has(tt.shows).lacks("[data-failure]")
		a.has("[data-outage] time[datetime]").says("The API is not answering").says("not sent")
	}
	p.get("/agents/082019/queues?type=callin", htmx("drawer-body")...).says("saving sends nothing")
	// Another team's agents are not known, nor is an agent whom nobody has seen.
	click(http.MethodGet, "/agents?team_id=1", nil).fails(http.StatusGatewayTimeout, "unreachable").lacks("tr[data-agent-id]")
	click(http.MethodGet, "/agents/999999", nil).fails(http.StatusGatewayTimeout, "unreachable")
	for _, path := range []string{"/agents.csv", "/agents.csv?status=1", "/agents.csv?q=082019"} {
		if rows := click(http.MethodGet, path, nil).is(http.StatusOK).rows(); len(rows) == 0 {
			t.Errorf("%s: no rows", path)
		}
	}

	form.Add("queue_ids", "1000887")
	for _, header := range [][]string{nil, htmx("editor")} {
		a := click(http.MethodPost, "/agents/082019/queues?type=callin", form, header...)
		a.fails(http.StatusGatewayTimeout, "unreachable").says("Nothing was sent")
		if back := a.form("#editor-form"); !slices.Contains(back["queue_ids"], "1000887") || back.Get("base") != form.Get("base") {
			t.Errorf("typed %v, came back %v", form, back)
		}
	}
	says := "Nothing was sent"
	click(http.MethodPost, "/agents/082018/recording", enabled("true")).fails(http.StatusGatewayTimeout, "unreachable").says(says)
	click(http.MethodPost, "/queues/1000887/members?type=callin", url.Values{"agent_id": {"082018"}, "action": {"add"}}).
		fails(http.StatusGatewayTimeout, "unreachable").says(says)
	click(http.MethodPost, "/agents/082019/read", url.Values{}).fails(http.StatusGatewayTimeout, "unreachable")
	click(http.MethodPost, "/sign-in", signInForm(oddKey)).fails(http.StatusGatewayTimeout, "unreachable")
	if n := len(s.api.Calls()); n > 0 {
		t.Errorf("%d calls came through", n)
	}

	hole.mend()
	clock.advance(time.Minute)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(20 * time.Second); ; <-tick.C {
		if p.get("/agents").find("[data-outage]").Length() == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the API is back, and nobody has looked")
		}
		clock.advance(time.Second)
	}
	p.save("082019", "callin", form).is(http.StatusSeeOther)
	if got := s.callin("082019"); !slices.Contains(got, 1000887) {
		t.Errorf("left in %v", got)
	}
	p.get("/agents", htmx("agents")...).is(http.StatusOK).has("[data-hx-target='#outage']").lacks("[data-outage]")
}
