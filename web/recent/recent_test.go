package recent_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/runs"
	"github.com/alohub/agentconsole/web/recent"
)

// database counts what it is asked, and knows one session and one entry.
type database struct {
	recent.Store
	asked  int
	ended  bool
	ends   uint64
	shared bool
	failed error
}

func (d *database) Ended(context.Context, string, int64) (bool, error) {
	d.asked++
	return d.ended, d.failed
}

func (d *database) End(context.Context, string, time.Time) error {
	d.ended = true
	d.ends++
	return nil
}

func (d *database) Endings() uint64     { return d.ends }
func (d *database) SingleProcess() bool { return !d.shared }

func (d *database) List(context.Context, journal.Filter) ([]journal.Entry, bool, error) {
	d.asked++
	return nil, false, d.failed
}

func (d *database) Recordings(context.Context, journal.Scope, ...string) (map[string]journal.RecordingState, error) {
	d.asked++
	return nil, d.failed
}

func (d *database) FilterSets(context.Context, journal.Scope, string) ([]journal.FilterSet, error) {
	d.asked++
	return nil, d.failed
}

func (d *database) KeepFilterSet(context.Context, journal.Scope, journal.FilterSet) (string, error) {
	return "", d.failed
}

func (d *database) ChangeFilterSet(context.Context, journal.Scope, string, journal.FilterSet) error {
	return d.failed
}

func (d *database) DropFilterSet(context.Context, journal.Scope, string, string) error {
	return d.failed
}

func (d *database) Settle(context.Context, string, journal.Settlement) error { return d.failed }

func (d *database) Runs() runs.Store { return nil }

type clock struct{ time time.Time }

func (c *clock) now() time.Time { return c.time }

func stand(age time.Duration) (*database, *clock, *recent.Reads, recent.Store) {
	d, c := &database{}, &clock{time.Date(2026, 11, 29, 8, 0, 0, 0, time.UTC)}
	reads, store := recent.New(d, c.now, age)
	return d, c, reads, store
}

func asks(t *testing.T, d *database, want int, do func() error) {
	t.Helper()
	before := d.asked
	if err := do(); !errors.Is(err, d.failed) {
		t.Errorf("%v, want %v", err, d.failed)
	}
	if got := d.asked - before; got != want {
		t.Errorf("asked %d times, want %d", got, want)
	}
}

// TestEndedSession: a copied cookie is refused at once, wherever it was ended; within a
// second where a tool ended it beside the one process.
func TestEndedSession(t *testing.T) {
	t.Parallel()
	d, c, reads, store := stand(recent.DefaultAge)
	ended := func(id string) (yes bool) {
		yes, err := reads.Ended(t.Context(), id, 0)
		if err != nil {
			t.Error(err)
		}
		return yes
	}
	if ended("a") {
		t.Error("ended before anybody did")
	}
	if err := store.End(t.Context(), "a", c.time.Add(time.Hour)); err != nil || !ended("a") {
		t.Errorf("not ended at once: %v", err)
	}
	d.ended = false
	asks(t, d, 0, func() error { ended("a"); return nil })
	c.time = c.time.Add(time.Second)
	if ended("a") {
		t.Error("of a second ago")
	}
	d.ended = true
	c.time = c.time.Add(time.Second)
	if !ended("a") {
		t.Error("a tool's end is not seen within a second")
	}
	d.shared, d.ended = true, false
	if ended("a") {
		t.Error("a database that several use is not asked each time")
	}
	asks(t, d, 1, func() error { ended("b"); return nil })
}

// TestAnswers: each question has its own, what was written since is asked again, and
// failures are not kept.
func TestAnswers(t *testing.T) {
	t.Parallel()
	d, c, reads, store := stand(recent.DefaultAge)
	one, other := journal.Scope{Environment: "e", Tenant: "1"}, journal.Scope{Environment: "e", Tenant: "2"}
	list := func(f journal.Filter) func() error {
		return func() error { _, _, err := reads.List(t.Context(), f); return err }
	}
	sent := func(s journal.Scope, agents ...string) func() error {
		return func() error { _, err := reads.Recordings(t.Context(), s, agents...); return err }
	}
	asks(t, d, 1, list(journal.Filter{Scope: one}))
	asks(t, d, 0, list(journal.Filter{Scope: one}))
	asks(t, d, 1, list(journal.Filter{Scope: other}))
	asks(t, d, 1, list(journal.Filter{Scope: one, Agent: "1"}))
	asks(t, d, 1, list(journal.Filter{Scope: one, Limit: 1000}))
	asks(t, d, 1, list(journal.Filter{Scope: one, Limit: 1000}))
	asks(t, d, 1, sent(one, "1", "2"))
	asks(t, d, 0, sent(one, "1", "2"))
	asks(t, d, 1, sent(one, "12"))
	asks(t, d, 1, sent(other, "1", "2"))

	d.failed = errors.New("disk full")
	if err := list(journal.Filter{Scope: one})(); err != nil {
		t.Errorf("what is known is not told: %v", err)
	}
	_ = store.Settle(t.Context(), "1", journal.Settlement{})
	asks(t, d, 1, list(journal.Filter{Scope: one}))
	asks(t, d, 1, list(journal.Filter{Scope: one}))
	asks(t, d, 1, sent(one, "1", "2"))
	d.failed = nil
	asks(t, d, 1, list(journal.Filter{Scope: one}))
	asks(t, d, 0, list(journal.Filter{Scope: one}))
	c.time = c.time.Add(-time.Hour)
	asks(t, d, 1, list(journal.Filter{Scope: one}))

	d, _, reads, _ = stand(-1)
	asks(t, d, 1, list(journal.Filter{Scope: one}))
	asks(t, d, 1, list(journal.Filter{Scope: one}))
}

