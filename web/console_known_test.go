package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/web/tag"
)

// hidden is a queue that is nobody's first: no row shows it.
const hidden = 1999999

// withHidden is a stand in which 082019 is in the hidden queue too.
func withHidden(t *testing.T) *stand {
	t.Helper()
	s := newStand(t, func(o *setup) { o.sandbox = func(c *sandbox.Config) { c.Style = sandbox.FirstOnly } })
	if !s.api.SetQueues(sandbox.AloHub, "082019", sandbox.Callin, []int64{1001226, 1000886, hidden}, nil) {
		t.Fatal("no agent 082019")
	}
	return s
}

func ids(text string) url.Values { return url.Values{"ids": {text}} }

// TestKnownQueues: a list of ids is pasted, kept with who and when, and finds a queue
// that is nobody's first; then nothing is lost by a save.
func TestKnownQueues(t *testing.T) {
	t.Parallel()
	s := withHidden(t)
	p := s.signIn(sandbox.DemoKey)
	a := p.get("/queues").has(`#known-queues[data-known-queues="0"]`).lacks("[data-known-by]").lacks("#known-queues details[open]")
	a.says("The API has no list of queues. A queue that is nobody's first may be hidden").lacks(fmt.Sprintf(`tr[data-queue-id="%d"]`, hidden))
	if got := a.find("#known-queues form").AttrOr("action", ""); got != "/queues/known" {
		t.Errorf("the form goes to %q", got)
	}

	if form := a.form("#known-queues form"); form.Get(tag.Field) == "" {
		t.Errorf("the form does not say whose it is: %v", form)
	}
	a = p.post("/queues/known", ids(fmt.Sprintf("1000886, %d;7\r\n7\t8", hidden))).is(http.StatusSeeOther)
	if a.location() != "/queues" {
		t.Errorf("leads to %s", a.location())
	}
	p.crawled()
	a = p.get("/queues").has(`#known-queues[data-known-queues="4"]`).has("[data-known-by] time").has(fmt.Sprintf(`tr[data-queue-id="%d"]`, hidden))
	if by := a.find("[data-known-by]").Text(); !strings.Contains(by, "Lê Thị Thử") {
		t.Errorf("kept by %q", by)
	}
	if text := a.find("textarea[name=ids]").Text(); text != fmt.Sprintf("1000886\n%d\n7\n8", hidden) {
		t.Errorf("the form has %q", text)
	}
	// What nobody is in is asked about and is no queue.
	a.lacks(`tr[data-queue-id="7"]`)

	form := p.editor("082019", "callin")
	form.Add("queue_ids", "1000887")
	p.save("082019", "callin", form).is(http.StatusSeeOther)
	if got := s.callin("082019"); !slices.Contains(got, hidden) || !slices.Contains(got, 1000887) {
		t.Errorf("082019 is in %v", got)
	}

	// htmx is led to the page, and the list is replaced, by none too.
	a = p.post("/queues/known", ids("  "), htmx("known-queues")...).is(http.StatusNoContent)
	if to := a.header.Get("HX-Redirect"); to != "/queues" {
		t.Errorf("htmx is led to %q", to)
	}
	p.crawled()
	p.get("/queues").has(`#known-queues[data-known-queues="0"]`).has("[data-known-by]").has(fmt.Sprintf(`tr[data-queue-id="%d"]`, hidden))
}

// TestKnownQueuesWithout is what they are for: the queue is lost, and the page had said
// that it could be.
func TestKnownQueuesWithout(t *testing.T) {
	t.Parallel()
	s := withHidden(t)
	p := s.signIn(sandbox.DemoKey)
	form := p.editor("082019", "callin")
	form.Add("queue_ids", "1000887")
	p.save("082019", "callin", form).is(http.StatusSeeOther)
	if got := s.callin("082019"); slices.Contains(got, hidden) {
		t.Errorf("082019 is in %v: the test no longer shows what the list is for", got)
	}
}

