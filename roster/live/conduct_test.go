package live_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/live"
)

// crawledRig is a tenant of the sandbox that was read whole, with what its journal learned.
func crawledRig(t *testing.T, change func(*sandbox.Config)) (*rig, *live.Tenant, live.Access, *memory) {
	t.Helper()
	r, store := newRig(t, 60, change), &memory{}
	ros := live.New(live.Config{Journal: store, Logger: quiet(), EvidenceAge: time.Minute})
	t.Cleanup(ros.Close)
	a := r.access(r.demo.Key, "s")
	tenant := ros.Tenant(a)
	if p := tenant.CrawlNow(t.Context(), a.Background); p.Err != nil {
		t.Fatal(p.Err)
	}
	return r, tenant, a, store
}

func traitsOf(t *live.Tenant) map[roster.TraitCode]string {
	out := map[roster.TraitCode]string{}
	for _, f := range t.Conduct() {
		word := f.Value
		if !f.Sure {
			word += "?"
		}
		out[f.Code] = word
	}
	return out
}

// TestConductIsLearned: what a crawl has shown of an API is so, and what it cannot show is
// not claimed.
func TestConductIsLearned(t *testing.T) {
	t.Parallel()
	limits := sandbox.Limits{Tenant: 100, Route: 60}
	for name, tc := range map[string]struct {
		change func(*sandbox.Config)
		want   map[roster.TraitCode]string // "" is not known; what is left out does not matter
	}{
		"joined": {
			func(c *sandbox.Config) { c.Style, c.Limits = sandbox.Joined, limits },
			map[roster.TraitCode]string{
				roster.TraitQueues: "joined", roster.TraitWhole: "yes", roster.TraitRecording: "absent", roster.TraitPage: "",
				roster.TraitTenantLimit: "100/10s", roster.TraitRouteLimit: "60/10s", roster.TraitGatewayLimit: "",
			},
		},
		"a row each": {
			func(c *sandbox.Config) { c.Style, c.MaxSize, c.ShowRecording = sandbox.RowPerQueue, 20, true },
			map[roster.TraitCode]string{roster.TraitQueues: "rows", roster.TraitRecording: "carried", roster.TraitPage: "20"},
		},
		"the first alone": {
			func(c *sandbox.Config) { c.Style, c.MaxSize = sandbox.FirstOnly, 7 },
			map[roster.TraitCode]string{roster.TraitQueues: "first", roster.TraitWhole: "no", roster.TraitPage: "7"},
		},
		"the first alone, and the filter too": {
			func(c *sandbox.Config) { c.Style, c.QueueFilter = sandbox.FirstOnly, sandbox.MatchShown },
			map[roster.TraitCode]string{roster.TraitQueues: "", roster.TraitWhole: ""},
		},
		"a gateway's limits": {
			func(c *sandbox.Config) {
				c.Limits = sandbox.Limits{Tenant: 300, Window: time.Minute, Names: sandbox.KongNames}
			},
			map[roster.TraitCode]string{roster.TraitTenantLimit: "", roster.TraitGatewayLimit: "300/1m0s"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				_, tenant, _, store := crawledRig(t, tc.change)
				got := traitsOf(tenant)
				for code, want := range tc.want {
					if got[code] != want {
						t.Errorf("%s: %q, want %q", code, got[code], want)
					}
					if value, shifts := store.told(code); value != strings.TrimSuffix(want, "?") || shifts > 0 {
						t.Errorf("the journal has %s: %q, shifted %d times", code, value, shifts)
					}
				}
			})
		})
	}
}

