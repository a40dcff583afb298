package live_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/live"
)

// rehearsing is a tenant that was read whole, with its limits free again, whose agent
// sandbox.DemoSeveral somebody is about to rehearse on.
type rehearsing struct {
	*rig
	t      *testing.T
	tenant *live.Tenant
	access live.Access
	store  *memory
	roster *live.Roster
	before sandbox.Agent
}

func newRehearsing(t *testing.T, change func(*sandbox.Config)) *rehearsing {
	t.Helper()
	r := &rehearsing{t: t}
	r.rig, r.store = newRig(t, 60, change), &memory{}
	r.roster = live.New(live.Config{Journal: r.store, Logger: quiet(), EvidenceAge: time.Minute})
	t.Cleanup(r.roster.Close)
	r.access = r.rig.access(r.demo.Key, "s")
	r.tenant = r.roster.Tenant(r.access)
	if p := r.tenant.CrawlNow(t.Context(), r.access.Background); p.Err != nil {
		t.Fatal(p.Err)
	}
	time.Sleep(20 * time.Second) // let the budget of the crawl pass
	r.before = r.now()
	return r
}

func (r *rehearsing) now() sandbox.Agent {
	r.t.Helper()
	a, ok := r.api.Agent(r.demo.Tenant, sandbox.DemoSeveral)
	if !ok {
		r.t.Fatal("the agent is gone")
	}
	return a
}

// intent is a rehearsal of what a page shows.
func (r *rehearsing) intent(omits bool) roster.Intent {
	r.t.Helper()
	a, err := r.tenant.Gather(r.t.Context(), r.access.Person, sandbox.DemoSeveral, apiclient.Callin, 0)
	if err != nil {
		r.t.Fatal(err)
	}
	return roster.RehearsalIntent(a.ID, roster.IDs(a.Callin), *a.Priority, omits)
}

func (r *rehearsing) rehearse(in roster.Intent) live.Rehearsed {
	r.t.Helper()
	return r.tenant.Rehearse(r.t.Context(), r.access.Person, in, roster.Author{Operator: "An", Session: "s"}).Result()
}

// all are the queues that have been seen, and the agent's.
func (r *rehearsing) all() []int64 {
	ids := slices.Clone(r.before.Callin)
	for _, q := range r.tenant.Queues(apiclient.Callin) {
		ids = roster.AppendNew(ids, q.ID)
	}
	return ids
}

// same fails the test where the agent is not as before.
func (r *rehearsing) same() {
	r.t.Helper()
	if now := r.now(); !slices.Equal(now.Callin, r.before.Callin) || now.Priority == nil || *now.Priority != *r.before.Priority {
		r.t.Errorf("left with %v, priority %v", now.Callin, now.Priority)
	}
}

func (r *rehearsing) writes() (bodies []string) {
	for _, c := range r.api.Calls() {
		if c.Method == http.MethodPut {
			bodies = append(bodies, c.Body)
		}
	}
	return bodies
}

// TestRehearsalInEveryStyle: however queues are reported, a rehearsal finds out what comes of
// an omitted priority, and leaves the agent as before.
func TestRehearsalInEveryStyle(t *testing.T) {
	t.Parallel()
	for _, style := range sandbox.Styles() {
		for _, resets := range []bool{false, true} {
			t.Run(fmt.Sprintf("%v resets %t", style, resets), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					r := newRehearsing(t, func(c *sandbox.Config) { c.Style, c.ResetOmittedPriority = style, resets })
					if err := r.tenant.KeepKnownQueues(t.Context(), r.access, journal.KnownQueues{IDs: r.all()}); err != nil {
						t.Fatal(err)
					}
					time.Sleep(time.Minute)
					if done := r.rehearse(r.intent(false)); done.Left != live.LeftAsBefore || done.Back != nil {
						t.Fatalf("the same list: left %q, %v", done.Left, done.Err)
					}
					done := r.rehearse(r.intent(true))
					if done.Left != live.LeftAsBefore || done.Back == nil {
						t.Fatalf("left %q: %v, back %v", done.Left, done.Err, done.BackErr)
					}
					r.same()
					const list = `{"queue_ids":[1001226,1000886,1001002]`
					want := []string{list + `,"priority":2}`, list + `}`, list + `,"priority":2}`}
					if got := r.writes(); !slices.Equal(got, want) {
						t.Errorf("sent %q", got)
					}
					omitted := "kept?"
					if resets {
						omitted = "emptied"
					}
					traits := traitsOf(r.tenant)
					if traits[roster.TraitOmitted] != omitted || traits[roster.TraitSame] != "accepted" || traits[roster.TraitWrite] != "taken" {
						t.Errorf("learned %v", traits)
					}
					if value, _ := r.store.told(roster.TraitOmitted); value == "" {
						t.Error("the journal was not told")
					}
					if undo := r.store.last(); undo.UndoOf != done.Sent.EntryID || undo.Result != journal.Verified {
						t.Errorf("the last entry is %+v", undo)
					}
				})
			})
		}
	}
}

