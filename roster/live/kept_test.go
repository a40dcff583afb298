package live_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/live"
)

// hiding is an upstream whose rows show one queue each, and in which 5 is nobody's first:
// only the filter, asked about 5 itself, says that 081 is in it.
func hiding() *upstream {
	u := newUpstream(agentOf("081", 1, 5), agentOf("082", 2, 1), agentOf("083", 2))
	u.style = always(firstOnly)
	return u
}

// asks notes the ids that the filter is asked about, from now on.
func asks(u *upstream) func() []int64 {
	var mu sync.Mutex
	var ids []int64
	u.takes = func(q apiclient.AgentQuery) time.Duration {
		mu.Lock()
		defer mu.Unlock()
		if q.QueueID != 0 {
			ids = roster.AppendNew(ids, q.QueueID)
		}
		return 0
	}
	return func() []int64 {
		mu.Lock()
		defer mu.Unlock()
		out := slices.Sorted(slices.Values(ids))
		ids = nil
		return out
	}
}

func kept(ids ...int64) journal.KnownQueues {
	return journal.KnownQueues{IDs: ids, Operator: "An", At: time.Now().UTC()}
}

// TestKeptQueueIsFound: what nobody's row shows first is lost on a save, unless its id is
// in the list that an administrator keeps.
func TestKeptQueueIsFound(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		keep []int64
		sent []int64
	}{
		"without":     {nil, []int64{1, 9}},
		"with":        {[]int64{5, 6}, []int64{1, 5, 9}},
		"with others": {[]int64{6}, []int64{1, 9}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := hiding()
			tenant, store := setup(t, u)
			tenant.CrawlNow(t.Context(), u)
			if tt.keep != nil {
				if err := tenant.KeepKnownQueues(t.Context(), live.Access{}, kept(tt.keep...)); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := tenant.Change(t.Context(), u, add("081", 9), roster.Author{}, roster.Consent{}); err != nil {
				t.Fatal(err)
			}
			if got := slices.Sorted(slices.Values(u.puts[0].ids)); !slices.Equal(got, tt.sent) {
				t.Errorf("sent %v, want %v", got, tt.sent)
			}
			// A console that starts anew knows what is kept.
			r := live.New(live.Config{Journal: store, ReadBackPause: -1, Logger: quiet()})
			defer r.Close()
			asked := asks(u)
			again := r.Tenant(access("b", u))
			again.CrawlNow(t.Context(), u)
			if got := asked(); len(roster.Minus(tt.keep, got)) > 0 {
				t.Errorf("after a restart asks about %v", got)
			}
		})
	}
}

// TestKeptListAnswersForHiddenQueues: nobody is asked about queues that cannot be seen,
// for the list names them all; and the filter is asked about each.
func TestKeptListAnswersForHiddenQueues(t *testing.T) {
	t.Parallel()
	u := hiding()
	tenant, _ := setup(t, u, func(cfg *live.Config) { cfg.AskOneShown = true })
	tenant.CrawlNow(t.Context(), u)
	change := func() error {
		_, err := tenant.Change(t.Context(), u, add("083", 9), roster.Author{}, roster.Consent{})
		return err
	}
	warns := func() bool {
		return slices.ContainsFunc(tenant.Preview(add("083", 9), roster.Author{}).Warnings, func(w roster.Warning) bool {
			return w.Code == roster.WarnOneShown
		})
	}
	var confirm *roster.ConfirmError
	if err := change(); !errors.As(err, &confirm) || roster.ShownBy(confirm.Plan) != "unsure:one-shown" || !warns() {
		t.Fatalf("without a list: %v, warns %t", err, warns())
	}
	if err := tenant.KeepKnownQueues(t.Context(), live.Access{}, kept(1, 2, 5, 6, 7)); err != nil {
		t.Fatal(err)
	}
	if warns() {
		t.Error("with a list it warns")
	}
	asked := asks(u)
	if err := change(); err != nil {
		t.Errorf("with a list: %v", err)
	}
	if got := asked(); !slices.Equal(got, []int64{1, 5, 6, 7, 9}) { // its row shows 2
		t.Errorf("asked about %v", got)
	}
	// Where the list is taken away, people are asked as before.
	if err := tenant.KeepKnownQueues(t.Context(), live.Access{}, kept()); err != nil {
		t.Fatal(err)
	}
	_, err := tenant.Change(t.Context(), u, add("082", 9), roster.Author{}, roster.Consent{})
	if !errors.As(err, &confirm) {
		t.Errorf("with an emptied list: %v", err)
	}
}

// TestKeptListIsNoAnswerWhereTheFilterMayHide: a filter that lists people only where
// their row shows the queue finds nothing, however many ids it is asked about.
func TestKeptListIsNoAnswerWhereTheFilterMayHide(t *testing.T) {
	t.Parallel()
	u := hiding()
	u.shown = true
	tenant, _ := setup(t, u)
	tenant.CrawlNow(t.Context(), u)
	if err := tenant.KeepKnownQueues(t.Context(), live.Access{}, kept(1, 2, 5)); err != nil {
		t.Fatal(err)
	}
	_, err := tenant.Change(t.Context(), u, add("081", 9), roster.Author{}, roster.Consent{})
	var confirm *roster.ConfirmError
	if !errors.As(err, &confirm) || !slices.Contains(confirm.Plan.Unsure, roster.OneShown) || len(u.puts) > 0 {
		t.Fatalf("sent %v over %v: %v", u.puts, u.find("081").callin, err)
	}
}

