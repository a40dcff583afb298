package handlers

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/locale"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/live"
	"github.com/alohub/agentconsole/templates/components"
	"github.com/alohub/agentconsole/templates/partials"
	"github.com/alohub/agentconsole/web/paths"
)

// presenter maps what the domain knows to what the views show, in one language. It
// asks nobody.
type presenter struct {
	paths paths.Paths
	say   *locale.Printer
	// queueName is a queue's name, remembered ones included; "" where there is none.
	queueName func(typ apiclient.QueueType, id int64) string
	now       func() time.Time
	// agentName is an agent's name, "" where none is known.
	agentName func(id string) string
	curl      commands
}

// commands are what a save does, and what was sent once, as people can do it in a shell.
type commands interface {
	Curl(agent string, typ apiclient.QueueType, as apiclient.QueueAssignment) string
	CurlSent(agent string, typ apiclient.QueueType, as apiclient.QueueAssignment) string
	CurlRecordingSent(agent string, enabled bool) string
}

// row maps an agent and what was last sent of its recording to the view's model.
func (p presenter) row(a roster.Agent, sent journal.RecordingState) partials.AgentRow {
	r := partials.AgentRow{
		ID:           a.ID,
		URL:          p.paths.Agent(a.ID),
		WhyNotCallin: p.whyNot(a.WhyNotEdit(apiclient.Callin)), WhyNotCallout: p.whyNot(a.WhyNotEdit(apiclient.Callout)),
		Name:      text(a.UserName),
		Callin:    p.memberships(apiclient.Callin, a.Callin),
		Callout:   p.memberships(apiclient.Callout, a.Callout),
		Priority:  text(a.Priority),
		System:    text(a.SystemStatus),
		User:      text(a.UserStatus),
		FollowMe:  a.FollowMe,
		Recording: p.recording(a, sent),
	}
	if r.WhyNotCallin == "" {
		r.EditCallin = p.paths.AgentQueues(a.ID, string(apiclient.Callin))
	}
	if r.WhyNotCallout == "" {
		r.EditCallout = p.paths.AgentQueues(a.ID, string(apiclient.Callout))
	}
	if a.Status != nil {
		active := a.Active()
		r.Active = &active
	}
	return r
}

// recording says what is known of an agent's recording. What a row carries wins
// over what was sent.
func (p presenter) recording(a roster.Agent, sent journal.RecordingState) components.Recording {
	r := components.Recording{
		Agent: a.ID, PostURL: p.paths.AgentRecording(a.ID), State: recordingState(a.Record, sent),
		// Queues that cannot be read say nothing against recording.
		Locked: a.WhyNot == roster.NotIDIsNumber || a.WhyNot == roster.NotOtherTenant,
	}
	// When and by whom belongs to what was sent, not to what a row shows.
	if sent.EntryID != "" && a.Record == nil {
		r.At, r.By = sent.At, sent.Operator
		r.Unsure = isOpen(sent.Result)
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

func (p presenter) memberships(typ apiclient.QueueType, ms []roster.Membership) []components.Chip {
	chips := make([]components.Chip, len(ms))
	for i, m := range ms {
		chips[i] = components.Chip{
			ID: m.QueueID, Name: m.Name, Certainty: m.Certainty.String(), URL: p.paths.Queue(m.QueueID, string(typ)),
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

// listed names queues with their ids, in a line.
func (name namer) listed(ids []int64) string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = strconv.FormatInt(id, 10)
		if named := name(id); named != "" {
			words[i] = named + " (" + words[i] + ")"
		}
	}
	return strings.Join(words, ", ")
}

// namer of a type.
func (p presenter) namer(typ apiclient.QueueType) namer {
	return func(id int64) string { return p.queueName(typ, id) }
}

// queueChips are queues to choose from.
func queueChips(queues []roster.Queue) []components.Chip {
	chips := make([]components.Chip, len(queues))
	for i, q := range queues {
		chips[i] = components.Chip{ID: q.ID, Name: q.Name}
	}
	return chips
}

func names(chips []components.Chip) string {
	labels := make([]string, len(chips))
	for i, c := range chips {
		labels[i] = c.Label()
	}
	return strings.Join(labels, ", ")
}

// differ returns what after lacks of before, and has beyond it.
func differ(before, after []int64) (removed, added []int64) {
	return lacking(after, before), lacking(before, after)
}

// lacking are the ids that a list does not have.
func lacking(list, ids []int64) (out []int64) {
	for _, id := range ids {
		if !slices.Contains(list, id) {
			out = append(out, id)
		}
	}
	return out
}

// progress maps a crawl to its bar; nil where there is nothing to say. url is where it
// asks again.
func (p presenter) progress(crawl live.Progress, url string, now time.Time) *partials.Progress {
	m := &partials.Progress{
		URL: url, Agents: crawl.Agents, Total: max(crawl.Total, 0), Queues: crawl.QueuesDone,
		QueuesTotal: crawl.QueuesTotal, Incomplete: crawl.Incomplete,
	}
	switch {
	case crawl.Running() && crawl.WaitingUntil.After(now):
		m.State = "waiting"
	case crawl.Running():
		m.State = "running"
	case crawl.State == live.CrawlFailed:
		m.State = "failed"
		if crawl.Err != nil {
			m.Why = p.say.T(problemOf(crawl.Err).Message + ".title")
		}
	case crawl.Incomplete:
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
