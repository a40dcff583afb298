package live_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/live"
)

// soaked is what a soak counts.
type soaked struct {
	mu                         sync.Mutex
	reads, changes             int
	asked, waits               int // of changes of theirs; of clicks
	failed                     []string
	slowest                    time.Duration
	lists                      map[string][]int64 // what each agent that is ours alone is in
	heap                       [2]uint64          // after the first hour or tenth, and at the end
	goroutines                 [2]int
	calls, refused, theirDeeds int
}

// TestSoak has people at work for a day of a compressed clock, ROSTER_SOAK=24h (three minutes
// without): they look at lists, search and change agents under a limit that a second
// administrator uses too. At the end every list is what was asked for, nothing was refused for
// the limit, and, where it is asked for and so alone, neither memory nor goroutines have grown.
func TestSoak(t *testing.T) {
	t.Parallel()
	span, alone := 3*time.Minute, false
	if text := os.Getenv("ROSTER_SOAK"); text != "" {
		var err error
		if span, err = time.ParseDuration(text); err != nil {
			t.Fatal(err)
		}
		alone = true
	}
	for _, style := range []sandbox.Style{sandbox.FirstOnly, sandbox.Joined, sandbox.RowPerQueue} {
		t.Run(fmt.Sprint(style), func(t *testing.T) {
			if !alone {
				t.Parallel()
			}
			synctest.Test(t, func(t *testing.T) { soak(t, style, span, alone) })
		})
	}
}

func soak(t *testing.T, style sandbox.Style, span time.Duration, alone bool) {
	r, tenant, a, store := crawledRig(t, func(c *sandbox.Config) {
		c.Style, c.MaxCalls = style, 20_000
		c.Limits = sandbox.Limits{Tenant: 100, Route: 100, Kind: sandbox.FixedAligned}
	})
	got := &soaked{lists: map[string][]int64{}}
	agents := r.api.Agents(r.demo.Tenant)
	var queues []int64
	for _, ag := range agents {
		for _, id := range ag.Callin {
			if !slices.Contains(queues, id) {
				queues = append(queues, id)
			}
		}
	}
	// In the first style a queue may be nobody's first: this tenant's list of them is kept.
	if err := tenant.KeepKnownQueues(t.Context(), a, journal.KnownQueues{IDs: queues}); err != nil {
		t.Fatal(err)
	}
	// Whose lists only we change: of them all is known that can happen.
	ours, theirs := []string{}, []string{}
	for i, ag := range agents {
		if known, ok := tenant.Known(ag.ID); !ok || known.WhyNot != "" || len(ag.Callin) == 0 || !ag.Active {
			continue
		}
		if i%2 == 0 {
			ours = append(ours, ag.ID)
			got.lists[ag.ID] = slices.Clone(ag.Callin)
		} else {
			theirs = append(theirs, ag.ID)
		}
	}

	ctx, stop := context.WithTimeout(t.Context(), span)
	defer stop()
	var all sync.WaitGroup
	for person := range 6 {
		all.Go(func() {
			dice := rand.New(rand.NewPCG(uint64(person), uint64(style)))
			mine := ours[person*len(ours)/6 : (person+1)*len(ours)/6]
			for sleepFor(ctx, time.Duration(2+dice.IntN(20))*time.Second) {
				got.click(t, tenant, a, dice, mine, theirs, queues)
			}
		})
	}
	all.Go(func() { // the second administrator, with a key of their own
		dice := rand.New(rand.NewPCG(99, uint64(style)))
		for sleepFor(ctx, time.Duration(5+dice.IntN(40))*time.Second) {
			id := theirs[dice.IntN(len(theirs))]
			r.api.SpendLimit(r.demo.Tenant, sandbox.OpQueues, 1)
			r.api.SetQueues(r.demo.Tenant, id, sandbox.Callin, []int64{queues[dice.IntN(len(queues))]}, nil)
			got.theirDeeds++
		}
	})
	all.Go(func() { // the house: crawls, and a journal that is not kept for ever here
		for sleepFor(ctx, 5*time.Minute) {
			tenant.StartCrawl(a)
			store.mu.Lock()
			if n := len(store.entries); n > 500 {
				clear(store.entries[:n-500])
				store.entries = slices.Clone(store.entries[n-500:])
			}
			store.history, store.learned = nil, nil
			store.mu.Unlock()
			got.refused += r.api.Count429()
			got.calls += len(r.api.Calls())
			r.api.ResetCalls()
		}
	})
	time.Sleep(min(span/10, time.Hour))
	got.weigh(0)
	all.Wait()
	synctest.Wait()
	got.weigh(1)
	got.refused += r.api.Count429()
	got.calls += len(r.api.Calls())

	t.Logf("%v: %d reads, %d changes, %d asked first, %d told to wait, %d deeds of another, %d of %d calls refused, the slowest click %s; heap %d → %d KiB, goroutines %d → %d",
		style, got.reads, got.changes, got.asked, got.waits, got.theirDeeds, got.refused, got.calls, got.slowest.Round(time.Millisecond),
		got.heap[0]>>10, got.heap[1]>>10, got.goroutines[0], got.goroutines[1])
	for _, f := range got.failed {
		t.Error(f)
	}
	for id, want := range got.lists {
		truth, _ := r.api.Agent(r.demo.Tenant, id)
		if !same(truth.Callin, want) {
			t.Errorf("%s is in %v, and was asked to be in %v", id, truth.Callin, want)
		}
	}
	// Now and then somebody else's call comes between the last that is known and ours.
	if got.refused > 1+got.calls/10_000 || got.waits > 1+got.reads/1000 {
		t.Errorf("%d of %d calls refused for the limit, %d of %d people told to wait", got.refused, got.calls, got.waits, got.reads)
	}
	if got.changes < int(span/(2*time.Minute)) {
		t.Errorf("only %d changes", got.changes)
	}
	if !alone {
		return
	}
	if got.goroutines[1] > got.goroutines[0] {
		t.Errorf("goroutines: %v", got.goroutines)
	}
	if got.heap[1] > got.heap[0]*5/4+1<<20 {
		t.Errorf("memory: %d KiB, then %d", got.heap[0]>>10, got.heap[1]>>10)
	}
}