// TestQueueNoLongerKept is no longer asked about, unless something else makes it known.
func TestQueueNoLongerKept(t *testing.T) {
	t.Parallel()
	u := hiding()
	u.find("083").callout = []int64{60}
	tenant, store := setup(t, u)
	if err := tenant.KeepKnownQueues(t.Context(), live.Access{}, kept(5, 6, 7, 60)); err != nil {
		t.Fatal(err)
	}
	tenant.CrawlNow(t.Context(), u)
	typed := roster.RemoveIntent("083", apiclient.Callin, []int64{7})
	if _, err := tenant.Plan(t.Context(), u, typed); err != nil {
		t.Fatal(err)
	}
	if err := tenant.ReadQueue(t.Context(), access("a", u), apiclient.Callin, 70); err != nil {
		t.Fatal(err)
	}
	if err := tenant.KeepKnownQueues(t.Context(), live.Access{}, kept(8)); err != nil {
		t.Fatal(err)
	}
	asked := asks(u)
	a, err := tenant.Gather(t.Context(), u, "081", apiclient.Callin, 0)
	if err != nil {
		t.Fatal(err)
	}
	// 5 was found, 60 is a callout queue, 7 was typed, 70 was looked at; 6 was nothing
	// but kept.
	if got := asked(); !slices.Equal(got, []int64{2, 5, 7, 8, 60, 70}) {
		t.Errorf("asked about %v", got)
	}
	if got := roster.IDs(a.Callin); !slices.Equal(got, []int64{1, 5}) {
		t.Errorf("081 is in %v", got)
	}
	names, err := store.QueueNames(t.Context(), aScope, journal.Callin)
	if _, found := names[5]; err != nil || !found {
		t.Errorf("what was found is not remembered: %v, %v", names, err)
	}
	if _, only := names[6]; only {
		t.Error("what was kept and never found is remembered as a queue")
	}
}

// TestKeptElsewhere: what another console keeps is known here some seconds later, and the
// journal is asked no more often than that.
func TestKeptElsewhere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := hiding()
		here, store := setup(t, u)
		r := live.New(live.Config{Journal: store, ReadBackPause: -1, Logger: quiet()})
		defer r.Close()
		there := r.Tenant(access("b", u))
		gather := func() []int64 {
			t.Helper()
			asked := asks(u)
			if _, err := here.Gather(t.Context(), u, "081", apiclient.Callin, 0); err != nil {
				t.Fatal(err)
			}
			return asked()
		}
		gather()
		for _, list := range [][]int64{{5, 6}, {6}, {}} {
			if err := there.KeepKnownQueues(t.Context(), live.Access{}, kept(list...)); err != nil {
				t.Fatal(err)
			}
			time.Sleep(5 * time.Second)
			if got := roster.Both(gather(), []int64{6}); !slices.Equal(got, roster.Both(list, []int64{6})) {
				t.Errorf("of %v asks about %v", list, got)
			}
		}
		before := store.askedKnown
		for range 20 {
			gather()
		}
		if n := store.askedKnown - before; n > 0 {
			t.Errorf("the journal was asked %d times within a moment", n)
		}
		known, err := here.KnownQueues(t.Context())
		if err != nil || known.Operator != "An" || len(known.IDs) != 0 {
			t.Errorf("%+v, %v", known, err)
		}
	})
}

// TestKnownQueuesUnread: what was kept before goes on where the journal cannot be read,
// and what cannot be written down is not kept.
func TestKnownQueuesUnread(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := hiding()
		tenant, store := setup(t, u)
		if err := tenant.KeepKnownQueues(t.Context(), live.Access{}, kept(5, 6)); err != nil {
			t.Fatal(err)
		}
		store.noKnown = errors.New("disk full")
		if err := tenant.KeepKnownQueues(t.Context(), live.Access{}, kept(7)); !errors.Is(err, journal.ErrUnavailable) {
			t.Errorf("kept: %v", err)
		}
		time.Sleep(time.Minute)
		if _, err := tenant.KnownQueues(t.Context()); !errors.Is(err, journal.ErrUnavailable) {
			t.Errorf("read: %v", err)
		}
		time.Sleep(time.Minute)
		asked := asks(u)
		if _, err := tenant.Gather(t.Context(), u, "081", apiclient.Callin, 0); err != nil {
			t.Fatal(err)
		}
		if got := asked(); !slices.Contains(got, 6) || slices.Contains(got, 7) {
			t.Errorf("asked about %v", got)
		}
	})
}

// TestKeepingReadsTheTenant anew, so that who is in the queues shows.
func TestKeepingReadsTheTenant(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		u := hiding()
		tenant, _ := setup(t, u)
		tenant.CrawlNow(t.Context(), u)
		if _, ok := tenant.Queue(apiclient.Callin, 5); ok {
			t.Fatal("5 is known")
		}
		if err := tenant.KeepKnownQueues(t.Context(), access("a", u), kept(5, 6)); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if q, ok := tenant.Queue(apiclient.Callin, 5); !ok || q.Members != 1 {
			t.Errorf("%+v, %t", q, ok)
		}
		if _, ok := tenant.Queue(apiclient.Callin, 6); ok {
			t.Error("6, that nobody is in, is shown as a queue")
		}
	})
}