// TestConductLearnsTheWindow: the kind of a limit's window, from everyday calls alone; with
// somebody else who uses the limit it is not claimed.
func TestConductLearnsTheWindow(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		kind   sandbox.WindowKind
		others bool
		want   string
	}{
		"sliding": {sandbox.SlidingExact, false, "sliding"},
		"clock":   {sandbox.FixedAligned, false, "clock"},
		"shared":  {sandbox.FixedAligned, true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r, tenant, a, store := crawledRig(t, func(c *sandbox.Config) { c.Limits = sandbox.Limits{Tenant: 100, Kind: tc.kind} })
				for i := range 300 {
					time.Sleep(time.Duration(400+i*i%1700) * time.Millisecond)
					if i%30 == 0 {
						time.Sleep(90 * time.Second)
					}
					if tc.others && i%3 == 0 {
						r.api.SpendLimit(r.demo.Tenant, sandbox.OpList, 1)
					}
					if _, err := tenant.List(t.Context(), a.Person, apiclient.AgentQuery{Size: 20}); err != nil {
						t.Fatal(err)
					}
				}
				if got := traitsOf(tenant)[roster.TraitWindow]; got != tc.want {
					t.Errorf("learned %q, want %q", got, tc.want)
				}
				synctest.Wait()
				if value, _ := store.told(roster.TraitWindow); value != tc.want {
					t.Errorf("the journal has %q, want %q", value, tc.want)
				}
			})
		})
	}
}

// TestConductShifts: a trait that shifts is noticed by the answers that show it.
func TestConductShifts(t *testing.T) {
	t.Parallel()
	list := func(t *testing.T, tenant *live.Tenant, a live.Access, sizes ...int) {
		t.Helper()
		for page := range sizes {
			if _, err := tenant.List(t.Context(), a.Person, apiclient.AgentQuery{Page: page, Size: sizes[page]}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, tc := range map[string]struct {
		shift func(*sandbox.Server)
		look  []int // pages of the list, by size; nil: an edit, which reads what it needs
		code  roster.TraitCode
		now   string
	}{
		"a row each":    {func(s *sandbox.Server) { s.SetStyle(sandbox.RowPerQueue) }, []int{50}, roster.TraitQueues, "rows"},
		"the first":     {func(s *sandbox.Server) { s.SetStyle(sandbox.FirstOnly) }, nil, roster.TraitWhole, "no"},
		"isRecord":      {func(s *sandbox.Server) { s.Change(func(b *sandbox.Behaviour) { b.ShowRecording = true }) }, []int{50}, roster.TraitRecording, "carried"},
		"shorter pages": {func(s *sandbox.Server) { s.Change(func(b *sandbox.Behaviour) { b.MaxSize = 10 }) }, []int{100, 100}, roster.TraitPage, "10"},
		"longer pages":  {func(s *sandbox.Server) { s.Change(func(b *sandbox.Behaviour) { b.MaxSize = 40 }) }, []int{100}, roster.TraitPage, "40"},
		"another limit": {func(s *sandbox.Server) { s.SetLimits(sandbox.Limits{Tenant: 50, Route: 40}) }, []int{50}, roster.TraitTenantLimit, "50/10s"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r, tenant, a, store := crawledRig(t, func(c *sandbox.Config) {
					c.Style, c.MaxSize, c.Limits = sandbox.Joined, 20, sandbox.Limits{Tenant: 400, Route: 400}
				})
				time.Sleep(20 * time.Second)
				tc.shift(r.api)
				if tc.look != nil {
					list(t, tenant, a, tc.look...)
				} else {
					in := roster.AddIntent(sandbox.DemoSeveral, apiclient.Callin, []int64{777}, nil)
					if _, err := tenant.Change(t.Context(), a.Person, in, roster.Author{}, roster.ConsentToAll()); err != nil {
						t.Fatal(err)
					}
					truth, _ := r.api.Agent(r.demo.Tenant, sandbox.DemoSeveral)
					if !same(truth.Callin, []int64{1001226, 1000886, 1001002, 777}) {
						t.Errorf("left with %v", truth.Callin)
					}
				}
				synctest.Wait()
				if value, shifts := store.told(tc.code); value != tc.now || shifts != 1 {
					t.Errorf("%s: %q, shifted %d times", tc.code, value, shifts)
				}
				if got := strings.TrimSuffix(traitsOf(tenant)[tc.code], "?"); got != tc.now {
					t.Errorf("%s: %q", tc.code, got)
				}
			})
		})
	}
}