// TestKnownQueuesRefused: what is no id is named, what was typed stays, and so does the
// list that is kept.
func TestKnownQueuesRefused(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	p.post("/queues/known", ids("7 8")).is(http.StatusSeeOther)
	var many strings.Builder
	for i := range 501 {
		fmt.Fprintf(&many, "%d ", 1000000+i)
	}
	for _, tt := range []struct{ typed, says string }{
		{"1001226\nCSKH\n7", "“CSKH” is no queue ID"},
		{"7-9", "“7-9” is no queue ID"},
		{`</textarea><b data-x>`, "“</textarea><b” is no queue ID"},
		{strings.TrimSpace(many.String()), "It has 501 IDs, 500 is the most."},
	} {
		for _, header := range [][]string{nil, htmx("known-queues")} {
			a := p.post("/queues/known", ids(tt.typed), header...).fails(http.StatusUnprocessableEntity, "invalid-input")
			a.says(tt.says).has("#known-queues details[open]").has("textarea[aria-invalid=true]").has(`a[href="#ids"]`).has("#ids-error").lacks("[data-x]")
			if got := a.find("textarea[name=ids]").Text(); got != tt.typed {
				t.Errorf("came back as %.60q", got)
			}
			if whole := a.find("h1").Length() > 0; whole != (header == nil) {
				t.Errorf("%v: a whole page: %t", header, whole)
			}
			a.has(`#known-queues[data-known-queues="2"]`).lacks("noscript")
		}
	}
	known, err := s.store.KnownQueues(context.Background(), aloHub())
	if err != nil || !slices.Equal(known.IDs, []int64{7, 8}) {
		t.Errorf("%v, %v", known, err)
	}
	p.post("/queues/known", ids("9"), "Sec-Fetch-Site", "cross-site").is(http.StatusForbidden)

	// Another tenant's list is its own.
	s.signIn(sandbox.DemoKeyAnother).get("/queues").has(`#known-queues[data-known-queues="0"]`)
}

// TestKnownQueuesOfAnotherSignIn: a page never keeps a list for another tenant than the
// one it shows.
func TestKnownQueuesOfAnotherSignIn(t *testing.T) {
	t.Parallel()
	s, p := twoPlaces(t)
	form := p.get("/queues").form("#known-queues form")
	form.Set("ids", "7")
	p.other("api_key", sandbox.DemoKeyAnother)
	p.post("/queues/known", form).fails(http.StatusConflict, "other-session")
	p.get("/queues").has(`#known-queues[data-known-queues="0"]`)
	if known, err := s.store.KnownQueues(context.Background(), aloHub()); err != nil || len(known.IDs) > 0 {
		t.Errorf("%v, %v", known, err)
	}
}

// TestKnownQueuesDown: a list that cannot be written down is not kept, and stays typed.
func TestKnownQueuesDown(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	p.post("/queues/known", ids("7")).is(http.StatusSeeOther)
	s.store.breakDown("KeepKnownQueues")
	for _, header := range [][]string{nil, htmx("known-queues")} {
		a := p.post("/queues/known", ids("8"), header...).fails(http.StatusServiceUnavailable, "failed")
		a.has("#known-queues details[open]").lacks("textarea[aria-invalid]")
		if got := a.find("textarea[name=ids]").Text(); got != "8" || strings.Contains(a.body, "disk full") {
			t.Errorf("came back as %q", got)
		}
	}
	s.store.breakDown("KnownQueues")
	p.get("/queues").fails(http.StatusServiceUnavailable, "failed")
	s.store.breakDown()
	p.get("/queues").has(`#known-queues[data-known-queues="1"]`)
}

// TestKnownQueuesHaveAPage of their own, which nothing asks for again while somebody types.
func TestKnownQueuesHaveAPage(t *testing.T) {
	t.Parallel()
	s := newStand(t, func(o *setup) {
		o.front = func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				time.Sleep(100 * time.Millisecond)
				next.ServeHTTP(w, r)
			})
		}
	})
	p := s.browser().english()
	p.enter(sandbox.DemoKey)
	p.get("/queues").has("noscript").has(`#known-queues .unscripted a[href="/queues/known"]`)
	p.get("/queues/known").is(http.StatusOK).has("#known-queues details[open]").lacks("noscript").lacks("#known-queues .unscripted")
}
