package runs_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/runs"
)

// TestRunsDoWhatWasAsked plays whole runs at random: operations, tenants, limits, faults, a
// second administrator, and somebody who pauses, resumes, cancels and restarts. No write
// removes or adds a queue that the run was not asked to, by the agent's true list as of the
// oldest fact behind the write, and what is reported done is done: see witness.account.
// RUNS_CASES=n plays as many in each style, from the seed RUNS_FROM on; a failure names its
// seed, and RUNS_FROM with RUNS_CASES=1 plays that one again.
func TestRunsDoWhatWasAsked(t *testing.T) {
	t.Parallel()
	first, cases := number(t, "RUNS_FROM", 0), number(t, "RUNS_CASES", 60)
	for name, style := range styles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seen := make(runs.Counts)
			for seed := first; seed < first+cases && !t.Failed(); seed++ {
				synctest.Test(t, func(t *testing.T) {
					c := newCase(t, style, seed)
					defer c.close()
					if wrong := c.play(); len(wrong) > 0 {
						t.Errorf("seed %d: %v\n%s", seed, wrong, strings.Join(c.log, "\n"))
					}
					for state, n := range c.seen {
						seen[state] += n
					}
				})
			}
			t.Logf("%d cases: %v", cases, seen)
			for _, state := range []runs.ItemState{runs.ItemVerified, runs.ItemUnchanged, runs.ItemNotAttempted, runs.ItemUnknown, runs.ItemAside} {
				if cases >= 60 && first == 0 && seen[state] == 0 {
					t.Errorf("none was ever %s: %v", state, seen)
				}
			}
		})
	}
}