// sleepFor reports whether there is anything to do afterwards.
func sleepFor(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// click is what somebody does in a moment.
func (s *soaked) click(t *testing.T, tenant *live.Tenant, a live.Access, dice *rand.Rand, mine, theirs []string, queues []int64) {
	begun := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	switch roll := dice.IntN(10); {
	case roll < 4:
		q := apiclient.AgentQuery{Page: dice.IntN(3), Size: 20}
		if dice.IntN(3) == 0 {
			q.Page, q.QueueID = 0, queues[dice.IntN(len(queues))]
		}
		_, err := tenant.List(ctx, a.Person, q)
		if limited := (*apiclient.RateLimitError)(nil); errors.As(err, &limited) {
			s.count(func() { s.waits++ })
		} else if err != nil {
			s.fail("list: %v", err)
		}
		s.count(func() { s.reads++ })
	case roll < 6:
		tenant.Search(roster.Query{Q: "nguyen", Size: 20})
		s.count(func() { s.reads++ })
	case roll < 7: // somebody whom the other changes too
		in := roster.AddIntent(theirs[dice.IntN(len(theirs))], apiclient.Callin, []int64{queues[dice.IntN(len(queues))]}, nil)
		_, err := tenant.Change(ctx, a.Person, in, roster.Author{Session: "s"}, roster.Consent{})
		if asks := (*roster.ConfirmError)(nil); errors.As(err, &asks) {
			s.count(func() { s.asked++ })
		} else if err != nil {
			s.fail("change of theirs: %v", err)
		}
	default:
		id := mine[dice.IntN(len(mine))]
		queue := queues[dice.IntN(len(queues))]
		s.mu.Lock()
		want := slices.Clone(s.lists[id])
		s.mu.Unlock()
		in, yes := roster.AddIntent(id, apiclient.Callin, []int64{queue}, nil), roster.Consent{}
		if i := slices.Index(want, queue); i >= 0 && len(want) > 1 {
			yes = roster.ConsentOf(true, fmt.Sprintf("removal:%[1]d,queue:%[1]d", queue), true)
			in, want = roster.RemoveIntent(id, apiclient.Callin, []int64{queue}), slices.Delete(want, i, i+1)
		} else if i < 0 {
			want = append(want, queue)
		}
		out, err := tenant.Change(ctx, a.Person, in, roster.Author{Session: "s"}, yes)
		switch {
		case err != nil:
			s.fail("change of %s: %v", id, err)
		case out.Nothing, out.Result == journal.Verified:
			s.count(func() { s.lists[id] = want; s.changes++ })
		default:
			s.fail("change of %s: %s", id, out.Result)
		}
	}
	s.count(func() { s.slowest = max(s.slowest, time.Since(begun)) })
}

func (s *soaked) count(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

func (s *soaked) fail(format string, args ...any) {
	s.count(func() {
		if len(s.failed) < 10 {
			s.failed = append(s.failed, fmt.Sprintf(format, args...))
		}
	})
}

func (s *soaked) weigh(at int) {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	s.count(func() { s.heap[at], s.goroutines[at] = m.HeapAlloc, runtime.NumGoroutine() })
}
