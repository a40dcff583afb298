package handlers

import (
	"testing"
	"time"

	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/locale"
	"github.com/alohub/agentconsole/roster"
)

func TestEntry(t *testing.T) {
	t.Parallel()
	p := presenting(t, locale.English)
	edit := func(change func(*journal.Entry)) journal.Entry {
		e := journal.Entry{
			ID: "01K", Agent: "082018", Kind: journal.Callin, Before: []int64{7, 8}, BeforeKnown: true, After: []int64{8, 11},
			Result: journal.Verified,
		}
		change(&e)
		return e
	}
	for _, tt := range []struct {
		name                           string
		e                              journal.Entry
		sentence, word, priority, undo string
		whyNot                         string
	}{
		{"both ways", edit(func(*journal.Entry) {}), "change.sentence_both", "verified", "", "/c/changes/01K/undo", ""},
		{"removed", edit(func(e *journal.Entry) { e.After = []int64{7} }), "change.sentence_removed", "verified", "", "/c/changes/01K/undo", ""},
		{"added", edit(func(e *journal.Entry) { e.After = []int64{7, 8, 9} }), "change.sentence_added", "verified", "", "/c/changes/01K/undo", ""},
		{"priority", edit(func(e *journal.Entry) { e.After, e.PriorityBefore, e.PriorityAfter = e.Before, "1", "2" }), "change.sentence_priority", "verified", "1 → 2", "/c/changes/01K/undo", ""},
		{"first priority", edit(func(e *journal.Entry) { e.PriorityAfter = "2" }), "change.sentence_both", "verified", "– → 2", "/c/changes/01K/undo", ""},
		{"priority kept", edit(func(e *journal.Entry) { e.PriorityBefore, e.PriorityAfter = "2", "2" }), "change.sentence_both", "verified", "", "/c/changes/01K/undo", ""},
		{"an undo", edit(func(e *journal.Entry) { e.UndoOf = "01A" }), "change.sentence_undo", "verified", "", "/c/changes/01K/undo", ""},
		{"undone", edit(func(e *journal.Entry) { e.UndoneBy = "01Z" }), "change.sentence_both", "verified", "", "", ""},
		{"open", edit(func(e *journal.Entry) { e.Result = journal.Unknown }), "change.sentence_both", "unknown", "", "", "change.outcome_unknown"},
		{"before not known", edit(func(e *journal.Entry) { e.BeforeKnown = false }), "change.sentence_both", "verified", "", "", "change.before_unknown"},
		{"refused", edit(func(e *journal.Entry) { e.Result, e.Code = journal.Refused, "BAD" }), "change.sentence_both", "refused", "", "", ""},
		{"never sent", edit(func(e *journal.Entry) { e.Result, e.Code = journal.Refused, roster.CodeNotSent }), "change.sentence_both", "not_sent", "", "", ""},
		{"not applied", edit(func(e *journal.Entry) { e.Result, e.Code = journal.Differs, journal.CodeNotApplied }), "change.sentence_both", "not_applied", "", "", ""},
	} {
		got := p.entry(tt.e)
		kind := p.typeName("callin")
		sentence := p.say.T(tt.sentence, "Kind", kind, "Removed", 1, "Added", 1)
		if tt.sentence == "change.sentence_removed" || tt.sentence == "change.sentence_added" {
			sentence = p.say.N(tt.sentence, 1, "Kind", kind)
		}
		whyNot := ""
		if tt.whyNot != "" {
			whyNot = p.say.T(tt.whyNot)
		}
		if got.Sentence != sentence || got.ResultText != p.say.T("result."+tt.word) || got.Priority != tt.priority || got.UndoURL != tt.undo || got.WhyNotUndo != whyNot {
			t.Errorf("%s: %+v", tt.name, got)
		}
		if ownCode(tt.e.Code) && got.Code != "" {
			t.Errorf("%s: the console's own code is shown: %q", tt.name, got.Code)
		}
	}
	linked := p.entry(edit(func(e *journal.Entry) { e.UndoOf, e.UndoneBy = "01A", "01Z" }))
	if linked.UndoesURL != "/c/agents/082018?change=01A" || linked.UndoneURL != "/c/agents/082018?change=01Z" {
		t.Errorf("%+v", linked)
	}
}

// TestEvidence: an age is said where it is known and is one, and is never said too low.
func TestEvidence(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		age    time.Duration
		vi, en string
	}{
		{-time.Second, "", ""},
		{0, "", ""},
		{999 * time.Millisecond, "", ""},
		{time.Second, "Dựa trên dữ liệu cập nhật 1 giây trước khi ghi nhật ký", "Rested on facts read 1 second before this entry was written"},
		{37001 * time.Millisecond, "Dựa trên dữ liệu cập nhật 38 giây trước khi ghi nhật ký", "Rested on facts read 38 seconds before this entry was written"},
		{2*time.Minute + 1, "Dựa trên dữ liệu cập nhật 3 phút trước khi ghi nhật ký", "Rested on facts read 3 minutes before this entry was written"},
		{2*time.Hour + time.Minute, "Dựa trên dữ liệu cập nhật 3 giờ trước khi ghi nhật ký", "Rested on facts read 3 hours before this entry was written"},
	} {
		e := journal.Entry{ID: "01K", At: at, Agent: "1", Kind: journal.Callin, After: []int64{7}, EvidenceAt: at.Add(-tt.age)}
		vi, en := presenting(t, locale.Vietnamese).entry(e), presenting(t, locale.English).entry(e)
		if vi.Evidence != tt.vi || en.Evidence != tt.en || (tt.vi != "") != vi.EvidenceAt.Equal(e.EvidenceAt) {
			t.Errorf("%v: %q, %q", tt.age, vi.Evidence, en.Evidence)
		}
	}
	if got := presenting(t, locale.English).entry(journal.Entry{At: at, Kind: journal.Callin}); got.Evidence != "" {
		t.Errorf("an age that is not known: %q", got.Evidence)
	}
}

func TestRecordingEntry(t *testing.T) {
	t.Parallel()
	p := presenting(t, locale.English)
	for _, on := range []bool{true, false} {
		got := p.entry(journal.Entry{ID: "01K", Agent: "1", Kind: journal.Recording, Enabled: on, Result: journal.Accepted})
		// The state before is never known, so the opposite is offered and no undo.
		if got.OppositeURL != "/c/agents/1/recording" || got.OppositeOn == on || got.UndoURL != "" || got.WhyNotUndo != "" {
			t.Errorf("on %t: %+v", on, got)
		}
	}
	if got := p.entry(journal.Entry{Kind: journal.Recording, Result: journal.Refused}); got.OppositeURL != "" {
		t.Errorf("the opposite of what was refused is offered: %+v", got)
	}
}