// TestWholeLedger: all that was sent is kept for longer where nobody else writes it, until
// something is written here; where others do it is as young as everything.
func TestWholeLedger(t *testing.T) {
	t.Parallel()
	for name, shared := range map[string]bool{"alone": false, "replicas": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, c, reads, store := stand(time.Second)
			d.shared = shared
			ask := func(agents ...string) {
				if _, err := reads.Recordings(t.Context(), journal.Scope{Tenant: "1"}, agents...); err != nil {
					t.Fatal(err)
				}
			}
			ask()
			c.time = c.time.Add(30 * time.Second)
			ask()
			if want := map[bool]int{false: 1, true: 2}[shared]; d.asked != want {
				t.Errorf("%d questions, want %d", d.asked, want)
			}
			before := d.asked
			if err := store.Settle(t.Context(), "1", journal.Settlement{}); err != nil {
				t.Fatal(err)
			}
			ask()
			if d.asked != before+1 {
				t.Error("what was written was not seen")
			}
			// Of so many nobody asks again: they are not kept.
			many := make([]string, 500)
			ask(many...)
			ask(many...)
			if d.asked != before+3 {
				t.Error("a file's agents were kept")
			}
		})
	}
}

// TestFilterSets: each person's are asked for by themselves, for longer where nobody else
// writes them, and again after each write of this process, one that failed too.
func TestFilterSets(t *testing.T) {
	t.Parallel()
	scope := journal.Scope{Environment: "e", Tenant: "1"}
	for name, shared := range map[string]bool{"alone": false, "replicas": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, c, reads, store := stand(recent.DefaultAge)
			d.shared = shared
			ask := func(scope journal.Scope, owner string) func() error {
				return func() error { _, err := reads.FilterSets(t.Context(), scope, owner); return err }
			}
			asks(t, d, 1, ask(scope, "Nga"))
			asks(t, d, 0, ask(scope, "Nga"))
			asks(t, d, 1, ask(scope, ""))
			asks(t, d, 1, ask(journal.Scope{Environment: "e", Tenant: "2"}, "Nga"))
			asks(t, d, 1, ask(journal.Scope{Environment: "f", Tenant: "1"}, "Nga"))
			c.time = c.time.Add(30 * time.Second)
			asks(t, d, map[bool]int{false: 0, true: 1}[shared], ask(scope, "Nga"))
			c.time = c.time.Add(31 * time.Second)
			asks(t, d, 1, ask(scope, "Nga"))
			for what, write := range map[string]func() error{
				"keep":   func() error { _, err := store.KeepFilterSet(t.Context(), scope, journal.FilterSet{}); return err },
				"change": func() error { return store.ChangeFilterSet(t.Context(), scope, "", journal.FilterSet{}) },
				"drop":   func() error { return store.DropFilterSet(t.Context(), scope, "", "1") },
			} {
				for _, d.failed = range []error{nil, errors.New("disk full")} {
					if err := write(); !errors.Is(err, d.failed) {
						t.Errorf("%s: %v", what, err)
					}
					d.failed = nil
					asks(t, d, 1, ask(scope, "Nga"))
				}
			}
		})
	}
}

// TestManyQuestions: strangers' questions do not fill the memory.
func TestManyQuestions(t *testing.T) {
	t.Parallel()
	d, c, reads, _ := stand(recent.DefaultAge)
	for i := range 5000 {
		if _, err := reads.Ended(t.Context(), string(rune('a'+i)), 0); err != nil {
			t.Fatal(err)
		}
	}
	asks(t, d, 0, func() error { _, err := reads.Ended(t.Context(), "a", 0); return err })
	asks(t, d, 1, func() error { _, err := reads.Ended(t.Context(), string(rune('a'+4999)), 0); return err })
	c.time = c.time.Add(time.Second)
	asks(t, d, 1, func() error { _, err := reads.Ended(t.Context(), "new", 0); return err })
	asks(t, d, 0, func() error { _, err := reads.Ended(t.Context(), "new", 0); return err })
}
