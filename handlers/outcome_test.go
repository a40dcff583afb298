package handlers

import (
	"errors"
	"testing"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/locale"
	"github.com/alohub/agentconsole/roster"
)

func TestOutcome(t *testing.T) {
	t.Parallel()
	p := presenting(t, locale.English)
	plan := roster.Plan{Intent: roster.Intent{Type: apiclient.Callin}, Before: []roster.Membership{{QueueID: 7}}, After: []int64{11}}
	for _, tt := range []struct {
		name         string
		out          roster.Outcome
		title        string
		undo, seen   bool
		detail, shou string
	}{
		{"nothing", roster.Outcome{Nothing: true, Plan: plan}, "outcome.nothing.title", false, false, "", nothingID},
		{"read back", roster.Outcome{EntryID: "e", Result: journal.Verified, Plan: plan, Seen: []int64{11}, Message: "ok"}, "outcome.verified.title", true, false, "", "verified"},
		{"accepted", roster.Outcome{EntryID: "e", Result: journal.Accepted, Plan: plan, Seen: []int64{7}, Message: "ok"}, "outcome.accepted.title", true, true, "", "accepted"},
		{"not sure before", roster.Outcome{EntryID: "e", Result: journal.Verified, Plan: roster.Plan{Intent: roster.Intent{Type: apiclient.Callin}, Unsure: []roster.Unsure{roster.OneShown}}}, "outcome.verified.title", false, false, "", "verified"},
		{"accepted, shown before", roster.Outcome{EntryID: "e", Result: journal.Accepted, Plan: plan, Seen: []int64{11}, Message: "ok"}, "outcome.unproven.title", true, false, "", "accepted"},
		{"other", roster.Outcome{EntryID: "e", Result: journal.Differs, Plan: plan, Seen: []int64{}, Message: "no"}, "outcome.differs.title", false, true, "no", "differs"},
		{"refused", roster.Outcome{EntryID: "e", Result: journal.Refused, Plan: plan, Message: "no"}, "outcome.refused.title", false, false, "no", "refused"},
		{"never sent", roster.Outcome{EntryID: "e", Result: journal.Refused, Code: roster.CodeNotSent, Plan: plan}, "outcome.not_sent.title", false, false, "", "refused"},
		{"lost", roster.Outcome{EntryID: "e", Result: journal.Unknown, Applied: roster.AppliedUnknown, Cause: errors.New("x"), Plan: plan}, "outcome.unknown_unknown.title", false, false, "", "unknown"},
		{"lost, applied", roster.Outcome{EntryID: "e", Result: journal.Verified, Applied: roster.AppliedYes, Cause: errors.New("x"), Plan: plan}, "outcome.unknown_yes.title", true, false, "", "verified"},
		{"lost, not applied", roster.Outcome{EntryID: "e", Result: journal.Unknown, Applied: roster.AppliedNo, Cause: errors.New("x"), Plan: plan}, "outcome.unknown_no.title", false, false, "", "unknown"},
	} {
		got := p.outcome(tt.out)
		if got.Title != p.say.T(tt.title) || (got.UndoURL != "") != tt.undo || got.HasSeen != tt.seen || got.Detail != tt.detail || got.Result != tt.shou {
			t.Errorf("%s: %+v", tt.name, got)
		}
		if tt.undo && got.UndoURL != "/c/changes/e/undo" {
			t.Errorf("%s: taken back at %s", tt.name, got.UndoURL)
		}
	}
	if id := (changed{out: roster.Outcome{Nothing: true}}).id(); id != nothingID {
		t.Errorf("no change is called %q", id)
	}
}

func TestOutcomeOfEntry(t *testing.T) {
	t.Parallel()
	p := presenting(t, locale.English)
	for _, tt := range []struct {
		name        string
		e           journal.Entry
		title, text string
		seen        string
	}{
		{"queues", journal.Entry{Kind: journal.Callin, Result: journal.Verified, Seen: []int64{7}}, p.say.T("outcome.verified.title"), "", ""},
		{"accepted, one shown", journal.Entry{Kind: journal.Callout, Result: journal.Accepted, After: []int64{9, 8}, Seen: []int64{9}}, p.say.T("outcome.one_of_them.title"), p.say.T("outcome.one_of_them.text"), "out"},
		{"accepted, shown before", journal.Entry{Kind: journal.Callin, Result: journal.Accepted, After: []int64{7}, Seen: []int64{7}}, p.say.T("outcome.unproven.title"), p.say.T("outcome.unproven.text"), ""},
		{"read back otherwise", journal.Entry{Kind: journal.Callout, Result: journal.Differs, Seen: []int64{9}}, p.say.T("outcome.differs.title"), p.say.T("outcome.differs.text"), "out"},
		{"recording", journal.Entry{Kind: journal.Recording, Enabled: true, Result: journal.Accepted}, p.say.T("change.recording_on"), p.say.T("outcome.recording_accepted"), ""},
		{"recording not sent", journal.Entry{Kind: journal.Recording, Result: journal.Refused, Code: roster.CodeNotSent}, p.say.T("change.recording_off"), p.say.T("outcome.not_sent.title"), ""},
	} {
		got := p.outcomeOf(tt.e)
		if got.Title != tt.title || got.Text != tt.text || names(got.Seen) != tt.seen {
			t.Errorf("%s: %+v", tt.name, got)
		}
	}
}
