package runs

import (
	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
)

// Wishes are the intents that items were planned from.
func Wishes(items []Item) []roster.Intent {
	intents := make([]roster.Intent, len(items))
	for i, it := range items {
		intents[i] = it.Intent
	}
	return intents
}

// takesNothingBack reports whether an intent stands for a change that cannot be taken back:
// it stays so however often the run is planned anew, retried or repeated.
func takesNothingBack(in roster.Intent) bool {
	u := in.Undoes
	return in.Verb == roster.Undo && u.Before == nil && u.After == nil && u.PriorityAfter == ""
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
