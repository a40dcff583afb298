package sandbox_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// TestTraits: each shows in an answer, alone, and is gone when it is switched off.
func TestTraits(t *testing.T) {
	t.Parallel()
	const unknown = `{"queue_ids":[9]}`
	shows := map[string]func(*rig) string{
		"filter-shown":           func(r *rig) string { return r.get("/v1/agents?size=100&queue_id=1001002").body },
		"omit-nulls":             func(r *rig) string { return r.get("/v1/agents").body },
		"numbers-as-strings":     func(r *rig) string { return r.get("/v1/agents").body },
		"numeric-agent-id":       func(r *rig) string { return r.get("/v1/agents").body },
		"show-recording":         func(r *rig) string { return r.get("/v1/agents").body },
		"ignore-size":            func(r *rig) string { return r.get("/v1/agents?size=7").body },
		"ignore-page":            func(r *rig) string { return r.get("/v1/agents?page=1").body },
		"wrong-total":            func(r *rig) string { return r.get("/v1/agents").body },
		"reject-unknown-queues":  func(r *rig) string { return r.put("/v1/agents/001001/queues?type=callout", unknown).body },
		"reset-omitted-priority": func(r *rig) string { return priorityAfterPut(r) },
		"migration-pending":      func(r *rig) string { return r.put("/v1/agents/082018/recording", `{"enabled":true}`).body },
		"drift":                  func(r *rig) string { return r.get("/v1/agents?size=100").body },
		"hostile-names":          func(r *rig) string { return r.get("/v1/agents?size=100&queue_id=1009001").body },
	}
	r := setup(t)
	for _, trait := range r.Traits() {
		if trait.On {
			t.Errorf("%s is so of a quiet demo", trait.Name)
		}
		show := shows[trait.Name]
		if show == nil {
			t.Errorf("nothing is known of %s", trait.Name)
			continue
		}
		before := show(r)
		if err := r.SetTraits(map[string]bool{trait.Name: true}); err != nil {
			t.Fatal(err)
		}
		during := show(r)
		i := slices.IndexFunc(r.Traits(), func(now sandbox.Trait) bool { return now.On })
		if i < 0 || r.Traits()[i].Name != trait.Name {
			t.Errorf("%s is on, and there are %+v", trait.Name, r.Traits())
		}
		if err := r.SetTraits(map[string]bool{trait.Name: false}); err != nil {
			t.Fatal(err)
		}
		if after := show(r); before == during || before != after {
			t.Errorf("%s: before %.200s\nduring %.200s\nafter %.200s", trait.Name, before, during, after)
		}
	}
	if err := r.SetTraits(map[string]bool{"good-looks": true}); err == nil || !strings.Contains(err.Error(), "good-looks") {
		t.Errorf("%v", err)
	}
}

func priorityAfterPut(r *rig) string {
	r.put("/v1/agents/082018/queues?type=callin", `{"queue_ids":[1001226],"priority":3}`)
	r.put("/v1/agents/082018/queues?type=callin", `{"queue_ids":[1001226]}`)
	if r.agent("082018").Priority == nil {
		return "none"
	}
	return "kept"
}

// TestTraitsLeaveNothingBehind: hostile names come and go with all that is theirs, and
// what is on already stays as it is.
func TestTraitsLeaveNothingBehind(t *testing.T) {
	t.Parallel()
	r := setup(t)
	for range 2 {
		for _, on := range []bool{true, true, false} {
			if err := r.SetTraits(map[string]bool{"hostile-names": on}); err != nil {
				t.Fatal(err)
			}
			want := 413
			if on {
				want += len(sandbox.HostileNames()) + 1
			}
			if n := len(r.Agents(sandbox.AloHub)); n != want {
				t.Errorf("hostile %t: %d agents, want %d", on, n, want)
			}
		}
	}
	demo := sandbox.Demo(sandbox.DemoOptions{Hostile: true})
	api := sandbox.New(demo.Config)
	var drift any
	keep := func(b *sandbox.Behaviour) { b.Drift *= 3; drift = b.Drift }
	api.Change(keep)
	if err := api.SetTraits(map[string]bool{"drift": true, "hostile-names": false}); err != nil {
		t.Fatal(err)
	}
	api.Change(func(b *sandbox.Behaviour) {
		if b.Drift != drift {
			t.Errorf("drift %s, want %s", b.Drift, drift)
		}
	})
	api.Calm()
	if n := len(api.Agents(sandbox.AloHub)); n != 413+len(sandbox.HostileNames())+1 {
		t.Errorf("%d agents in a calm hostile demo", n)
	}
}

// TestFaultConcerns: what only a write can suffer is no matter of the list.
func TestFaultConcerns(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{"500": true, "slow": true, "reset": true, "reset-after-apply": false, "ignored-write": false} {
		f, _ := sandbox.PresetNamed(name)
		if f.Concerns(sandbox.OpList) != want || !f.Concerns(sandbox.OpQueues) || f.Name != name {
			t.Errorf("%s: concerns a list %t, a write %t", f.Name, f.Concerns(sandbox.OpList), f.Concerns(sandbox.OpQueues))
		}
	}
}
