package handlers

import (
	"strconv"
	"strings"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/locale"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/live"
	"github.com/alohub/agentconsole/templates/components"
	"github.com/alohub/agentconsole/templates/partials"
	"github.com/alohub/agentconsole/web/paths"
)

// row maps an agent and what was last sent of its recording to the view's model.
func row(p paths.Paths, say *locale.Printer, a roster.Agent, sent journal.RecordingState) partials.AgentRow {
	r := partials.AgentRow{
		ID:          a.ID,
		URL:         p.Agent(a.ID),
		EditURL:     p.AgentQueues(a.ID, "callin"),
		CalloutEdit: p.AgentQueues(a.ID, "callout"),
		Name:        text(a.UserName),
		Callin:      memberships(p, apiclient.Callin, a.Callin),
		Callout:     memberships(p, apiclient.Callout, a.Callout),
		Priority:    text(a.Priority),
		System:      text(a.SystemStatus),
		User:        text(a.UserStatus),
		FollowMe:    a.FollowMe,
		Editable:    a.WhyNotEdit(apiclient.Callin) == "",
	}
	if a.Status != nil {
		active := a.Active()
		r.Active = &active
	}
	if why := a.WhyNotEdit(apiclient.Callin); why != "" {
		r.WhyNot = say.T("whynot." + string(why))
	}
	r.Recording = recording(p, a.ID, a.Record, sent)
	r.Recording.Locked = a.WhyNot != ""
	return r
}

// recording says what is known of an agent's recording. What a row carries wins
// over what was sent.
func recording(p paths.Paths, agent string, record *bool, sent journal.RecordingState) components.Recording {
	r := components.Recording{Agent: agent, PostURL: p.AgentRecording(agent), State: recordingState(record, sent)}
	// When and by whom belongs to what was sent, not to what a row shows.
	if sent.EntryID != "" && record == nil {
		r.At, r.By = sent.At, sent.Operator
		r.Unsure = sent.Result == journal.Unknown || sent.Result == journal.Intent
	}
	return r
}

// recordingState is the value of data-recording.
func recordingState(record *bool, sent journal.RecordingState) string {
	switch {
	case record != nil && *record:
		return "on"
	case record != nil:
		return "off"
	case sent.EntryID == "":
		return "never"
	case sent.Enabled:
		return "sent-on"
	default:
		return "sent-off"
	}
}

func memberships(p paths.Paths, typ apiclient.QueueType, ms []roster.Membership) []components.Chip {
	chips := make([]components.Chip, len(ms))
	for i, m := range ms {
		chips[i] = components.Chip{
			ID: m.QueueID, Name: m.Name, Certainty: m.Certainty.String(), URL: p.Queue(m.QueueID, string(typ)),
		}
	}
	return chips
}

// namer gives queues their names.
type namer func(id int64) string

// chips are plain queues, named.
func (name namer) chips(ids []int64) []components.Chip {
	chips := make([]components.Chip, len(ids))
	for i, id := range ids {
		chips[i] = components.Chip{ID: id, Name: name(id)}
	}
	return chips
}

// namer of a type: the tenant's names, remembered ones included.
func (v *visit) namer(typ apiclient.QueueType) namer {
	return func(id int64) string { return v.tenant.QueueName(typ, id) }
}

// change maps a journal entry to the sentence people read.
func (v *visit) change(e journal.Entry) partials.Change {
	p := v.desk.Paths
	c := partials.Change{
		ID: e.ID, At: e.At, Agent: e.Agent, AgentURL: p.Agent(e.Agent), Kind: string(e.Kind),
		Operator: e.Operator, Result: string(e.Result), ResultText: v.say.T("result." + string(e.Result)),
		Code: e.Code, Message: detail(e.Result, e.Message),
	}
	switch e.Code {
	case roster.CodeNotSent, journal.CodeNotApplied:
		c.ResultText, c.Code = v.say.T("result."+strings.ToLower(e.Code)), ""
	}
	if e.UndoOf != "" {
		c.UndoesURL = p.AgentChange(e.Agent, e.UndoOf)
	}
	if e.UndoneBy != "" {
		c.UndoneURL = p.AgentChange(e.Agent, e.UndoneBy)
	}
	if e.Kind == journal.Recording {
		c.Sentence = v.say.T("change.recording_off")
		if e.Enabled {
			c.Sentence = v.say.T("change.recording_on")
		}
		if e.Result != journal.Refused {
			c.OppositeURL, c.OppositeOn = p.AgentRecording(e.Agent), !e.Enabled
		}
		return c
	}
	name := v.namer(apiclient.QueueType(e.Kind))
	removed, added := differ(e.Before, e.After)
	c.Removed, c.Added, c.Final = name.chips(removed), name.chips(added), name.chips(e.After)
	c.Sentence = v.sentence(e, len(removed), len(added))
	if e.PriorityAfter != "" && e.PriorityAfter != e.PriorityBefore {
		before := e.PriorityBefore
		if before == "" {
			before = "–"
		}
		c.Priority = before + " → " + e.PriorityAfter
	}
	switch _, err := roster.UndoIntent(e); {
	case e.UndoneBy != "":
	case err == nil:
		c.UndoURL = p.UndoChange(e.ID)
	case isOpen(e.Result):
		c.WhyNotUndo = v.say.T("change.outcome_unknown")
	case e.Result != journal.Refused && e.Code != journal.CodeNotApplied:
		c.WhyNotUndo = v.say.T("change.before_unknown")
	}
	return c
}

// sentence is what a queue change did, in a few words.
func (v *visit) sentence(e journal.Entry, removed, added int) string {
	kind := v.say.T("editor." + string(e.Kind))
	switch {
	case e.UndoOf != "":
		return v.say.T("change.sentence_undo", "Kind", kind)
	case removed > 0 && added > 0:
		return v.say.T("change.sentence_both", "Kind", kind, "Removed", removed, "Added", added)
	case removed > 0:
		return v.say.N("change.sentence_removed", removed, "Kind", kind)
	case added > 0:
		return v.say.N("change.sentence_added", added, "Kind", kind)
	default:
		return v.say.T("change.sentence_priority", "Kind", kind)
	}
}

// differ returns what after lacks of before, and has beyond it.
func differ(before, after []int64) (removed, added []int64) {
	has := func(list []int64, id int64) bool {
		for _, x := range list {
			if x == id {
				return true
			}
		}
		return false
	}
	for _, id := range before {
		if !has(after, id) {
			removed = append(removed, id)
		}
	}
	for _, id := range after {
		if !has(before, id) {
			added = append(added, id)
		}
	}
	return removed, added
}

// progress maps a crawl to its bar; nil where there is nothing to say.
func (v *visit) progress(p live.Progress, url string) *partials.Progress {
	m := &partials.Progress{
		URL: url, Agents: p.Agents, Total: max(p.Total, 0), Queues: p.QueuesDone, QueuesTotal: p.QueuesTotal,
		Incomplete: p.Incomplete,
	}
	switch {
	case p.Running() && p.WaitingUntil.After(v.desk.Now()):
		m.State = "waiting"
	case p.Running():
		m.State = "running"
	case p.State == live.CrawlFailed:
		m.State = "failed"
		if p.Err != nil {
			m.Why = v.say.T(problemOf(p.Err).Message + ".title")
		}
	case p.Incomplete:
		m.State = "done"
	default:
		return nil
	}
	return m
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// list writes queue ids as the form's base.
func list(ids []int64) string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = strconv.FormatInt(id, 10)
	}
	return strings.Join(words, ",")
}