// TestTraitsAreNotedBesideWhoReads: nobody who reads waits for a database that is far away,
// and of two values the later one stands there in the end.
func TestTraitsAreNotedBesideWhoReads(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, tenant, a, store := crawledRig(t, func(c *sandbox.Config) { c.Style, c.MaxSize = sandbox.Joined, 20 })
		store.mu.Lock()
		store.noting = 3 * time.Second
		store.mu.Unlock()
		begun := time.Now()
		for _, most := range []int{40, 50} {
			r.api.Change(func(b *sandbox.Behaviour) { b.MaxSize = most })
			if _, err := tenant.List(t.Context(), a.Person, apiclient.AgentQuery{Size: 100}); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(begun); took >= time.Second {
			t.Errorf("two reads took %s", took)
		}
		time.Sleep(10 * time.Second)
		if value, shifts := store.told(roster.TraitPage); value != "50" || shifts != 2 {
			t.Errorf("the journal has %q, shifted %d times", value, shifts)
		}
	})
}

// cutting gives one answer half of its rows.
type cutting struct {
	live.Source
	cut int // which call
	n   int
}

func (c *cutting) ListAgents(ctx context.Context, q apiclient.AgentQuery) (*apiclient.AgentPage, error) {
	page, err := c.Source.ListAgents(ctx, q)
	if c.n++; c.n == c.cut && err == nil {
		page.Rows = page.Rows[:len(page.Rows)/2]
	}
	return page, err
}

// TestACutAnswerIsNoShorterPage: what comes once may be an accident.
func TestACutAnswerIsNoShorterPage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, tenant, a, store := crawledRig(t, func(c *sandbox.Config) { c.Style, c.MaxSize = sandbox.Joined, 20 })
		src := &cutting{Source: a.Person, cut: 1}
		for page := range 2 {
			if _, err := tenant.List(t.Context(), src, apiclient.AgentQuery{Page: page, Size: 100}); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		if value, shifts := store.told(roster.TraitPage); value != "20" || shifts > 0 {
			t.Errorf("%q, shifted %d times", value, shifts)
		}
	})
}

// TestConductOutlivesAFailingJournal: what could not be noted is noted later, and nothing
// that is read waits for it.
func TestConductOutlivesAFailingJournal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, tenant, a, store := crawledRig(t, func(c *sandbox.Config) { c.Style = sandbox.Joined })
		store.mu.Lock()
		store.noTraits, store.learned = errors.New("disk full"), nil
		store.mu.Unlock()
		time.Sleep(11 * time.Minute) // then all that stands is said again
		if _, err := tenant.List(t.Context(), a.Person, apiclient.AgentQuery{Size: 50}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		store.mu.Lock()
		store.noTraits = nil
		store.mu.Unlock()
		time.Sleep(2 * time.Minute)
		if _, err := tenant.List(t.Context(), a.Person, apiclient.AgentQuery{Size: 50}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if value, _ := store.told(roster.TraitQueues); value != "joined" {
			t.Errorf("%q", value)
		}
	})
}

// TestEditCostIsWhatAnEditCosts: the page that says what an edit costs says what it does.
func TestEditCostIsWhatAnEditCosts(t *testing.T) {
	t.Parallel()
	for _, style := range []sandbox.Style{sandbox.Joined, sandbox.RowPerQueue, sandbox.FirstOnly} {
		synctest.Test(t, func(t *testing.T) {
			r, tenant, a, _ := crawledRig(t, func(c *sandbox.Config) { c.Style = style })
			time.Sleep(10 * time.Minute)
			calls, queues, ok := tenant.EditCost()
			if !ok {
				t.Fatalf("%v: not known after a crawl", style)
			}
			r.api.ResetCalls()
			in := roster.AddIntent(sandbox.DemoSeveral, apiclient.Callin, []int64{1000888}, nil)
			out, err := tenant.Change(t.Context(), a.Person, in, roster.Author{}, roster.ConsentToAll())
			if err != nil || out.Result != journal.Verified {
				t.Fatal(out.Result, err)
			}
			// Those that the change is about are asked before it and after.
			if n := len(r.api.Calls()); n < calls+queues/2 || n > calls+2*queues {
				t.Errorf("%v: %d calls, said %d and %d queues", style, n, calls, queues)
			}
			if plain := calls == 3 && queues == 0; plain != (style != sandbox.FirstOnly) {
				t.Errorf("%v: said %d and %d queues", style, calls, queues)
			}
		})
	}
}
