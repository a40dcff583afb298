package handlers

import (
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/sheets"
	"github.com/alohub/agentconsole/templates/components"
	"github.com/alohub/agentconsole/templates/partials"
)

// line is how a row stands in a CSV file.
func line(t *testing.T, cells []sheets.Cell) string {
	t.Helper()
	var b strings.Builder
	table := sheets.Table{Rows: func(write func([]sheets.Cell) error) error { return write(cells) }}
	if err := table.CSV(&b, '|'); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(b.String(), "\r\n")
	r := csv.NewReader(strings.NewReader(lines[len(lines)-2]))
	r.Comma = '|'
	row, err := r.Read()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(row, "|")
}

func TestAgentCells(t *testing.T) {
	t.Parallel()
	one, two, on, off := 1, 2, true, false
	for _, tt := range []struct {
		status *int
		row    partials.AgentRow
		want   string
	}{
		{nil, partials.AgentRow{ID: "082018", Recording: components.Recording{State: "never"}}, `="082018"|||||||||||Chưa gửi lệnh từ đây`},
		{&one, partials.AgentRow{
			ID: "ext", Name: "=Lê", Priority: "2", FollowMe: &on, System: "AVAILABLE", User: "LOGOUT",
			Callin:    []components.Chip{{ID: 7, Name: "=test"}, {ID: 8}},
			Callout:   []components.Chip{{ID: 9, Name: "out"}},
			Recording: components.Recording{State: "sent-on"},
		}, `ext|'=Lê|Hoạt động|7 8|'=test, 8|2|9|out|Bật|Sẵn sàng|Đã đăng xuất|Đã gửi lệnh bật`},
		{&two, partials.AgentRow{ID: "1", FollowMe: &off, System: "ON BREAK", Recording: components.Recording{State: "off"}}, `="1"||Ngừng hoạt động||||||Tắt|ON BREAK||Đang tắt`},
	} {
		if got := line(t, presenting(t, "vi").agentCells(tt.status, tt.row)); got != tt.want {
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
		if got := line(t, changeCells(tt.e)); got != strings.Join(tt.want, "|") {
			t.Errorf("%q\nwant\n%q", got, tt.want)
		}
	}
}
