package sandbox_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
)

// The demo must have one of everything the console has to cope with.
func TestDemoHasEverything(t *testing.T) {
	t.Parallel()
	demo := sandbox.Demo(sandbox.DemoOptions{})
	api := sandbox.New(demo.Config)
	agents := api.Agents(sandbox.AloHub)
	if len(agents) != 413 || len(api.Agents(sandbox.Another)) != 57 {
		t.Fatalf("%d and %d agents", len(agents), len(api.Agents(sandbox.Another)))
	}
	count := make(map[string]int)
	callin, callout := make(map[int64]bool), make(map[int64]bool)
	for _, a := range agents {
		tally := func(what string, is bool) {
			if is {
				count[what]++
			}
		}
		tally("leading zero", a.ID[0] == '0')
		tally("no leading zero", a.ID[0] != '0')
		tally("no name", a.UserName == "")
		tally("diacritics", strings.ContainsFunc(a.UserName, func(r rune) bool { return r > unicode.MaxASCII }))
		tally("decomposed", !norm.NFC.IsNormalString(a.UserName))
		tally("account", strings.HasPrefix(a.UserName, "AloHub."))
		tally("long name", len([]rune(a.UserName)) > 100)
		tally("inactive", !a.Active)
		tally("inactive but queued", !a.Active && len(a.Callin) > 0)
		tally("follow-me", a.FollowMe != nil && *a.FollowMe)
		tally("no follow-me", a.FollowMe != nil && !*a.FollowMe)
		tally("unknown follow-me", a.FollowMe == nil)
		tally("no priority", a.Priority == nil)
		tally("other priority", a.Priority != nil && *a.Priority > 1)
		tally("no status", a.SystemStatus == "")
		tally("logged out", a.UserStatus == sandbox.Logout)
		tally("not available", a.SystemStatus == sandbox.NotAvailable)
		tally(strings.Repeat("callin ", 1+len(a.Callin)), true)
		tally(strings.Repeat("callout ", 1+len(a.Callout)), true)
		for _, id := range a.Callin {
			callin[id] = true
		}
		for _, id := range a.Callout {
			callout[id] = true
		}
		if a.Recording != nil {
			t.Errorf("agent %s: recording was switched", a.ID)
		}
	}
	if len(count) != 25 {
		t.Errorf("only these kinds: %v", count)
	}
	if len(callin) != 15 || len(callout) != 5 {
		t.Errorf("%d callin and %d callout queues in use", len(callin), len(callout))
	}
	for name, n := range count {
		if n < 2 {
			t.Errorf("%s: %d agents", name, n)
		}
	}
	if demo.Config.Limits != (sandbox.Limits{Tenant: 100, Route: 60, Window: 10 * time.Second, Kind: sandbox.FixedAligned}) || demo.Config.Drift == 0 {
		t.Errorf("limits %+v, drift %s", demo.Config.Limits, demo.Config.Drift)
	}
	for _, key := range []string{demo.Key, demo.KeyNoScope, demo.KeyAnother, demo.KeyVendor} {
		if len(key) < 12 || !strings.HasPrefix(key, "sk_demo_") {
			t.Errorf("key %q", key)
		}
	}
}

func TestDemoIsDeterministic(t *testing.T) {
	t.Parallel()
	a, b := sandbox.Demo(sandbox.DemoOptions{Seed: 7}), sandbox.Demo(sandbox.DemoOptions{Seed: 7})
	if diff := cmp.Diff(a.Config.Tenants, b.Config.Tenants); diff != "" {
		t.Errorf("same seed:\n%s", diff)
	}
	if cmp.Equal(a.Config.Tenants, sandbox.Demo(sandbox.DemoOptions{Seed: 8}).Config.Tenants) {
		t.Error("another seed gives the same agents")
	}
}

