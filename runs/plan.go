package runs

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
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

// maxGroups bounds the groups that a plan is shown by; the smallest are left out.
const maxGroups = 50

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
			if !it.ReadAt.IsZero() && (r.OldestAt.IsZero() || it.ReadAt.Before(r.OldestAt)) {
				r.OldestAt = it.ReadAt
			}
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

// Wishes are the intents that items were planned from.
func Wishes(items []Item) []roster.Intent {
	intents := make([]roster.Intent, len(items))
	for i, it := range items {
		intents[i] = it.Intent
	}
	return intents
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
	}
	return it
}

// takesNothingBack reports whether an intent stands for a change that cannot be taken back:
// it stays so however often the run is planned anew, retried or repeated.
func takesNothingBack(in roster.Intent) bool {
	u := in.Undoes
	return in.Verb == roster.Undo && u.Before == nil && u.After == nil && u.PriorityAfter == ""
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

// staff counts who is in the queues that items touch.
type staff struct {
	known   Known
	byQueue map[effectKey]*Effect
	types   []apiclient.QueueType
}

type effectKey struct {
	typ   apiclient.QueueType
	queue int64
}

func newStaff(known Known) *staff { return &staff{known: known, byQueue: make(map[effectKey]*Effect)} }

func (s *staff) effect(typ apiclient.QueueType, queue int64) *Effect {
	if !slices.Contains(s.types, typ) {
		s.types = append(s.types, typ)
		for _, q := range s.known.Queues(typ) {
			n := Staff{Members: q.Members, Active: q.Active, Available: q.Available}
			s.byQueue[effectKey{typ, q.ID}] = &Effect{Queue: q.ID, Type: typ, Name: q.Name, Before: n, After: n}
		}
	}
	key := effectKey{typ, queue}
	if s.byQueue[key] == nil {
		s.byQueue[key] = &Effect{Queue: queue, Type: typ}
	}
	return s.byQueue[key]
}

func (s *staff) note(it Item, a roster.Agent) {
	if it.Intent.Verb == roster.Record {
		return
	}
	count := func(queue int64, by int) *Effect {
		e := s.effect(it.Intent.Type, queue)
		e.After.Members += by
		if a.Active() {
			e.After.Active += by
		}
		if a.Available() {
			e.After.Available += by
		}
		return e
	}
	for _, q := range it.Removed() {
		count(q, -1).Leaves++
	}
	for _, q := range it.Added() {
		count(q, 1).Joins++
	}
}

// effects are those of the queues that somebody leaves or joins: first those left without
// anybody available, then those that lose the most.
func (s *staff) effects() []Effect {
	var out []Effect
	for _, e := range s.byQueue {
		if e.Joins+e.Leaves > 0 {
			out = append(out, *e)
		}
	}
	slices.SortFunc(out, func(a, b Effect) int {
		first := func(e Effect) int {
			if e.Deserted() {
				return 0
			}
			return 1
		}
		return cmp.Or(first(a)-first(b), (a.After.Available-a.Before.Available)-(b.After.Available-b.Before.Available),
			cmp.Compare(a.Type, b.Type), cmp.Compare(a.Queue, b.Queue))
	})
	return out
}

// groups are the changes that items have in common, the commonest first.
func groups(items []Item) []Group {
	var out []Group
	index := make(map[string]int)
	for _, it := range items {
		if it.State != ItemPlanned {
			continue
		}
		g := Group{Kind: it.Kind(), Removed: it.Removed(), Added: it.Added(), Enabled: it.Enabled}
		key := groupKey(g)
		i, ok := index[key]
		if !ok {
			i = len(out)
			index[key], out = i, append(out, g)
		}
		out[i].Agents++
		out[i].Ticked++
	}
	slices.SortStableFunc(out, func(a, b Group) int { return b.Agents - a.Agents })
	return out[:min(len(out), maxGroups)]
}

func groupKey(g Group) string {
	removed, added := slices.Clone(g.Removed), slices.Clone(g.Added)
	slices.Sort(removed)
	slices.Sort(added)
	var b strings.Builder
	b.WriteString(string(g.Kind))
	if g.Enabled {
		b.WriteByte('!')
	}
	for _, q := range removed {
		b.WriteByte('-')
		b.WriteString(strconv.FormatInt(q, 10))
	}
	for _, q := range added {
		b.WriteByte('+')
		b.WriteString(strconv.FormatInt(q, 10))
	}
	return b.String()
}

// Intents are what an operation wishes for each of the agents.
func Intents(op Operation, agents []string, queues, from []int64, priority *int) []roster.Intent {
	out := make([]roster.Intent, 0, len(agents))
	for _, id := range agents {
		switch op {
		case Add:
			out = append(out, roster.AddIntent(id, apiclient.Callin, queues, priority))
		case Remove:
			out = append(out, roster.RemoveIntent(id, apiclient.Callin, queues))
		case Move:
			out = append(out, roster.MoveIntent(id, apiclient.Callin, from, queues, priority))
		case Replace:
			out = append(out, roster.ReplaceIntent(id, apiclient.Callin, queues, priority))
		case Callout:
			out = append(out, roster.ReplaceIntent(id, apiclient.Callout, queues, nil))
		case RecordingOn, RecordingOff:
			out = append(out, roster.RecordingIntent(id, op == RecordingOn))
		}
	}
	return out
}

// UndoIntents are what takes back what was sent for the items, as the journal has it, in
// the order of the items; of those that cannot be taken back there is an item that says
// so. A change whose list somebody has changed since is left alone.
func UndoIntents(items []Item, entry func(id string) (journal.Entry, bool)) (intents []roster.Intent, not []Item) {
	for _, it := range items {
		if !it.State.Sent() {
			continue
		}
		in, err := roster.Intent{}, roster.ErrCannotUndo
		if e, ok := entry(it.Entry); ok {
			in, err = roster.UndoIntent(e)
		}
		if err != nil {
			not = append(not, Item{
				Agent: it.Agent, AgentName: it.AgentName, State: ItemImpossible, Why: WhyCannotUndo,
				Intent: roster.Intent{
					Verb: roster.Undo, Agent: it.Agent, Type: apiclient.QueueType(it.Kind()), Undoes: roster.Undone{Entry: it.Entry},
				},
				Before: it.After, After: it.After,
			})
			continue
		}
		in.Strict = true
		intents = append(intents, in)
	}
	return intents, not
}

// Estimate is what a run costs, as far as can be said before it.
type Estimate struct {
	Calls  int
	Sweeps int
	Time   time.Duration
	// Known is false where no answer has named a limit yet.
	Known bool
	// Age is how old a fact may get that a change rests on. It is EvidenceAge where the
	// limit and the number of queues allow that.
	Age time.Duration
	// Batch is how many changes go between two sweeps.
	Batch int
}

// Pace is what is known of the limit that a run goes by.
type Pace struct {
	Limit int // calls per ten seconds that a run may make; 0: no answer has named a limit
}

// perSecond is how many calls a second that is. Without a limit one goes slowly.
func (p Pace) perSecond() float64 {
	if p.Limit <= 0 {
		return 1
	}
	return float64(p.Limit) / limitWindow.Seconds()
}

// limitWindow is what limits are given for.
const limitWindow = 10 * time.Second

// Estimated says what so many changes cost whose evidence is read in sweeps of so many
// calls. An age of 0 has everything read for each change.
func Estimated(changes, sweep int, pace Pace, age time.Duration) Estimate {
	e := Estimate{Known: pace.Limit > 0, Age: age}
	rate := pace.perSecond()
	seconds := func(calls int) time.Duration { return time.Duration(float64(calls) / rate * float64(time.Second)) }
	if changes == 0 {
		return e
	}
	if age <= 0 {
		e.Batch, e.Sweeps = 1, changes
		e.Calls = changes * (1 + 2*sweep)
		e.Time = seconds(e.Calls)
		return e
	}
	// Half of the time for changes is the least with which a run gets anywhere.
	e.Age = max(age, 2*seconds(sweep)+limitWindow).Round(time.Second)
	e.Batch = max(int(e.Age.Seconds()*rate)-sweep, 1)
	e.Sweeps = (changes+e.Batch-1)/e.Batch + 1
	e.Calls = changes + e.Sweeps*sweep
	e.Time = seconds(e.Calls)
	return e
}
