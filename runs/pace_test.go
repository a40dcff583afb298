package runs_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/runs"
)

// paced is one run of a whole tenant under a limit.
type paced struct {
	style   sandbox.Style
	limit   int
	kind    sandbox.WindowKind
	reserve float64
	others  float64 // share of the limit that another client uses
	naive   bool    // each change reads and looks back on its own
	clicks  bool    // a person looks at agents meanwhile
	agents  int
}

// figures are what came of it.
type figures struct {
	counts     runs.Counts
	state      runs.State
	why        runs.Reason
	changed    int
	perAgent   float64 // calls for each changed agent, without the clicks
	ratio      float64 // of the least time that so many calls take
	seconds    float64
	oldest     time.Duration // fact behind a PUT
	limited    int           // 429s of ours
	refused    float64       // share of the other's calls
	slowest    time.Duration // click
	turnedAway int           // clicks
	intentNot  int           // PUTs without an intent
}

func (p paced) run(tb testing.TB) (f figures) {
	tb.Helper()
	age := time.Minute
	if p.naive {
		age = -1
	}
	if p.agents == 0 {
		p.agents = 413
	}
	r := newRig(tb, rigOptions{agents: p.agents, style: p.style, limits: sandbox.Limits{Tenant: p.limit, Route: 2 * p.limit, Kind: p.kind}, reserve: p.reserve, age: age, callinAlone: true})
	defer r.close()
	r.crawl()
	time.Sleep(5 * time.Minute)
	time.Sleep(time.Until(time.Now().Truncate(10 * time.Second).Add(13 * time.Second)))

	// Who is in one of the queues moves to another: one write for each.
	var intents []roster.Intent
	for i, id := range r.tenant.Matching(roster.Query{}) {
		a, _ := r.tenant.Known(id)
		if len(a.Callin) == 0 {
			intents = append(intents, roster.AddIntent(id, apiclient.Callin, []int64{1000886}, nil))
			continue
		}
		from := a.Callin[i%len(a.Callin)].QueueID
		to := int64(1001001 + i%4)
		if to == from {
			to = int64(1001001 + (i+1)%4)
		}
		intents = append(intents, roster.MoveIntent(id, apiclient.Callin, []int64{from}, []int64{to}, nil))
	}
	id := r.plan(runs.Move, intents)
	stop := make(chan struct{})
	others, refused, clicks := 0, 0, 0
	dice := rand.New(rand.NewPCG(3, 4))
	if p.others > 0 {
		go func() {
			gap := float64(10*time.Second) / (float64(p.limit) * p.others)
			for {
				select {
				case <-stop:
					return
				case <-time.After(time.Duration(dice.ExpFloat64() * gap)):
				}
				req := httptest.NewRequest(http.MethodGet, "/v1/agents", nil)
				req.Header.Set("X-Api-Key", r.demo.Key)
				rec := httptest.NewRecorder()
				r.api.ServeHTTP(rec, req)
				others++
				if rec.Code == http.StatusTooManyRequests {
					refused++
				}
			}
		}()
	}
	if p.clicks {
		go func() {
			for {
				select {
				case <-stop:
					return
				case <-time.After(7 * time.Second):
				}
				began := time.Now()
				clicks++
				_, err := r.access.Person.ListAgents(tb.Context(), apiclient.AgentQuery{Size: 20})
				if err != nil {
					f.turnedAway++
				}
				f.slowest = max(f.slowest, time.Since(began))
			}
		}()
	}
	before, start := len(r.api.Calls()), time.Now()
	r.start(id)
	run := r.over(id)
	f.seconds = time.Since(start).Seconds()
	close(stop)
	synctest.Wait()

	f.counts, f.state, f.why = run.Counts, run.State, run.Reason
	f.changed = run.Counts[runs.ItemVerified] + run.Counts[runs.ItemAccepted] + run.Counts[runs.ItemDiffers]
	entries := make(map[string][]journal.Entry)
	list, _, err := r.store.List(tb.Context(), journal.Filter{Scope: r.access.Scope, RunID: id, Limit: 1000})
	if err != nil {
		tb.Fatal(err)
	}
	for _, e := range list {
		entries[e.Agent] = append(entries[e.Agent], e)
	}
	ours := 0
	for _, c := range r.api.Calls()[before:] {
		if c.Header.Get("User-Agent") == "" {
			continue // the other client
		}
		ours++
		if c.Status == http.StatusTooManyRequests {
			f.limited++
		}
		if c.Method == http.MethodPut {
			i := slices.IndexFunc(entries[c.Agent], func(e journal.Entry) bool { return !e.At.After(c.Time) }) // the newest first
			if i < 0 {
				f.intentNot++
				continue
			}
			f.oldest = max(f.oldest, c.Time.Sub(entries[c.Agent][i].EvidenceAt))
		}
	}
	if f.changed > 0 {
		f.perAgent = float64(ours-clicks) / float64(f.changed)
	}
	limit := float64(p.limit) * (1 - p.others)
	f.ratio = f.seconds / ((math.Ceil(float64(ours)/limit)-1)*10 + 0.5)
	f.refused = float64(refused) / float64(max(others, 1))
	return f
}

var windows = map[string]sandbox.WindowKind{
	"aligned": sandbox.FixedAligned, "from-first": sandbox.FixedFromFirst, "sliding": sandbox.SlidingExact, "estimate": sandbox.SlidingEstimate,
}

