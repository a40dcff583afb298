package roster

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alohub/agentconsole/apiclient"
)

// PlanChange compiles an intent and what is known into one exact PUT. It is pure.
func PlanChange(in Intent, k Knowledge) Plan {
	p := Plan{Intent: in, Agent: k.Agent}
	if in.Verb == Record {
		return p
	}
	p.Before, p.Unsure, p.Doubts = slices.Clone(k.Agent.Memberships(in.Type)), k.Unsure, k.Agent.Doubts(in.Type)
	p.Unread, p.EvidenceAt = k.Unread, k.OldestAt
	// An editor opens on what is shown, and what it does not show its list lacks. Of an
	// agent of whom no callout queue is shown none is hidden behind one.
	if in.Type == apiclient.Callout && in.Verb != Replace && k.CalloutHides && (in.Verb != Edit || len(p.Before) > 0) {
		p.Unsure = append(slices.Clip(p.Unsure), CalloutOneShown)
	}
	fresh := IDs(p.Before)
	p.After = in.Apply(fresh)
	moved := p.planPriority(in, k)
	// What the API contradicts can be asked for again, and so can what no read has
	// shown yet: only a read shows that it is so. A replacement is about every queue, and
	// that it is so already is said from what was read for it.
	again := in.Verb == Replace && (k.Earlier || len(p.Doubts) > 0 || slices.Contains(p.Unsure, RowOld)) ||
		slices.ContainsFunc(p.Doubts, func(d Doubt) bool { return d.settledBy(in) }) ||
		slices.ContainsFunc(p.Before, func(m Membership) bool {
			adds, _ := in.names(m.QueueID)
			return adds && m.Certainty == Sent
		})
	// Whether a priority that was left out is there again only its being sent makes sure.
	again = again || in.Verb == Rehearse || in.Verb == Undo && in.Undoes.omitted()
	hidden := in.Type == apiclient.Callout && k.CalloutHides && in.removesUnseen(fresh)
	p.Nothing = SameSet(fresh, p.After) && !moved && !again && !hidden && !p.unread(in)
	if in.Verb == Rehearse {
		p.rehearsed(in, k)
	}
	if in.Verb == Edit {
		switch {
		case in.Idle():
			p.Nothing = true // nothing was asked for, whatever others did
		case (p.Nothing || hidden) && SameSet(in.Want, fresh):
			// Somebody else has done the same meanwhile, as far as can be seen.
		case p.movedFrom(in.Base):
			conflict := merge(in.Base, fresh, in.Want)
			p.Conflict, p.Nothing = &conflict, false
		}
	}
	if u := in.Undoes; in.Verb == Undo && in.Strict && p.movedFrom(u.After) && !p.Nothing {
		conflict := merge(u.After, fresh, u.Before)
		p.Conflict = &conflict
	}
	p.warn(in, k)
	return p
}

// rehearsed has nothing sent where the list moved since the person looked, or where a queue
// may be hidden: what proves nothing may cost nobody a queue.
func (p *Plan) rehearsed(in Intent, k Knowledge) {
	if p.movedFrom(in.Base) {
		conflict := merge(in.Base, IDs(p.Before), in.Base)
		p.Conflict = &conflict
	}
	if k.OneShown && !slices.Contains(p.Unsure, OneShown) {
		p.Unsure = append(slices.Clip(p.Unsure), OneShown)
	}
}

// unread reports whether nothing was read, or not lately, of a queue that the intent
// says something of; a replacement says something of all.
func (p *Plan) unread(in Intent) bool {
	return slices.ContainsFunc(p.Unread, func(queue int64) bool {
		adds, removes := in.names(queue)
		return adds || removes || in.Verb == Replace
	})
}

// movedFrom reports whether somebody else changed the list that the person looked
// at. What the API contradicts of our own last write is no change of anybody's: it
// is asked about by name.
func (p Plan) movedFrom(base []int64) bool {
	doubtful := make([]int64, len(p.Doubts))
	for i, d := range p.Doubts {
		doubtful[i] = d.Queue
	}
	return !SameSet(Minus(base, doubtful), Minus(IDs(p.Before), doubtful))
}