// TestRehearsalSendsNothing: where the list may lack a queue, has moved, or is empty.
func TestRehearsalSendsNothing(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		change func(*sandbox.Config)
		before func(*rehearsing)
		check  func(error) bool
	}{
		"a queue may be hidden": {
			func(c *sandbox.Config) { c.Style, c.QueueFilter = sandbox.FirstOnly, sandbox.MatchShown }, nil,
			func(err error) bool { return errors.As(err, new(*roster.ConfirmError)) },
		},
		"a queue may be unknown": {
			func(c *sandbox.Config) { c.Style = sandbox.FirstOnly }, nil,
			func(err error) bool { return errors.As(err, new(*roster.ConfirmError)) },
		},
		"the list has moved": {
			func(c *sandbox.Config) { c.Style = sandbox.Joined },
			func(r *rehearsing) { r.set(func(a *sandbox.Agent) { a.Callin = append(a.Callin, 1001010) }) },
			func(err error) bool { return errors.As(err, new(*roster.ConflictError)) },
		},
		"the priority has moved": {
			func(c *sandbox.Config) { c.Style = sandbox.Joined },
			func(r *rehearsing) { r.set(func(a *sandbox.Agent) { a.Priority = new(7) }) },
			func(err error) bool { return errors.As(err, new(*roster.ConfirmError)) },
		},
		"the list is empty": {
			func(c *sandbox.Config) { c.Style = sandbox.Joined },
			func(r *rehearsing) { r.set(func(a *sandbox.Agent) { a.Callin = nil }) },
			func(err error) bool { return errors.As(err, new(*roster.ConflictError)) },
		},
		"the journal cannot be written": {
			func(c *sandbox.Config) { c.Style = sandbox.Joined },
			func(r *rehearsing) { r.store.fail = errors.New("disk full") },
			func(err error) bool { return errors.Is(err, journal.ErrUnavailable) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newRehearsing(t, tc.change)
				in := r.intent(true)
				if tc.before != nil {
					tc.before(r)
				}
				done := r.rehearse(in)
				if done.Left != live.LeftAlone || !tc.check(done.Err) || len(r.writes()) > 0 {
					t.Errorf("left %q: %v, sent %q", done.Left, done.Err, r.writes())
				}
			})
		})
	}
}

// set is another administrator.
func (r *rehearsing) set(change func(*sandbox.Agent)) {
	r.t.Helper()
	if !r.api.EditAgent(r.demo.Tenant, sandbox.DemoSeveral, change) {
		r.t.Fatal("the agent is gone")
	}
}

// TestRehearsalBesideAnother: what somebody else does between a rehearsal's write and its
// putting back stays, whatever it is. Where it cannot be told from what the write has done,
// the person is asked, and taking the change back puts right what is left.
func TestRehearsalBesideAnother(t *testing.T) {
	t.Parallel()
	whole := []int64{1001226, 1000886, 1001002}
	joins := func(a *sandbox.Agent) { a.Callin = append(a.Callin, 1001010) }
	leaves := func(a *sandbox.Agent) { a.Callin = []int64{1001226, 1001002} }
	for name, tc := range map[string]struct {
		after  int // reads after the first write
		change func(*sandbox.Agent)
		left   live.Left
		callin []int64
		is     string // the priority
	}{
		"a queue joined at once":   {0, joins, live.LeftChanged, append(whole, 1001010), ""},
		"a queue left at once":     {0, leaves, live.LeftChanged, []int64{1001226, 1001002}, ""},
		"a queue joined":           {2, joins, live.LeftOthers, append(whole, 1001010), "2"},
		"another priority at once": {0, func(a *sandbox.Agent) { a.Priority = new(7) }, live.LeftChanged, whole, "7"},
		"another priority":         {2, func(a *sandbox.Agent) { a.Priority = new(7) }, live.LeftChanged, whole, "7"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var r *rehearsing
				writes, reads := 0, 0
				r = newRehearsing(t, func(c *sandbox.Config) {
					c.Style, c.ResetOmittedPriority = sandbox.Joined, true
					c.Before = func(req *http.Request) {
						switch {
						case req.Method == http.MethodPut:
							writes++
						case writes == 1:
							if reads == tc.after {
								r.set(tc.change)
							}
							reads++
						}
					}
				})
				done := r.rehearse(r.intent(true))
				if done.Left != tc.left {
					t.Errorf("left %q (%v, %v)", done.Left, done.Err, done.BackErr)
				}
				r.is(tc.callin, tc.is)
				if done.Left != live.LeftChanged {
					return
				}
				entry := r.store.find(done.Sent.EntryID)
				in, err := roster.UndoIntent(entry)
				if err != nil {
					t.Fatal(err)
				}
				undo := func(consent roster.Consent) error {
					_, err := r.tenant.Change(t.Context(), r.access.Person, in, roster.Author{}, consent)
					return err
				}
				if err := undo(roster.Consent{}); !errors.As(err, new(*roster.ConfirmError)) {
					t.Errorf("taken back unasked: %v", err)
				}
				if err := undo(roster.ConsentToAll()); err != nil {
					t.Error(err)
				}
				r.is(tc.callin, "2")
			})
		})
	}
}