func number(t *testing.T, name string, usual uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return usual
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// one is one random story.
type one struct {
	*witness
	dice *rand.Rand
	seed uint64
	log  []string
	seen runs.Counts
}

// wards are the queues of a case.
var wards = []int64{1000886, 1001001, 1001002, 1001226, 1000888, 1001010, 1001011}

func (c *one) draw(n int) int { return c.dice.IntN(n) }

func (c *one) some(of []int64, most int) []int64 {
	out := slices.Clone(of)
	c.dice.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out[:min(len(out), c.draw(most+1))]
}

func (c *one) note(format string, args ...any) {
	c.log = append(c.log, time.Now().Format("04:05.000 ")+fmt.Sprintf(format, args...))
}

func (c *one) pass(most time.Duration) { time.Sleep(time.Duration(c.dice.Int64N(int64(most)))) }

func newCase(t *testing.T, style sandbox.Style, seed uint64) *one {
	t.Helper()
	c := &one{dice: rand.New(rand.NewPCG(seed, 21)), seed: seed, seen: make(runs.Counts)}
	options := rigOptions{
		agents: 24, style: style, age: []time.Duration{time.Minute, time.Minute, 15 * time.Second, -1}[c.draw(4)], wire: true,
		limits: sandbox.Limits{Tenant: []int{20, 30, 60}[c.draw(3)], Route: 150, Kind: sandbox.WindowKinds()[c.draw(len(sandbox.WindowKinds()))]},
	}
	options.api = func(cfg *sandbox.Config) {
		cfg.MaxSize = []int{0, 0, 31, 13}[c.draw(4)]
		if style != sandbox.FirstOnly && c.draw(4) == 0 {
			cfg.QueueFilter = sandbox.MatchShown
		}
		if options.age < 0 { // each change reads all of it
			cfg.Limits.Tenant, cfg.MaxSize = 100, 0
		}
		agents := cfg.Tenants[0].Agents
		agents = agents[:4+c.draw(len(agents)-3)]
		for i := range agents {
			agents[i].Callin = c.some(wards, 4)
		}
		cfg.Tenants[0].Agents = agents
		c.note("%d agents, age %s, limits %+v, pages of %d, filter %v", len(agents), options.age, cfg.Limits, cfg.MaxSize, cfg.QueueFilter)
	}
	c.witness = watched(func(wrap func(http.Handler) http.Handler) *rig {
		options.wrap = wrap
		return newRig(t, options)
	})
	return c
}

func (c *one) close() { c.rig.close() }

// wishes are what the run is asked for, each of queues that the console has seen.
func (c *one) wishes() (intents []roster.Intent) {
	known := c.rig.tenant.KnownQueueIDs()
	here, there := wards[c.draw(3):][:1], wards[3+c.draw(3):][:1]
	swap := c.draw(4) == 0 && len(roster.Minus(append(here[:1:1], there...), known)) == 0
	for _, a := range c.rig.api.Agents(c.rig.demo.Tenant) {
		from, to := c.some(roster.Both(a.Callin, known), 2), c.some(wards, 2)
		if c.draw(3) == 0 { // others than they are in
			from = c.some(known, 2)
		}
		to = roster.Minus(to, from)
		in := roster.Intent{}
		switch verb := c.draw(5); {
		case verb == 0:
			continue
		case swap && slices.Contains(a.Callin, here[0]):
			in = roster.MoveIntent(a.ID, apiclient.Callin, here, there, nil)
		case swap:
			in = roster.MoveIntent(a.ID, apiclient.Callin, there, here, nil)
		case verb == 1 && len(to) > 0:
			in = roster.AddIntent(a.ID, apiclient.Callin, to, nil)
		case verb == 2 && len(from) > 0:
			in = roster.RemoveIntent(a.ID, apiclient.Callin, from)
		case verb == 3 && len(from) > 0 && len(to) > 0:
			in = roster.SwapIntent(a.ID, apiclient.Callin, from, to, nil)
		case len(from) > 0 && len(to) > 0:
			in = roster.MoveIntent(a.ID, apiclient.Callin, from, to, nil)
		default:
			continue
		}
		intents = append(intents, in)
		c.note("agent %s in %d: %s %d %d", a.ID, a.Callin, in.Verb, in.From, in.Want)
	}
	return intents
}

// trouble is a fault at random: not those that take long to play.
func (c *one) trouble() {
	presets := slices.DeleteFunc(sandbox.Presets(), func(p sandbox.Preset) bool { return p.Name == "gzip-bomb" || p.Name == "endless" })
	p := presets[c.draw(len(presets))]
	op := []sandbox.Op{sandbox.OpQueues, sandbox.OpQueues, sandbox.OpList}[c.draw(3)]
	f := p.Fault.On(op).After(c.draw(12)).Repeat(1 + c.draw(3))
	c.note("fault %s of %s after %d, %d times", p.Name, op, f.Skip, f.Times)
	c.rig.api.Fail(f)
}

func (c *one) play() (wrong []error) {
	r := c.rig
	r.crawl()
	c.pass(2 * time.Minute)
	stop := make(chan struct{})
	defer synctest.Wait()
	defer close(stop)
	var ids []string
	for _, a := range r.api.Agents(r.demo.Tenant) {
		ids = append(ids, a.ID)
	}
	if c.draw(4) > 0 {
		dice := rand.New(rand.NewPCG(c.seed, 22))
		go c.meddle(ids, wards, dice.IntN, time.Duration(100+c.draw(3000))*time.Millisecond, stop)
	}
	c.pass(10 * time.Second)
	wishes := c.wishes()
	for round := range 2 {
		if len(wishes) == 0 {
			return wrong
		}
		for range c.draw(4) {
			c.trouble()
		}
		first := len(r.api.Calls())
		id := r.plan(runs.File, wishes)
		if err := c.carry(id); err != nil {
			return append(wrong, err)
		}
		more, err := c.account(id, wishes, first)
		if err != nil {
			return append(wrong, err)
		}
		wrong = append(wrong, more...)
		items, err := r.store.Runs().Items(context.Background(), id, runs.ItemFilter{})
		if err != nil {
			return append(wrong, err)
		}
		for _, it := range items {
			c.seen[it.State]++
			c.note("round %d: agent %s is %s %s: %d, %d", round, it.Agent, it.State, it.Why, it.Before, it.After)
		}
		wishes = runs.Wishes(slices.DeleteFunc(items, func(it runs.Item) bool { return !it.State.Left() }))
	}
	return wrong
}

// carry has the run carried out, with people who interrupt it.
func (c *one) carry(id string) error {
	ctx, r := context.Background(), c.rig
	from := []runs.State{runs.Planned}
	for again := 0; ; again++ {
		if again == 12 {
			r.api.ClearFaults()
		}
		if again == 40 {
			return fmt.Errorf("it does not come to an end")
		}
		if err := r.runner.Start(ctx, r.access, id, from, 0); err != nil {
			return err
		}
		from = []runs.State{runs.Paused, runs.Interrupted}
		if again < 3 {
			c.interrupt(ctx, id)
		}
		run := r.over(id)
		c.note("%s %s %v after %d calls", run.State, run.Reason, run.Counts, len(r.api.Calls()))
		if run.State.Over() {
			if run.State == runs.Finished && run.Counts.Open() > 0 {
				return fmt.Errorf("finished with %v", run.Counts)
			}
			return nil
		}
		c.pass(time.Minute)
	}
}

// interrupt is a person at work on a run that goes on: it may have ended meanwhile.
func (c *one) interrupt(ctx context.Context, id string) {
	r := c.rig
	for range c.draw(4) {
		c.pass(8 * time.Second)
		switch act := c.draw(8); act {
		case 0, 1, 2:
			c.note("pause: %v", r.runner.Ask(ctx, r.access.Scope, id, runs.WantPause))
		case 3:
			c.note("cancel: %v", r.runner.Ask(ctx, r.access.Scope, id, runs.WantCancel))
		case 4:
			c.note("restart")
			r.restart()
			return
		}
	}
}
