package runs

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
)

// Why an item is impossible or aside, beside the codes of roster.WhyNot. A code is a key
// of the catalogues.
const (
	WhyUnknownAgent = "unknown-agent" // nobody here knows of them
	WhyGone         = "gone"          // they are not in the list any more
	WhyEmpty        = "empty-list"    // no queue would be left, which the API refuses
	WhyNotThere     = "not-there"     // to be moved, but in none of the queues to leave
	WhyMoved        = "moved"         // somebody changed the list since
	WhyTouched      = "touched"       // to be taken back, but somebody changed the list since
	WhyCannotUndo   = "cannot-undo"   // the state before is not known
	WhyQuestion     = "question"      // it asks what the plan did not: the codes are in Message
	WhyBusy         = "busy"          // under another change for all the time there was
)

// Whys are the codes above.
func Whys() []string {
	return []string{
		WhyUnknownAgent, WhyGone, WhyEmpty, WhyNotThere, WhyMoved, WhyTouched, WhyCannotUndo, WhyQuestion, WhyBusy,
	}
}

// Known is what plans are made from: a *live.Tenant.
type Known interface {
	PlanKnown(intents []roster.Intent, each func(p roster.Plan, known bool))
	ListOrder(agent string) int
	Queues(typ apiclient.QueueType) []roster.Queue
}

// Plan says what the intents come to, agent by agent and queue by queue, by what is known.
// It makes no call. The items are in the order in which they would be carried out, and
// r is returned with what follows from them. Items like those of before that a person had
// unticked stay so; nil: there were none.
func Plan(known Known, r Run, intents []roster.Intent, before []Item) (Run, []Item) {
	items := make([]Item, 0, len(intents))
	staff, out := newStaff(known), unticked(before)
	r.OldestAt = time.Time{}
	known.PlanKnown(intents, func(p roster.Plan, is bool) {
		it := itemOf(p, is)
		if it.State == ItemPlanned && out[it.key()] {
			it.State = ItemNotAttempted
		}
		if it.State == ItemPlanned {
			staff.note(it, p.Agent)
		}
		if rests := it.State == ItemPlanned || it.State == ItemUnchanged; rests && !it.ReadAt.IsZero() && (r.OldestAt.IsZero() || it.ReadAt.Before(r.OldestAt)) {
			r.OldestAt = it.ReadAt
		}
		items = append(items, it)
	})
	order := make(map[string]int, len(items))
	for _, it := range items {
		order[it.Agent] = known.ListOrder(it.Agent)
	}
	slices.SortStableFunc(items, func(a, b Item) int {
		return cmp.Or(order[a.Agent]-order[b.Agent], roster.CompareExtensions(a.Agent, b.Agent))
	})
	r.Effects = staff.effects()
	var deserted []int64
	for _, e := range r.Effects {
		if e.Type == apiclient.Callin && e.Deserted() {
			deserted = append(deserted, e.Queue)
		}
	}
	r.Counts = make(Counts)
	for i := range items {
		items[i].Seq = i + 1
		r.Counts[items[i].State]++
		if items[i].State == ItemPlanned {
			for _, q := range roster.Both(items[i].Removed(), deserted) {
				items[i].Asks = append(items[i].Asks, roster.Question{Why: roster.ConfirmQueue, Queue: q}.Code())
			}
		}
	}
	r.Groups = groups(items)
	return r, items
}

// key tells the items of a run apart.
func (it Item) key() string { return string(it.Kind()) + " " + it.Agent }

func unticked(items []Item) map[string]bool {
	out := make(map[string]bool)
	for _, it := range items {
		if it.State == ItemNotAttempted {
			out[it.key()] = true
		}
	}
	return out
}

// With adds items of which it is known without a plan that they cannot be carried out.
func With(r Run, items, impossible []Item) (Run, []Item) {
	for _, it := range impossible {
		it.Seq = len(items) + 1
		items = append(items, it)
		r.Counts = r.Counts.Add(it.State, 1)
	}
	return r, items
}

// Moved are the agents for whom a plan made anew says something else.
func Moved(before, after []Item) (agents []string) {
	was := make(map[string]Item, len(before))
	for _, it := range before {
		was[it.key()] = it
	}
	for _, it := range after {
		w := was[it.key()]
		if w.State != it.State || w.Why != it.Why || !roster.SameSet(w.Before, it.Before) || !roster.SameSet(w.After, it.After) {
			agents = append(agents, it.Agent)
		}
	}
	return slices.Compact(agents)
}

func itemOf(p roster.Plan, known bool) Item {
	in := p.Intent
	it := Item{
		Agent: in.Agent, Intent: in, State: ItemPlanned, Enabled: in.Enabled, Before: roster.IDs(p.Before), After: p.After,
		ReadAt: p.EvidenceAt, Certainty: p.Certainty(),
	}
	if p.Agent.UserName != nil {
		it.AgentName = *p.Agent.UserName
	}
	impossible := func(why string) { it.State, it.Why, it.After = ItemImpossible, why, it.Before }
	switch why := p.Agent.WhyNotEdit(p.Type()); {
	case !known:
		impossible(WhyUnknownAgent)
	case why != "":
		impossible(string(why))
	case takesNothingBack(in):
		impossible(WhyCannotUndo)
	case p.Conflict != nil && in.Verb == roster.Undo:
		impossible(WhyTouched)
	case p.Conflict != nil:
		impossible(WhyMoved)
	case p.Nothing && notThere(p):
		impossible(WhyNotThere)
	case p.Nothing, in.Verb == roster.Record && p.Agent.Record != nil && *p.Agent.Record == in.Enabled:
		it.State = ItemUnchanged
	case p.Empty():
		impossible(WhyEmpty)
	default:
		it.Asks = answered(p)
		if open := it.unanswered(p); open != "" && asksNow(p) {
			impossible(WhyQuestion)
			it.Message = open
		}
	}
	return it
}

// asksNow reports whether a plan asks what a read before the change would ask again, as far
// as is known: the API contradicts our own last write, or the priority cannot be kept.
func asksNow(p roster.Plan) bool {
	return p.Asks(roster.ConfirmDoubtful) || p.Asks(roster.ConfirmPriority)
}

// unanswered are the codes of a plan's questions that starting the run did not answer.
func (it Item) unanswered(p roster.Plan) string {
	var codes []string
	for _, q := range p.Questions() {
		if !slices.Contains(it.Asks, q.Code()) {
			codes = append(codes, q.Code())
		}
	}
	return strings.Join(codes, ",")
}

// notThere reports whether an agent who is to be moved is in none of the queues to leave,
// and not where they were to go either.
func notThere(p roster.Plan) bool {
	in, has := p.Intent, roster.IDs(p.Before)
	return in.Verb == roster.Move && len(roster.Both(has, in.From)) == 0 && len(roster.Minus(in.Want, has)) > 0
}

// answered are the codes of the questions of a plan that whoever starts the run answers,
// for the page shows them. What only a read can tell, or has to be looked at one by one, is
// not among them: such an agent is set aside.
func answered(p roster.Plan) (codes []string) {
	for _, q := range p.Questions() {
		switch {
		case q.Why == roster.ConfirmRemoval, q.Why == roster.ConfirmQueue,
			q.About == roster.OneShown, q.About == roster.CalloutOneShown, q.About == roster.CrawlIncomplete:
			codes = append(codes, q.Code())
		}
	}
	return codes
}

// Consent is what starting the run answers for an item.
func (it Item) Consent() roster.Consent {
	return roster.ConsentOf(true, strings.Join(it.Asks, ","), true)
}
