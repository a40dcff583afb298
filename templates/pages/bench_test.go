package pages_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/alohub/agentconsole/locale"
	"github.com/alohub/agentconsole/templates/components"
	"github.com/alohub/agentconsole/templates/layouts"
	"github.com/alohub/agentconsole/templates/pages"
	"github.com/alohub/agentconsole/templates/partials"
	"github.com/alohub/agentconsole/web/paths"

	"github.com/a-h/templ"
)

// BenchmarkAgentsPage is the cost of a whole page of 20 rows, and of the part that
// a filter change answers with. wire-bytes is what gzip makes of it.
func BenchmarkAgentsPage(b *testing.B) {
	ctx := printing(b)
	list := agents(20)
	chrome := layouts.Chrome{
		At:    time.Now(),
		Title: "Tổng đài viên", Lang: "vi", Theme: "system", Nav: "agents",
		Person: &layouts.Person{Operator: "Nguyễn Văn An", KeyLastFour: "51d8", Tenant: "AloHub", Environment: "Production", Production: true},
	}
	page := templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return layouts.Page(chrome).Render(templ.WithChildren(ctx, pages.AgentsPage(pages.Agents{List: list})), w)
	})
	for name, component := range map[string]templ.Component{"page": page, "part": partials.AgentsList(list)} {
		b.Run(name, func(b *testing.B) {
			var out bytes.Buffer
			b.ReportAllocs()
			for b.Loop() {
				out.Reset()
				if err := component.Render(ctx, &out); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(out.Len()), "bytes")
			b.ReportMetric(float64(packed(b, out.Bytes())), "wire-bytes")
		})
	}
}

// BenchmarkChangesPage is the cost of a page of 50 changes. nodes is how many elements the
// browser has to build.
func BenchmarkChangesPage(b *testing.B) {
	ctx := printing(b)
	page := pages.ChangesPage(changes(50))
	var out bytes.Buffer
	b.ReportAllocs()
	for b.Loop() {
		out.Reset()
		if err := page.Render(ctx, &out); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(out.Len()), "bytes")
	b.ReportMetric(float64(packed(b, out.Bytes())), "wire-bytes")
	b.ReportMetric(float64(elements(out.Bytes())), "nodes")
}

// elements counts the tags that begin one.
func elements(page []byte) int {
	return bytes.Count(page, []byte("<")) - bytes.Count(page, []byte("</"))
}

// TestPartStaysSmall keeps a filter change under the 10 KB that were promised.
func TestPartStaysSmall(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := partials.AgentsList(agents(20)).Render(printing(t), &out); err != nil {
		t.Fatal(err)
	}
	if n := packed(t, out.Bytes()); n > 10_000 {
		t.Errorf("a filter change weighs %d bytes", n)
	}
}

// TestRowStaysSmall: what a list weighs is its rows. A hundred fit into 10 KB as sent.
func TestRowStaysSmall(t *testing.T) {
	t.Parallel()
	weigh := func(n int) (plain, sent int) {
		var out bytes.Buffer
		m := agents(n)
		for i := range m.Rows {
			r := &m.Rows[i]
			r.Callin, r.Recording.State, r.Recording.At, r.Recording.By = r.Callin[:1], "never", time.Time{}, ""
		}
		if err := partials.AgentsList(m).Render(printing(t), &out); err != nil {
			t.Fatal(err)
		}
		return out.Len(), packed(t, out.Bytes())
	}
	few, _ := weigh(20)
	many, sent := weigh(100)
	if row := (many - few) / 80; row > 1700 || sent > 10_000 {
		t.Errorf("a row weighs %d bytes, a hundred %d as sent", row, sent)
	}
}

// TestChangesStaySmall: a page of the journal weighs no more than its lines did before they
// could be opened.
func TestChangesStaySmall(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := pages.ChangesPage(changes(50)).Render(printing(t), &out); err != nil {
		t.Fatal(err)
	}
	if n, nodes := out.Len(), elements(out.Bytes()); n > 78_100 || nodes > 1500 {
		t.Errorf("50 changes weigh %d bytes and are %d elements", n, nodes)
	}
}

func printing(tb testing.TB) context.Context {
	tb.Helper()
	catalogues, err := locale.Load()
	if err != nil {
		tb.Fatal(err)
	}
	return locale.With(context.Background(), catalogues.Printer("vi"))
}

func agents(n int) partials.Agents {
	p, yes := paths.New(""), true
	m := partials.Agents{Paths: p, Total: 413, From: 1, To: n, HasMore: true, At: time.Unix(1764000000, 0), LiveEvery: 15}
	for i := range n {
		id := fmt.Sprintf("%06d", 82000+i)
		m.Rows = append(m.Rows, partials.AgentRow{
			ID: id, URL: p.Agent(id), EditCallin: p.AgentQueues(id, "callin"), EditCallout: p.AgentQueues(id, "callout"),
			Name: fmt.Sprintf("Nguyễn Thị Ánh Nguyệt %d", i), Active: &yes, Priority: "1", FollowMe: &yes,
			System: "AVAILABLE", User: "LOGOUT",
			Callin: []components.Chip{
				{ID: 1001226, Name: "test", Certainty: "confirmed", URL: p.Queue(1001226, "callin")},
				{ID: 1000886, Name: "CSKH Miền Bắc", Certainty: "listed", URL: p.Queue(1000886, "callin")},
			},
			Callout:   []components.Chip{{ID: 13876, Name: "AloHub", Certainty: "seen", URL: p.Queue(13876, "callout")}},
			Recording: components.Recording{Agent: id, PostURL: p.AgentRecording(id), State: "sent-on", At: time.Unix(1764000000, 0), By: "An"},
		})
	}
	return m
}

// changes is a page of the journal.
func changes(n int) pages.Changes {
	p := paths.New("")
	m := pages.Changes{Paths: p}
	for i := range n {
		agent, id := fmt.Sprintf("%06d", 82000+i), fmt.Sprintf("01KB3QX7%04d", i)
		north, test := components.Chip{ID: 1000886, Name: "CSKH Miền Bắc"}, components.Chip{ID: 1001226, Name: "test"}
		at := time.Unix(1764000000-int64(i)*700, 0)
		m.Items = append(m.Items, partials.JournalRow{At: at, Clock: at.Format("15:04"), Change: &partials.Change{
			ID: id, At: at, Agent: agent, AgentName: "Nguyễn Thị Ánh Nguyệt", AgentURL: p.Agent(agent), Kind: "callin",
			Sentence: "Callin: gỡ 1, thêm 1", Lead: "Callin", Operator: "Nguyễn Văn An", Result: "verified", ResultText: "Đã kiểm tra",
			Removed: []components.Chip{test}, Added: []components.Chip{north}, Before: "test (1001226), Kỹ thuật (1001002), Khách hàng VIP (1001005)",
			After: "CSKH Miền Bắc (1000886), Kỹ thuật (1001002), Khách hàng VIP (1001005)",
			Curl: "curl -X PUT 'https://agent-api.alohub.vn/v1/agents/" + agent + "/queues/callin' \\\n  -H 'X-Api-Key: ••••' \\\n" +
				"  -H 'Content-Type: application/json' \\\n  -d '{\"queueIds\":[1000886,1001002,1001005],\"priority\":1}'",
			Evidence: "Dữ liệu cũ nhất được cập nhật 38 giây trước đó",
			UndoURL:  p.UndoChange(id),
		}})
	}
	return m
}

func packed(tb testing.TB, raw []byte) int {
	tb.Helper()
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, 5)
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := w.Write(raw); err != nil {
		tb.Fatal(err)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return out.Len()
}