// is fails the test where the agent is otherwise.
func (r *rehearsing) is(callin []int64, priority string) {
	r.t.Helper()
	now, shown := r.now(), ""
	if now.Priority != nil {
		shown = strconv.Itoa(*now.Priority)
	}
	if !same(now.Callin, callin) || shown != priority {
		r.t.Errorf("it is %v, priority %q; want %v, %q", now.Callin, shown, callin, priority)
	}
}

// TestRehearsalIsPutBack: where the write that puts back fails it is tried again, where that
// can help; and where it cannot the person is told.
func TestRehearsalIsPutBack(t *testing.T) {
	t.Parallel()
	refused := sandbox.Fault{Status: http.StatusForbidden, Body: `{"success":"0","error_code":"INSUFFICIENT_SCOPE"}`}
	for name, tc := range map[string]struct {
		fault sandbox.Fault
		left  live.Left
		puts  int
	}{
		"limited once":          {sandbox.Fault{Status: http.StatusTooManyRequests, RetryAfter: "2"}.After(1), live.LeftAsBefore, 3},
		"limited without end":   {sandbox.Fault{Status: http.StatusTooManyRequests, RetryAfter: "2"}.After(1).Repeat(sandbox.Always), live.LeftChanged, 4},
		"refused":               {refused.After(1).Repeat(sandbox.Always), live.LeftChanged, 2},
		"no answer, but done":   {sandbox.Fault{Reset: true, Apply: true}.After(1), live.LeftAsBefore, 2},
		"no answer, not done":   {sandbox.Fault{Reset: true}.After(1), live.LeftChanged, 2},
		"said yes and not done": {sandbox.Fault{IgnoreWrite: true}.After(1), live.LeftUnseen, 2},
		"the first is refused":  {refused, live.LeftAlone, 1},
		"the first is lost":     {sandbox.Fault{Reset: true, Apply: true}, live.LeftUnseen, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newRehearsing(t, func(c *sandbox.Config) { c.Style, c.ResetOmittedPriority = sandbox.Joined, true })
				in := r.intent(true)
				r.api.Fail(tc.fault.On(sandbox.OpQueues))
				done := r.rehearse(in)
				if done.Left != tc.left || len(r.writes()) != tc.puts {
					t.Errorf("left %q (%v, %v) after %d writes", done.Left, done.Err, done.BackErr, len(r.writes()))
				}
				if now := r.now(); (now.Priority != nil) != (tc.left == live.LeftAsBefore || tc.left == live.LeftAlone || name == "the first is lost") {
					t.Errorf("left %q, priority %v", done.Left, now.Priority)
				}
				if got := r.now().Callin; !slices.Equal(got, r.before.Callin) {
					t.Errorf("left with %v", got)
				}
			})
		})
	}
}

// TestRehearsalOutlivesItsSession: whoever signs out in the middle does not leave it there.
func TestRehearsalOutlivesItsSession(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var r *rehearsing
		r = newRehearsing(t, func(c *sandbox.Config) {
			c.Style, c.ResetOmittedPriority = sandbox.Joined, true
			c.Before = func(req *http.Request) {
				if req.Method == http.MethodPut {
					r.roster.EndSession("s")
				}
			}
		})
		if done := r.rehearse(r.intent(true)); done.Left != live.LeftAsBefore {
			t.Errorf("left %q: %v, %v", done.Left, done.Err, done.BackErr)
		}
		r.same()
	})
}

// TestRehearsalTwice: a form that is sent twice is one rehearsal.
func TestRehearsalTwice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRehearsing(t, func(c *sandbox.Config) { c.Style = sandbox.Joined })
		in, by := r.intent(true), roster.Author{Session: "s"}
		first := r.tenant.Rehearse(t.Context(), r.access.Person, in, by)
		if again := r.tenant.Rehearse(t.Context(), r.access.Person, in, by); again != first {
			t.Error("begun twice")
		}
		if r.tenant.Rehearsal(first.ID) != first {
			t.Error("not found")
		}
		first.Result()
		if again := r.tenant.Rehearse(t.Context(), r.access.Person, in, by); again == first {
			t.Error("what is over is not begun again")
		} else {
			again.Result()
		}
	})
}