var styles = map[string]sandbox.Style{"first": sandbox.FirstOnly, "joined": sandbox.Joined, "rows": sandbox.RowPerQueue}

// BenchmarkRun prints what a run over a whole tenant of 413 agents costs and how long it
// takes: as the console does it, a person clicking meanwhile; with all of the limit; beside
// another client that uses 30 % of it; and the naive way, one save after the other. Its time
// is simulated.
func BenchmarkRun(b *testing.B) {
	for _, limit := range []int{20, 50, 100} {
		for _, style := range []string{"first", "joined", "rows"} {
			for _, window := range []string{"aligned", "from-first", "sliding", "estimate"} {
				for _, way := range []string{"sweeps", "all", "others", "naive"} {
					if way == "naive" && (window != "aligned" || style != "first") {
						continue
					}
					b.Run(fmt.Sprintf("limit=%d/%s/%s/%s", limit, style, window, way), func(b *testing.B) {
						for b.Loop() {
							p := paced{style: styles[style], limit: limit, kind: windows[window], reserve: 0.2, clicks: way == "sweeps"}
							switch way {
							case "naive":
								p.naive = true
							case "all":
								p.reserve = -1
							case "others":
								p.others = 0.3
							}
							var f figures
							inBubble(b, func(tb testing.TB) { f = p.run(tb) })
							b.ReportMetric(f.perAgent, "calls/agent")
							b.ReportMetric(f.ratio, "×least")
							b.ReportMetric(f.seconds, "simulated-s")
							b.ReportMetric(float64(f.limited), "429s")
							b.ReportMetric(f.oldest.Seconds(), "oldest-s")
							if p.others > 0 {
								b.ReportMetric(100*f.refused, "%others-refused")
							}
							if p.clicks {
								b.ReportMetric(f.slowest.Seconds(), "click-s")
							}
							if f.state != runs.Finished || f.changed != f.counts.Wanted() {
								b.Errorf("%s %s: %v", f.state, f.why, f.counts)
							}
						}
					})
				}
			}
		}
	}
}

// inBubble runs f in a bubble of its own, also for a benchmark.
func inBubble(tb testing.TB, f func(testing.TB)) {
	tb.Helper()
	ok := testing.RunTests(func(string, string) (bool, error) { return true, nil }, []testing.InternalTest{{
		Name: "bubble", F: func(t *testing.T) { synctest.Test(t, func(t *testing.T) { f(t) }) },
	}})
	if !ok {
		tb.Fail()
	}
}

// TestRunIsCheap: in every style a run costs little more than its writes, rests on nothing
// that is too old, meets no limit, keeps nobody waiting, and checks all it did.
func TestRunIsCheap(t *testing.T) {
	t.Parallel()
	for style, s := range styles {
		for limit, most := range map[int]float64{20: 1.4, 50: 1.2, 100: 1.1} {
			for _, window := range []string{"aligned", "sliding"} {
				t.Run(fmt.Sprintf("%s/%d/%s", style, limit, window), func(t *testing.T) {
					t.Parallel()
					if (underRace || testing.Short()) && (limit != 100 || window != "aligned") {
						t.Skip("too slow with the race detector")
					}
					synctest.Test(t, func(t *testing.T) {
						f := paced{style: s, limit: limit, kind: windows[window], reserve: 0.2, clicks: true}.run(t)
						if f.state != runs.Finished || f.changed != 413 || f.counts[runs.ItemVerified] != f.counts.Wanted() || f.intentNot > 0 {
							t.Errorf("%s %s %v, %d writes without an intent", f.state, f.why, f.counts, f.intentNot)
						}
						longest := 1.10
						if limit == 20 { // of which two are left to people, who use more than one
							longest = 1.09
						}
						if f.perAgent > most || f.ratio > longest || f.oldest > time.Minute || f.limited > 0 || f.slowest > time.Second || f.turnedAway > 0 {
							t.Errorf("%.3f calls for each agent, %.2f × the least time, facts of %s, %d refusals, clicks of %s, %d turned away",
								f.perAgent, f.ratio, f.oldest, f.limited, f.slowest, f.turnedAway)
						}
					})
				})
			}
		}
	}
}

// TestRunBesideAnother: another client uses 30 % of a limit that is so small that two calls
// more or less decide; a run takes little longer than what is left allows, and few of the
// other's calls are refused.
func TestRunBesideAnother(t *testing.T) {
	t.Parallel()
	if underRace || testing.Short() {
		t.Skip("too slow")
	}
	for _, window := range []string{"aligned", "from-first"} {
		t.Run(window, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := paced{style: sandbox.Joined, limit: 20, kind: windows[window], reserve: 0.2, others: 0.3}.run(t)
				if f.state != runs.Finished || f.counts[runs.ItemVerified] != f.counts.Wanted() {
					t.Errorf("%s %s %v", f.state, f.why, f.counts)
				}
				if f.ratio > 1.12 || f.refused > 0.05 || f.limited > 3 || f.oldest > time.Minute {
					t.Errorf("%.2f × the least time, %.1f %% of the other's calls refused, %d of ours, facts of %s", f.ratio, 100*f.refused, f.limited, f.oldest)
				}
			})
		})
	}
}
