package handlers

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/templates/components"
	"github.com/alohub/agentconsole/templates/partials"
)

func TestCell(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                      "",
		"Nguyễn Thị":            "Nguyễn Thị",
		`say "hi", twice`:       `say "hi", twice`,
		"=cmd|'/c calc'!A0":     "'=cmd|'/c calc'!A0",
		"+84 28":                "'+84 28",
		"-1":                    "'-1",
		"@SUM(A1)":              "'@SUM(A1)",
		"\tx":                   "'\tx",
		"|x":                    "'|x",
		"%x":                    "'%x",
		"a=b":                   "a=b",
		"two\r\nlines\nand\rmo": "two lines and mo",
		"\n=x":                  " =x",
		"a\x00b":                "a b",
	} {
		if got := cell(in); got != want {
			t.Errorf("cell(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestExtensionCell(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "", "082018": `="082018"`, "0": `="0"`, "ext-7": "ext-7", "=1+1": "'=1+1", "+84": "'+84", "08 2": "08 2",
		// Digits of another script are no number to a spreadsheet.
		"०१": "०१",
	} {
		if got := extensionCell(in); got != want {
			t.Errorf("extensionCell(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestAgentCells(t *testing.T) {
	t.Parallel()
	one, two, on, off := 1, 2, true, false
	for _, tt := range []struct {
		status *int
		row    partials.AgentRow
		want   string
	}{
		{nil, partials.AgentRow{ID: "082018"}, `="082018"|||||||||||`},
		{&one, partials.AgentRow{
			ID: "ext", Name: "=Lê", Priority: "2", FollowMe: &on, System: "AVAILABLE", User: "LOGOUT",
			Callin:    []components.Chip{{ID: 7, Name: "=test"}, {ID: 8}},
			Callout:   []components.Chip{{ID: 9, Name: "out"}},
			Recording: components.Recording{State: "sent-on"},
		}, `ext|'=Lê|1|7 8|'=test, 8|2|9|out|1|AVAILABLE|LOGOUT|sent-on`},
		{&two, partials.AgentRow{ID: "1", FollowMe: &off}, `="1"||0||||||0|||`},
	} {
		if got := strings.Join(agentCells(tt.status, tt.row), "|"); got != tt.want {
			t.Errorf("%s\nwant\n%s", got, tt.want)
		}
	}
}

func TestChangeCells(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 24, 10, 0, 0, 0, time.FixedZone("", 7*3600))
	for _, tt := range []struct {
		e    journal.Entry
		want []string
	}{
		{
			journal.Entry{
				ID: "01K", At: at, Agent: "082018", Kind: journal.Callin, Before: []int64{7, 8}, BeforeKnown: true, After: []int64{7},
				PriorityBefore: "1", PriorityAfter: "2", Operator: "@Lê", Result: journal.Refused, Code: "X", Message: "-no",
				UndoOf: "01A", UndoneBy: "01B", RequestID: "r", EvidenceAt: at.Add(-38005 * time.Millisecond),
			},
			[]string{"2026-11-24T03:00:00Z", `="082018"`, "callin", "7 8", "7", "1", "2", "", "'@Lê", "refused", "X", "'-no", "01K", "01A", "01B", "r", "2026-11-24T02:59:21.995Z"},
		},
		{
			journal.Entry{ID: "01K", At: at, Agent: "a", Kind: journal.Callout, Before: []int64{7}, After: []int64{9}, Result: journal.Accepted},
			[]string{"2026-11-24T03:00:00Z", "a", "callout", "7 ?", "9", "", "", "", "", "accepted", "", "", "01K", "", "", "", ""},
		},
		{
			journal.Entry{ID: "01K", At: at, Agent: "a", Kind: journal.Callout, After: []int64{9}, Result: journal.Unknown},
			[]string{"2026-11-24T03:00:00Z", "a", "callout", "?", "9", "", "", "", "", "unknown", "", "", "01K", "", "", "", ""},
		},
		{
			journal.Entry{ID: "01K", At: at, Agent: "a", Kind: journal.Recording, Enabled: true, Result: journal.Verified},
			[]string{"2026-11-24T03:00:00Z", "a", "recording", "", "", "", "", "true", "", "verified", "", "", "01K", "", "", "", ""},
		},
		{
			journal.Entry{ID: "01K", At: at, Agent: "a", Kind: journal.Recording, Result: journal.Verified},
			[]string{"2026-11-24T03:00:00Z", "a", "recording", "", "", "", "", "false", "", "verified", "", "", "01K", "", "", "", ""},
		},
	} {
		if got := changeCells(tt.e); !slices.Equal(got, tt.want) {
			t.Errorf("%q\nwant\n%q", got, tt.want)
		}
	}
}