// TestReadBackIsLearned: how soon reads show a write is learned from everyday changes, and
// where none has changed anything it is not claimed.
func TestReadBackIsLearned(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRehearsing(t, func(c *sandbox.Config) { c.Style = sandbox.Joined })
		r.rehearse(r.intent(false))
		if got := traitsOf(r.tenant)[roster.TraitReadBack]; got != "" {
			t.Errorf("a list that stayed told %q", got)
		}
		add := func(queue int64) {
			in := roster.AddIntent(sandbox.DemoSeveral, apiclient.Callin, []int64{queue}, nil)
			if _, err := r.tenant.Change(t.Context(), r.access.Person, in, roster.Author{}, roster.ConsentToAll()); err != nil {
				t.Fatal(err)
			}
		}
		add(1001010)
		if got := traitsOf(r.tenant)[roster.TraitReadBack]; got != "at-once" {
			t.Errorf("learned %q", got)
		}
		if done := r.rehearse(r.intent(true)); done.Omitted != "kept" || traitsOf(r.tenant)[roster.TraitOmitted] != "kept" {
			t.Errorf("omitted %q, learned %v", done.Omitted, traitsOf(r.tenant))
		}
	})
}

// TestLateReadBackIsLearned: of a write that the first look does not show.
func TestLateReadBackIsLearned(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var r *rehearsing
		writes, reads := 0, 0
		r = newRehearsing(t, func(c *sandbox.Config) {
			c.Style = sandbox.Joined
			c.Before = func(req *http.Request) {
				if req.Method == http.MethodPut {
					writes++
				} else if writes > 0 && !req.URL.Query().Has("queue_id") {
					if reads++; reads == 2 {
						r.set(func(a *sandbox.Agent) { a.Callin = append(a.Callin, 1001010) })
					}
				}
			}
		})
		r.api.Fail(sandbox.Fault{IgnoreWrite: true}.On(sandbox.OpQueues))
		in := roster.AddIntent(sandbox.DemoSeveral, apiclient.Callin, []int64{1001010}, nil)
		out, err := r.tenant.Change(t.Context(), r.access.Person, in, roster.Author{}, roster.ConsentToAll())
		if err != nil || out.Result != journal.Verified || traitsOf(r.tenant)[roster.TraitReadBack] != "late" {
			t.Errorf("%v %v, learned %v", out.Result, err, traitsOf(r.tenant))
		}
	})
}

// TestRehearsalBlind: where nothing can be read after the write, nothing is put back blindly.
func TestRehearsalBlind(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		writes := 0
		r := newRehearsing(t, func(c *sandbox.Config) {
			c.Style = sandbox.Joined
			c.Before = func(req *http.Request) {
				if req.Method == http.MethodPut {
					writes++
				}
			}
		})
		in := r.intent(true)
		blind := sandbox.Fault{Status: http.StatusForbidden, Match: func(*http.Request) bool { return writes > 0 }}
		r.api.Fail(blind.On(sandbox.OpList).Repeat(sandbox.Always))
		if done := r.rehearse(in); done.Left != live.LeftChanged || done.Omitted != "" || len(r.writes()) != 1 {
			t.Errorf("left %q after %d writes, omitted %q: %v", done.Left, len(r.writes()), done.Omitted, done.BackErr)
		}
	})
}

// TestRehearsalTakesNoOldYes: that somebody agreed to a hidden queue for a change of theirs
// is no reason to risk one for a try.
func TestRehearsalTakesNoOldYes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRehearsing(t, func(c *sandbox.Config) { c.Style, c.QueueFilter = sandbox.FirstOnly, sandbox.MatchShown })
		by := roster.Author{Operator: "An", Session: "s"}
		add := roster.AddIntent(sandbox.DemoExample, apiclient.Callin, []int64{1001010}, nil)
		change := func(in roster.Intent, consent roster.Consent) error {
			_, err := r.tenant.Change(t.Context(), r.access.Person, in, by, consent)
			return err
		}
		if err := change(add, roster.ConsentToAll()); err != nil {
			t.Fatal(err)
		}
		again := roster.AddIntent(sandbox.DemoExample, apiclient.Callin, []int64{1001011}, nil)
		if err := change(again, roster.Consent{}); err != nil {
			t.Fatalf("asked again: %v", err)
		}
		sent := len(r.writes())
		a, err := r.tenant.Gather(t.Context(), r.access.Person, sandbox.DemoExample, apiclient.Callin, 0)
		if err != nil {
			t.Fatal(err)
		}
		in := roster.RehearsalIntent(a.ID, roster.IDs(a.Callin), *a.Priority, false)
		if done := r.rehearse(in); done.Left != live.LeftAlone || len(r.writes()) != sent {
			t.Errorf("left %q: %v", done.Left, done.Err)
		}
	})
}
