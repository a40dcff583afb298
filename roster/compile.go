package roster

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alohub/agentconsole/apiclient"
)

// PlanChange compiles an intent and what is known into one exact PUT. It is pure.
func PlanChange(in Intent, k Knowledge) Plan {
	p := Plan{
		Intent: in, Agent: k.Agent, Type: in.Type,
		Before: slices.Clone(k.Agent.Memberships(in.Type)),
		Unsure: k.Unsure,
	}
	if in.Type == apiclient.Callout && in.Verb != Edit && in.Verb != Replace && k.CalloutHides {
		p.Unsure = append(slices.Clip(p.Unsure), CalloutOneShown)
	}
	p.Sure = len(p.Unsure) == 0
	fresh := IDs(p.Before)
	p.After = in.apply(fresh)
	p.Removed, p.Added, p.Unchanged = minus(fresh, p.After), minus(p.After, fresh), both(fresh, p.After)
	moved := p.planPriority(in, k)
	p.Nothing = len(p.Removed) == 0 && len(p.Added) == 0 && !moved
	if in.Verb == Edit {
		switch {
		case in.idle():
			p.Nothing = true // nothing was asked for, whatever others did
		case !sameSet(in.Base, fresh):
			conflict := merge(in.Base, fresh, in.Want)
			p.Conflict, p.Nothing = &conflict, false
		}
	}
	p.Empty = len(p.After) == 0 && !p.Nothing
	p.warn(in, k)
	p.ask()
	return p
}

// idle reports whether an edit changes nothing the person saw.
func (in Intent) idle() bool {
	return in.Verb == Edit && sameSet(in.Base, in.Want) && !in.SetsPriority()
}

// SetsPriority reports whether the person chose a priority other than the one
// they were shown.
func (in Intent) SetsPriority() bool {
	if in.Type == apiclient.Callout || in.Priority == nil {
		return false
	}
	shown, ok := number(text(in.PriorityBase))
	return in.PriorityBase == nil || !ok || shown != *in.Priority
}

// apply returns the list the intent makes of what is there.
func (in Intent) apply(fresh []int64) []int64 {
	switch in.Verb {
	case Edit:
		return apply(fresh, minus(in.Want, in.Base), minus(in.Base, in.Want))
	case Add:
		return apply(fresh, in.Want, nil)
	case Remove:
		return apply(fresh, nil, in.Want)
	case Replace:
		return slices.Clone(in.Want)
	case Undo:
		return apply(fresh, minus(in.undo.Before, in.undo.After), minus(in.undo.After, in.undo.Before))
	}
	return slices.Clone(fresh)
}

// planPriority decides the priority to send and reports whether that changes it.
// What omitting it does is not documented, so the one shown is sent again.
func (p *Plan) planPriority(in Intent, k Knowledge) (changes bool) {
	if in.Type == apiclient.Callout {
		return false
	}
	p.PriorityBefore = strings.TrimSpace(text(k.Agent.Priority))
	shown, readable := number(p.PriorityBefore)
	set := in.Priority
	if !in.SetsPriority() {
		set = nil
	}
	if in.Verb == Undo {
		set = in.priorityUndone(p.PriorityBefore)
	}
	switch {
	case set != nil:
		p.Priority = new(*set)
		return !readable || shown != *set
	case readable:
		p.Priority = &shown
	case p.PriorityBefore != "":
		p.Warnings = append(p.Warnings, Warning{Code: WarnPriorityUnreadable, Text: p.PriorityBefore, At: k.Agent.SeenAt})
	}
	if k.PrioritiesDiffer {
		p.Warnings = append(p.Warnings, Warning{Code: WarnPriorityDiffers, Text: p.PriorityBefore, At: k.Agent.SeenAt})
	}
	return false
}

// priorityUndone returns the priority before the entry, if the entry changed it
// and nobody has since.
func (in Intent) priorityUndone(shown string) *int {
	before, ok := number(in.undo.PriorityBefore)
	if !ok || in.undo.PriorityAfter == "" || in.undo.PriorityAfter == in.undo.PriorityBefore || in.undo.PriorityAfter != shown {
		return nil
	}
	return &before
}

func number(s string) (int, bool) {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	return n, err == nil
}

func (p *Plan) warn(in Intent, k Knowledge) {
	note := func(code WarningCode, queue int64, at time.Time) {
		p.Warnings = append(p.Warnings, Warning{Code: code, Queue: queue, At: at})
	}
	if k.Agent.Status != nil && *k.Agent.Status == 0 {
		note(WarnInactive, 0, k.Agent.SeenAt)
	}
	if in.Type == apiclient.Callout {
		note(WarnCalloutShowsOne, 0, k.Agent.SeenAt)
	} else if k.OneShown {
		note(WarnOneShown, 0, k.Agent.SeenAt)
	}
	if in.Verb == Undo && !sameSet(in.undo.After, IDs(p.Before)) {
		note(WarnMoved, 0, k.Agent.SeenAt)
	}
	if in.Type == apiclient.Callin && k.Others != nil {
		for _, queue := range p.Removed {
			if n, at := k.Others(queue); n == 0 {
				note(WarnLeavesQueue, queue, at)
			}
		}
	}
}

// ask collects what a person has to confirm.
func (p *Plan) ask() {
	if p.Nothing {
		return
	}
	if !p.Sure {
		p.Confirm = append(p.Confirm, ConfirmUnsure)
	}
	has := func(codes ...WarningCode) bool {
		return slices.ContainsFunc(p.Warnings, func(w Warning) bool { return slices.Contains(codes, w.Code) })
	}
	// Who takes a change back has said what is to leave the list, but not that
	// nobody will be left there.
	if len(p.Removed) > 0 && p.Intent.Verb != Undo {
		p.Confirm = append(p.Confirm, ConfirmRemoval)
	}
	if has(WarnLeavesQueue) {
		p.Confirm = append(p.Confirm, ConfirmQueue)
	}
	if has(WarnPriorityUnreadable, WarnPriorityDiffers) {
		p.Confirm = append(p.Confirm, ConfirmPriority)
	}
}
