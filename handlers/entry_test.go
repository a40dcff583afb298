package handlers

import (
	"testing"
	"time"

	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/locale"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/templates/partials"
	"github.com/alohub/agentconsole/web/paths"
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

// TestEntryOpened: what a row opens on is what the journal holds, and the request as it was.
func TestEntryOpened(t *testing.T) {
	t.Parallel()
	p := presenting(t, locale.English)
	e := journal.Entry{
		ID: "01K", Agent: "082018", Kind: journal.Callin, Before: []int64{7, 9}, After: []int64{7, 8}, PriorityBefore: "1", PriorityAfter: "2",
		Certainty: "one-shown", Result: journal.Differs, Seen: []int64{7}, RunID: "r1",
	}
	got := p.entry(e)
	want := partials.Change{
		AgentName: "Lê Thị Thử", Lead: "Callin", Before: "test (7), 9", After: "test (7), CSKH (8)", Seen: "test (7)",
		Sure: p.say.T("unsure.one-shown"), Curl: "sent 082018 callin [7 8] priority 2", RunURL: "/c/changes?run=r1",
	}
	if got.AgentName != want.AgentName || got.Lead != want.Lead || got.Before != want.Before || got.After != want.After || got.Seen != want.Seen ||
		got.Sure != want.Sure || got.Curl != want.Curl || got.RunURL != want.RunURL {
		t.Errorf("%+v", got)
	}
	e.Certainty, e.Result, e.Seen, e.UndoOf, e.PriorityAfter, e.RunID = "confirmed", journal.Verified, e.After, "01A", "", ""
	if got := p.entry(e); got.Sure != "" || got.Seen != "" || got.Lead != p.say.T("change.sentence_undo", "Kind", "Callin") || got.Curl != "sent 082018 callin [7 8] priority none" || got.RunURL != "" {
		t.Errorf("an undo that was checked: %+v", got)
	}
	e.Result, e.Seen = journal.Accepted, []int64{}
	if got := p.entry(e); got.Seen != "–" {
		t.Errorf("the API showed no queue, and that is %q", got.Seen)
	}
	if got := p.entry(journal.Entry{Agent: "9", Kind: journal.Recording, Enabled: true}); got.Curl != "sent 9 recording true" || got.AgentName != "" || got.Lead != "" {
		t.Errorf("recording: %+v", got)
	}
}

// TestDaysOfRows: a day begins where it does for whoever looks.
func TestDaysOfRows(t *testing.T) {
	t.Parallel()
	for zone, want := range map[string][]string{
		"":     {"17:30 30/11/2026 UTC", "16:59 ", "23:00 29/11/2026 UTC"},
		"420":  {"00:30 01/12/2026", "23:59 30/11/2026", "06:00 "},
		"-300": {"12:30 30/11/2026", "11:59 ", "18:00 29/11/2026"},
	} {
		var rows []partials.JournalRow
		for _, at := range []string{"2026-11-30T17:30:00Z", "2026-11-30T16:59:00Z", "2026-11-29T23:00:00Z"} {
			moment, err := time.Parse(time.RFC3339, at)
			if err != nil {
				t.Fatal(err)
			}
			rows = append(rows, partials.JournalRow{At: moment})
		}
		days(rows, paths.ChangesQuery{Zone: zone})
		for i, row := range rows {
			if got := row.Clock + " " + row.Day; got != want[i] {
				t.Errorf("zone %q, row %d: %q, want %q", zone, i, got, want[i])
			}
		}
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
		{time.Second, "Dữ liệu cũ nhất được cập nhật 1 giây trước đó", "The oldest fact was 1 second old"},
		{37001 * time.Millisecond, "Dữ liệu cũ nhất được cập nhật 38 giây trước đó", "The oldest fact was 38 seconds old"},
		{2*time.Minute + 1, "Dữ liệu cũ nhất được cập nhật 3 phút trước đó", "The oldest fact was 3 minutes old"},
		{2*time.Hour + time.Minute, "Dữ liệu cũ nhất được cập nhật 3 giờ trước đó", "The oldest fact was 3 hours old"},
	} {
		e := journal.Entry{ID: "01K", At: at, Agent: "1", Kind: journal.Callin, After: []int64{7}, EvidenceAt: at.Add(-tt.age)}
		vi, en := presenting(t, locale.Vietnamese).entry(e), presenting(t, locale.English).entry(e)
		if vi.Evidence != tt.vi || en.Evidence != tt.en {
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