// PlanForm is PlanChange for an edit as the form itself tells it: the list and the
// priority that the person looked at are taken for what is there. So every console
// says the same of a form, whether or not it has read the agent, and what it says
// is what a save sends if nothing moved meanwhile.
func PlanForm(in Intent, k Knowledge) Plan {
	known := k.Agent.Memberships(in.Type)
	base := make([]Membership, 0, len(in.Base))
	for _, id := range in.Base {
		m := Membership{QueueID: id}
		if i := slices.IndexFunc(known, func(m Membership) bool { return m.QueueID == id }); i >= 0 {
			m = known[i]
		}
		base = append(base, m)
	}
	if in.Type == apiclient.Callout {
		k.Agent.Callout = base
	} else {
		k.Agent.Callin = base
	}
	k.Agent.ID = in.Agent
	if in.PriorityBase != nil {
		k.Agent.Priority = in.PriorityBase
	}
	return PlanChange(in, k)
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
		set = in.Undoes.priority(p.PriorityBefore)
		if k.PrioritySent != "" && k.PrioritySent != in.Undoes.PriorityAfter {
			set = nil // a later write of ours sent another, which reads may not show yet
		}
		if in.Undoes.moved(p.PriorityBefore) {
			p.Warnings = append(p.Warnings, Warning{Code: WarnPriorityMoved, Text: cmp.Or(p.PriorityBefore, "–"), At: k.Agent.SeenAt})
		}
	}
	if in.Verb == Rehearse && in.PriorityBase != nil && strings.TrimSpace(*in.PriorityBase) != p.PriorityBefore {
		p.Warnings = append(p.Warnings, Warning{Code: WarnPriorityMoved, Text: cmp.Or(p.PriorityBefore, "–"), At: k.Agent.SeenAt})
	}
	switch {
	case set != nil:
		p.Priority = new(*set)
		if in.Verb == Edit && in.PriorityBase != nil && strings.TrimSpace(*in.PriorityBase) != p.PriorityBefore && (!readable || shown != *set) {
			p.Warnings = append(p.Warnings, Warning{Code: WarnPriorityMoved, Text: p.PriorityBefore, At: k.Agent.SeenAt})
		}
		return !readable || shown != *set || k.PrioritySent != ""
	case in.Omits:
	case readable:
		p.Priority = &shown
	case p.PriorityBefore != "":
		p.Warnings = append(p.Warnings, Warning{Code: WarnPriorityUnreadable, Text: p.PriorityBefore, At: k.Agent.SeenAt})
	}
	if k.PrioritySent != "" {
		p.Warnings = append(p.Warnings, Warning{Code: WarnPriorityDoubtful, Text: cmp.Or(p.PriorityBefore, "–"), At: k.Agent.SeenAt})
	}
	if k.PrioritiesDiffer {
		p.Warnings = append(p.Warnings, Warning{Code: WarnPriorityDiffers, Text: p.PriorityBefore, At: k.Agent.SeenAt})
	}
	return false
}

// priority returns the priority before the change, if the change set another and
// nobody has since.
func (u Undone) priority(shown string) *int {
	before, ok := number(u.PriorityBefore)
	if u.omitted() {
		return &before
	}
	if !ok || u.PriorityAfter == "" || u.PriorityAfter == u.PriorityBefore || u.PriorityAfter != shown {
		return nil
	}
	return &before
}

// moved reports whether the priority that is shown now may be another person's, of a change
// that left it out: it is neither the one before nor the one that came of it.
func (u Undone) moved(shown string) bool {
	return u.omitted() && shown != u.PriorityBefore && (u.PriorityThen == nil || shown != *u.PriorityThen)
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
	if in.Verb == Undo && !SameSet(in.Undoes.After, IDs(p.Before)) {
		note(WarnMoved, 0, k.Agent.SeenAt)
	}
	if in.Type == apiclient.Callin {
		for _, queue := range p.Removed() {
			if others, known := k.Others[queue]; known && others.Available == 0 {
				note(WarnLeavesQueue, queue, others.At)
			}
		}
	}
}

func text(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}