func TestDemoOfAnySize(t *testing.T) {
	t.Parallel()
	for _, n := range []int{4, 10, 5_000, 20_000} {
		agents := sandbox.New(sandbox.Demo(sandbox.DemoOptions{Agents: n}).Config).Agents(sandbox.AloHub)
		if len(agents) != n {
			t.Errorf("%d agents of %d: extensions collide", len(agents), n)
		}
		for _, a := range agents {
			if len(a.ID) != 6 {
				t.Errorf("extension %q of %d", a.ID, n)
			}
		}
	}
}

func TestDemoHostile(t *testing.T) {
	t.Parallel()
	demo := sandbox.Demo(sandbox.DemoOptions{Quiet: true, Hostile: true})
	r := setupWith(t, demo.Config, func(c *sandbox.Config) { c.MaxSize = -1; c.Style = sandbox.Joined })
	p := r.list("/v1/agents?size=1000")
	for _, name := range sandbox.HostileNames() {
		found := slices.ContainsFunc(p.Data, func(row map[string]any) bool { return row["userName"] == name })
		if !found {
			t.Errorf("no row of %q", name)
		}
	}
	if !slices.Contains(p.column("agentId"), "82018") {
		t.Error("no neighbour of a lost zero")
	}
	if raw := r.get("/v1/agents?size=1000").body; !strings.Contains(raw, `<script>`) || !json.Valid([]byte(raw)) {
		t.Error("markup does not arrive as markup")
	}
	tame, _ := json.Marshal(sandbox.Demo(sandbox.DemoOptions{}).Config.Tenants)
	for _, sign := range []string{`u003c`, `u202e`, `"=1`} {
		if strings.Contains(string(tame), sign) {
			t.Errorf("the default demo has %s", sign)
		}
	}
}

func TestDrift(t *testing.T) {
	t.Parallel()
	states := func(r *rig) []string {
		var all []string
		for _, a := range r.Agents(sandbox.AloHub) {
			all = append(all, a.ID+" "+a.SystemStatus+"/"+a.UserStatus)
		}
		return all
	}
	differing := func(a, b []string) (n int) {
		for i := range a {
			if a[i] != b[i] {
				n++
			}
		}
		return n
	}
	drifting := func(c *sandbox.Config) { c.Drift = time.Minute }
	r, twin, still := setup(t, drifting), setup(t, drifting), setup(t)

	start, calm := states(r), states(still)
	r.clock.Advance(100 * time.Millisecond)
	if n := differing(start, states(r)); n > 10 {
		t.Errorf("%d agents changed within 0.1 s", n)
	}
	r.clock.Advance(10 * time.Minute)
	twin.clock.Advance(10*time.Minute + 100*time.Millisecond)
	still.clock.Advance(10 * time.Minute)
	later := states(r)
	if n := differing(start, later); n < 100 || n > 300 {
		t.Errorf("%d of 413 agents changed within 10 minutes", n)
	}
	if diff := cmp.Diff(later, states(twin)); diff != "" {
		t.Errorf("two servers of one seed:\n%s", diff)
	}
	if n := differing(calm, states(still)); n != 0 {
		t.Errorf("%d agents drift with drift off", n)
	}
	for i, a := range r.Agents(sandbox.AloHub) {
		was := still.Agents(sandbox.AloHub)[i]
		if (!a.Active || a.Pinned) && (a.SystemStatus != was.SystemStatus || a.UserStatus != was.UserStatus) {
			t.Errorf("%s is inactive or pinned, and changed", a.ID)
		}
		if (a.SystemStatus == "") != (was.SystemStatus == "") {
			t.Errorf("%s: null came or went", a.ID)
		}
		if i > 60 {
			break
		}
	}
	id := r.Agents(sandbox.AloHub)[50].ID
	r.SetStatus(sandbox.AloHub, id, sandbox.Available, sandbox.Logout)
	for range 20 {
		r.clock.Advance(time.Minute)
		if a := r.agent(id); a.SystemStatus != sandbox.Available || a.UserStatus != sandbox.Logout {
			t.Fatalf("a status that was set drifts: %+v", a)
		}
	}
}
