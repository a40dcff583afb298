// Package stage puts a sandbox behind the page by which a console sets the upstream of
// a demo. It stands apart from package sandbox, which knows nothing of the console, and
// is imported by whoever starts a demo.
package stage

import (
	"fmt"
	"slices"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/web/demo"
)

// Stage is a sandbox as a console's page sees it. It is a demo.Upstream.
type Stage struct{ api *sandbox.Server }

var _ demo.Upstream = Stage{}

// Of is the stage of a sandbox.
func Of(api *sandbox.Server) Stage { return Stage{api} }

// shownDeeds is how much people are told of what the second administrator did.
const shownDeeds = 5

// State is demo.Upstream's.
func (s Stage) State() demo.State {
	second, limits := s.api.SecondAdmin(), s.api.Limits()
	state := demo.State{
		Pace: string(second.Pace()), Style: s.api.Style().String(),
		Routes: []string{everyRoute, string(sandbox.OpList), string(sandbox.OpQueues), string(sandbox.OpRecording)},
		Limits: demo.Limits{
			Tenant: limits.Tenant, Route: limits.Route, Window: limits.WindowLength(), Kind: limits.Kind.String(),
			NoHeaders: limits.NoHeaders, NoRetryAfter: limits.NoRetryAfter,
		},
	}
	for _, p := range sandbox.Paces() {
		state.Paces = append(state.Paces, string(p))
	}
	deeds := second.Deeds()
	for _, d := range deeds[:min(len(deeds), shownDeeds)] {
		state.Deeds = append(state.Deeds, demo.Deed{
			At: d.At, Agent: d.Agent, Name: d.UserName, Kind: string(d.Kind),
			QueueID: d.Queue, Queue: d.QueueName, Joined: d.Joined, Priority: d.Priority,
		})
	}
	for _, style := range sandbox.Styles() {
		state.Styles = append(state.Styles, style.String())
	}
	for _, t := range s.api.Traits() {
		state.Traits = append(state.Traits, demo.Trait{Name: t.Name, On: t.On})
	}
	for _, f := range s.api.Faults() {
		state.Faults = append(state.Faults, demo.Fault{Kind: f.Name, Route: routeOf(f), Times: f.Times})
	}
	for _, p := range sandbox.Presets() {
		state.Kinds = append(state.Kinds, demo.Kind{Name: p.Name, Group: groupOf(p)})
	}
	for _, k := range sandbox.WindowKinds() {
		state.Windows = append(state.Windows, k.String())
	}
	return state
}

// everyRoute is sandbox.OpAny as a name.
const everyRoute = "all"

func routeOf(f sandbox.Fault) string {
	if f.Op == "" || f.Op == sandbox.OpAny {
		return everyRoute
	}
	return string(f.Op)
}

// groupOf sorts faults as docs/api/faults.md does.
func groupOf(p sandbox.Preset) string {
	switch {
	case p.Row <= 3:
		return "network"
	case p.Row == 17 || p.Row == 18:
		return "limit"
	case p.Row >= 19 && p.Row <= 24:
		return "status"
	default:
		return "answer"
	}
}

// SetPace is demo.Upstream's.
func (s Stage) SetPace(pace string) error {
	return unknown(s.api.SecondAdmin().SetPace(sandbox.Pace(pace)))
}

// SetAnswers is demo.Upstream's.
func (s Stage) SetAnswers(word string, on []string) error {
	style, err := sandbox.ParseStyle(word)
	if err != nil {
		return unknown(err)
	}
	traits := map[string]bool{}
	for _, t := range s.api.Traits() {
		traits[t.Name] = false
	}
	for _, name := range on {
		traits[name] = true
	}
	if err := s.api.SetTraits(traits); err != nil {
		return unknown(err)
	}
	s.api.SetStyle(style)
	return nil
}

// Fail is demo.Upstream's. A fault of one route alone stays on it when all are chosen.
func (s Stage) Fail(f demo.Fault) error {
	fault, ok := sandbox.PresetNamed(f.Kind)
	switch {
	case !ok:
		return fmt.Errorf("fault %q: %w", f.Kind, demo.ErrUnknown)
	case !slices.Contains(s.State().Routes, f.Route):
		return fmt.Errorf("route %q: %w", f.Route, demo.ErrUnknown)
	case f.Times < 1 && f.Times != demo.Always:
		return fmt.Errorf("%d times: %w", f.Times, demo.ErrUnknown)
	case !fault.Concerns(sandbox.Op(f.Route)):
		return fmt.Errorf("%s on %s: %w", f.Kind, f.Route, demo.ErrNeverStrikes)
	}
	if f.Route != everyRoute {
		fault.Op = sandbox.Op(f.Route)
	}
	s.api.Fail(fault.Repeat(f.Times))
	return nil
}

// ClearFaults is demo.Upstream's.
func (s Stage) ClearFaults() { s.api.ClearFaults() }

// SetLimits is demo.Upstream's.
func (s Stage) SetLimits(l demo.Limits) error {
	kind, err := sandbox.ParseWindowKind(l.Kind)
	if err != nil {
		return unknown(err)
	}
	s.api.SetLimits(sandbox.Limits{
		Tenant: l.Tenant, Route: l.Route, Window: l.Window, Kind: kind, NoHeaders: l.NoHeaders, NoRetryAfter: l.NoRetryAfter,
	})
	return nil
}

// Calm is demo.Upstream's.
func (s Stage) Calm() { s.api.Calm() }

// unknown marks an error of the sandbox, which refuses nothing but names.
func unknown(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", demo.ErrUnknown, err)
}
