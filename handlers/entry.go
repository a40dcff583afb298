package handlers

import (
	"cmp"
	"strconv"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/templates/partials"
	"github.com/alohub/agentconsole/web/paths"
)

// entry maps an entry of the journal to the sentence people read.
func (p presenter) entry(e journal.Entry) partials.Change {
	c := partials.Change{
		ID: e.ID, At: e.At, Agent: e.Agent, AgentName: p.agentName(e.Agent), AgentURL: p.paths.Agent(e.Agent), Kind: string(e.Kind),
		Operator: e.Operator, Result: string(e.Result), ResultText: p.result(e.Result, e.Code),
		Code: e.Code, Message: detail(e.Result, e.Message),
	}
	if e.RunID != "" {
		c.RunURL = p.paths.Changes(paths.ChangesQuery{Run: e.RunID})
	}
	if ownCode(e.Code) {
		c.Code = "" // said in ResultText
	}
	if e.UndoOf != "" {
		c.UndoesURL = p.paths.AgentChange(e.Agent, e.UndoOf)
	}
	if e.UndoneBy != "" {
		c.UndoneURL = p.paths.AgentChange(e.Agent, e.UndoneBy)
	}
	if e.Kind == journal.Recording {
		c.Sentence = p.say.T("change.recording_off")
		if e.Enabled {
			c.Sentence = p.say.T("change.recording_on")
		}
		if e.Result != journal.Refused {
			c.OppositeURL, c.OppositeOn = p.paths.AgentRecording(e.Agent), !e.Enabled
		}
		c.Curl = p.curl.CurlRecordingSent(e.Agent, e.Enabled)
		return c
	}
	if age := e.At.Sub(e.EvidenceAt); !e.EvidenceAt.IsZero() && age >= time.Second {
		c.Evidence = p.evidence(age)
	}
	name := p.namer(apiclient.QueueType(e.Kind))
	removed, added := differ(e.Before, e.After)
	c.Removed, c.Added = name.chips(removed), name.chips(added)
	c.Before, c.After = name.listed(e.Before), name.listed(e.After)
	c.Sure, c.Curl = p.sure(e.Certainty), p.sent(e)
	if e.Seen != nil && e.Result != journal.Verified {
		c.Seen = cmp.Or(name.listed(e.Seen), "–")
	}
	c.Sentence = p.sentence(e, len(removed), len(added))
	if e.PriorityAfter != "" && e.PriorityAfter != e.PriorityBefore {
		before := e.PriorityBefore
		if before == "" {
			before = "–"
		}
		c.Priority = before + " → " + e.PriorityAfter
	}
	if len(removed)+len(added) > 0 || c.Priority != "" {
		c.Lead = p.typeName(string(e.Kind))
		if e.UndoOf != "" {
			c.Lead = c.Sentence
		}
	}
	switch _, err := roster.UndoIntent(e); {
	case e.UndoneBy != "":
	case len(removed)+len(added) == 0 && e.PriorityAfter == e.PriorityBefore:
		// It sent just what was there: to take it back would do nothing.
	case err == nil:
		c.UndoURL = p.paths.UndoChange(e.ID)
	case isOpen(e.Result):
		c.WhyNotUndo = p.say.T("change.outcome_unknown")
	case e.Result != journal.Refused && e.Code != journal.CodeNotApplied:
		c.WhyNotUndo = p.say.T("change.before_unknown")
	}
	return c
}

// sure says why the list before a change was not surely known, "" where it was, or nothing
// tells.
func (p presenter) sure(certainty string) string {
	if certainty == roster.Confirmed.String() {
		return "" // what is sure needs no mark
	}
	for _, id := range []string{"unsure." + certainty, "certainty." + certainty} {
		if certainty != "" && p.say.Has(id) {
			return p.say.T(id)
		}
	}
	return ""
}

// sent is the command that did what an entry says.
func (p presenter) sent(e journal.Entry) string {
	as := apiclient.QueueAssignment{QueueIDs: e.After}
	if priority, err := strconv.Atoi(e.PriorityAfter); err == nil {
		as.Priority = &priority
	}
	return p.curl.CurlSent(e.Agent, apiclient.QueueType(e.Kind), as)
}

// evidence says how old the oldest fact was that a change rested on: rounded up, for an
// age is promised to be no more than what is said.
func (p presenter) evidence(age time.Duration) string {
	up := func(unit time.Duration) int { return int((age + unit - 1) / unit) }
	switch {
	case age <= 2*time.Minute:
		return p.say.N("change.evidence_seconds", up(time.Second))
	case age <= 2*time.Hour:
		return p.say.N("change.evidence_minutes", up(time.Minute))
	}
	return p.say.N("change.evidence_hours", up(time.Hour))
}

// sentence is what a queue change did, in a few words.
func (p presenter) sentence(e journal.Entry, removed, added int) string {
	kind := p.say.T("editor." + string(e.Kind))
	switch {
	case e.UndoOf != "":
		return p.say.T("change.sentence_undo", "Kind", kind)
	case removed > 0 && added > 0:
		return p.say.T("change.sentence_both", "Kind", kind, "Removed", removed, "Added", added)
	case removed > 0:
		return p.say.N("change.sentence_removed", removed, "Kind", kind)
	case added > 0:
		return p.say.N("change.sentence_added", added, "Kind", kind)
	case e.PriorityAfter == "" && e.PriorityBefore != "":
		return p.say.T("change.sentence_omitted", "Kind", kind)
	case e.PriorityAfter == e.PriorityBefore:
		return p.say.T("change.sentence_same", "Kind", kind)
	default:
		return p.say.T("change.sentence_priority", "Kind", kind)
	}
}
