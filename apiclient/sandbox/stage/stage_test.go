package stage_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/apiclient/sandbox/stage"
	"github.com/alohub/agentconsole/locale"
	"github.com/alohub/agentconsole/web/demo"
)

func setup() (*sandbox.Server, stage.Stage) {
	api := sandbox.New(sandbox.Demo(sandbox.DemoOptions{}).Config)
	return api, stage.Of(api)
}

// TestEveryNameHasAMessage: what people may choose is said in both languages.
func TestEveryNameHasAMessage(t *testing.T) {
	t.Parallel()
	_, s := setup()
	state := s.State()
	ids := []string{}
	add := func(what string, names ...string) {
		for _, name := range names {
			ids = append(ids, "demo."+what+"."+name)
		}
	}
	add("pace", state.Paces...)
	add("pace_hint", state.Paces...)
	add("style", state.Styles...)
	add("route", state.Routes...)
	add("window", state.Windows...)
	for _, trait := range state.Traits {
		add("trait", trait.Name)
	}
	for _, kind := range state.Kinds {
		add("fault", kind.Name)
		add("group", kind.Group)
	}
	for _, language := range locale.Languages() {
		known, err := locale.Keys(language)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range ids {
			if known[id] == "" {
				t.Errorf("%s: no %s", language, id)
			}
		}
	}
	if len(ids) < 100 {
		t.Errorf("only %d names", len(ids))
	}
}

// TestSetters: what is set is what the sandbox then does, and what the page then shows.
func TestSetters(t *testing.T) {
	t.Parallel()
	api, s := setup()
	made := s.State()
	if made.Pace != "off" || made.Style != "first" || made.Limits != (demo.Limits{Tenant: 100, Route: 60, Window: 10 * time.Second, Kind: "aligned"}) {
		t.Errorf("a demo begins with %+v", made)
	}
	limits := demo.Limits{Tenant: 7, Route: 5, Window: 3 * time.Second, Kind: "sliding", NoHeaders: true, NoRetryAfter: true}
	for _, err := range []error{
		s.SetPace("slow"), s.SetAnswers("rows", []string{"omit-nulls", "hostile-names"}), s.SetLimits(limits),
		s.Fail(demo.Fault{Kind: "500", Route: "queues", Times: 5}),
		s.Fail(demo.Fault{Kind: "reset-after-apply", Route: "all", Times: demo.Always}),
		s.Fail(demo.Fault{Kind: "migration", Route: "all", Times: 1}),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	for range 7 {
		api.SecondAdmin().Act()
	}
	got := s.State()
	if got.Pace != "slow" || got.Style != "rows" || got.Limits != limits || api.Style() != sandbox.RowPerQueue {
		t.Errorf("%+v", got)
	}
	var on []string
	for _, trait := range got.Traits {
		if trait.On {
			on = append(on, trait.Name)
		}
	}
	if diff := cmp.Diff([]string{"omit-nulls", "hostile-names"}, on); diff != "" {
		t.Errorf("traits (-want +got):\n%s", diff)
	}
	want := []demo.Fault{{Kind: "500", Route: "queues", Times: 5}, {Kind: "reset-after-apply", Route: "all", Times: demo.Always}, {Kind: "migration", Route: "recording", Times: 1}}
	if diff := cmp.Diff(want, got.Faults); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
	deeds := api.SecondAdmin().Deeds()
	if len(got.Deeds) != 5 || len(deeds) != 5 || got.Deeds[0].Agent != deeds[0].Agent || got.Deeds[0].Kind != string(deeds[0].Kind) ||
		got.Deeds[0].QueueID != deeds[0].Queue || got.Deeds[0].Priority != deeds[0].Priority || !got.Deeds[0].At.Equal(deeds[0].At) {
		t.Errorf("deeds %+v, of %+v", got.Deeds, deeds)
	}
	s.ClearFaults()
	if n := len(s.State().Faults); n != 0 {
		t.Errorf("%d faults after they were taken back", n)
	}
	s.Calm()
	calm := s.State()
	calm.Deeds = nil
	if diff := cmp.Diff(made, calm); diff != "" {
		t.Errorf("calm (-made +calm):\n%s", diff)
	}
}

// TestRefusals: what is refused changes nothing.
func TestRefusals(t *testing.T) {
	t.Parallel()
	_, s := setup()
	made := s.State()
	for what, err := range map[string]error{
		"pace":   s.SetPace("hurried"),
		"style":  s.SetAnswers("both", nil),
		"trait":  s.SetAnswers("rows", []string{"good-looks"}),
		"kind":   s.Fail(demo.Fault{Kind: "boredom", Route: "all", Times: 1}),
		"route":  s.Fail(demo.Fault{Kind: "500", Route: "*", Times: 1}),
		"times":  s.Fail(demo.Fault{Kind: "500", Route: "all"}),
		"window": s.SetLimits(demo.Limits{Tenant: 1, Kind: "round"}),
	} {
		if !errors.Is(err, demo.ErrUnknown) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := s.Fail(demo.Fault{Kind: "ignored-write", Route: "list", Times: 1}); !errors.Is(err, demo.ErrNeverStrikes) {
		t.Errorf("a write's fault on reading: %v", err)
	}
	if diff := cmp.Diff(made, s.State()); diff != "" {
		t.Errorf("(-made +now):\n%s", diff)
	}
}

// TestEveryFaultCanBeSet, on each call that it can strike.
func TestEveryFaultCanBeSet(t *testing.T) {
	t.Parallel()
	_, s := setup()
	state := s.State()
	for _, kind := range state.Kinds {
		for _, route := range state.Routes {
			err := s.Fail(demo.Fault{Kind: kind.Name, Route: route, Times: 1})
			if err != nil && (!errors.Is(err, demo.ErrNeverStrikes) || route != "list") {
				t.Errorf("%s on %s: %v", kind.Name, route, err)
			}
		}
	}
	groups := map[string]int{}
	for _, kind := range state.Kinds {
		groups[kind.Group]++
	}
	if len(groups) != 4 || slices.ContainsFunc([]string{"network", "answer", "limit", "status"}, func(g string) bool { return groups[g] < 5 }) {
		t.Errorf("groups %v", groups)
	}
}
