package web_test

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/journal"
)

// TestHostileNames: what the upstream calls its agents and queues is text, on
// every page, in every attribute, header, file and log line.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	s := newStand(t, func(o *setup) { o.demo.Hostile = true })
	p := s.signIn(sandbox.DemoKey)

	list := p.get("/agents?q=199&size=100&sort=extension").is(http.StatusOK)
	for i, name := range sandbox.HostileNames() {
		id := "1990" + []string{"01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14"}[i]
		cell := list.find(`tr[data-agent-id="` + id + `"] .whom bdi`)
		// A browser drops CR and NUL of a page's text; the parser does the same.
		want := strings.NewReplacer("\r\n", "\n", "\x00", "").Replace(name)
		if got := strings.ReplaceAll(cell.Text(), "\uFFFD", ""); got != want {
			t.Errorf("%s is called %q, want %q", id, got, want)
		}
		if cell.Children().Length() > 0 {
			t.Errorf("the name of %s has become markup", id)
		}
	}

	form := p.editor("199001", "callin")
	form.Add("queue_ids", "1000887")
	p.save("199001", "callin", form).is(http.StatusSeeOther)
	pages := []string{
		"/agents?size=100&page=1", "/agents?q=199", "/agents/199001", "/agents/199001/queues?type=callin", "/agents/199001/queues?type=callout",
		"/queues", "/queues/1009001", "/queues/13999?type=callout", "/changes",
		"/agents?q=" + url.QueryEscape(`"><script>alert(1)</script>`), "/changes?agent_id=" + url.QueryEscape(`"><script>alert(1)</script>`),
		"/agents/" + url.PathEscape(`<script>alert(1)</script>`), "/" + url.PathEscape(`<script>alert(1)</script>`),
		"/sign-in?next=" + url.QueryEscape(`/"><script>alert(1)</script>`),
	}
	for _, path := range pages {
		a := p.get(path)
		for name := range a.header {
			if strings.Contains(name, "Owned") {
				t.Errorf("%s: a header of the agent's making", path)
			}
		}
		if n := a.find("script:not([src])").Length(); n > 0 {
			t.Errorf("%s: %d inline scripts", path, n)
		}
		a.lacks("main img").lacks("main i").lacks("[onerror]").lacks("style")
		a.find("main b").Each(func(_ int, b *goquery.Selection) {
			if b.Text() == "Đậm" {
				t.Errorf("%s: a queue's name has become markup", path)
			}
		})
		for _, href := range a.attrs("a", "href") {
			if strings.Contains(strings.ToLower(href), "javascript:") {
				t.Errorf("%s: a link to %s", path, href)
			}
		}
	}

	for _, path := range []string{"/agents.csv?q=199", "/agents.csv", "/changes.csv"} {
		a := p.get(path).is(http.StatusOK)
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(a.body, "\uFEFF"))).ReadAll()
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		for _, row := range rows {
			for _, cell := range row {
				if formula(cell) {
					t.Errorf("%s: a spreadsheet computes %q", path, cell)
				}
			}
		}
	}
	for _, line := range strings.Split(strings.TrimSpace(s.log.String()), "\n") {
		if !strings.HasPrefix(line, "{") {
			t.Errorf("a line of somebody else's making in the log: %q", line)
		}
	}
}

// formula reports whether a spreadsheet would compute a cell. The one form that is
// meant to be computed is an extension's.
func formula(cell string) bool {
	if strings.HasPrefix(cell, `="`) && strings.HasSuffix(cell, `"`) && strings.Trim(cell[2:len(cell)-1], "0123456789") == "" {
		return false
	}
	return cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r|%")
}

// TestNumericAgentID: an upstream that sends extensions as numbers has lost their
// zeros, so a write could reach somebody else. Shown, never written to.
func TestNumericAgentID(t *testing.T) {
	t.Parallel()
	s := newStand(t, func(o *setup) {
		o.demo.Hostile = true // has an 82018, whom a lost zero would make of 082018
		o.sandbox = func(c *sandbox.Config) { c.NumericAgentID = true }
	})
	p := s.signIn(sandbox.DemoKey)
	p.get("/agents?q=82018").is(http.StatusOK).has(`tr[data-agent-id="82018"]`).lacks(`tr[data-agent-id="82018"] a.row-edit`).
		lacks(`tr[data-agent-id="82018"] form`)
	p.get("/agents/82018").is(http.StatusOK).lacks("form[action*=recording]")
	p.get("/agents/82018/queues?type=callin").is(http.StatusOK).lacks("#editor-form").says("leading zeros may be lost")
	form := url.Values{"base": {"1001226"}, "queue_ids": {"1001226", "1000887"}, "confirm": {"yes"}}
	p.save("82018", "callin", form).fails(http.StatusUnprocessableEntity, "invalid-input")
	p.save("82018", "callout", form).fails(http.StatusUnprocessableEntity, "invalid-input")
	p.post("/agents/82018/recording", url.Values{"enabled": {"true"}}).fails(http.StatusUnprocessableEntity, "invalid-input")
	p.post("/queues/1000887/members", url.Values{"agent_id": {"82018"}, "action": {"add"}}).fails(http.StatusUnprocessableEntity, "invalid-input")
	if len(s.puts()) > 0 || len(s.entries(journal.Filter{})) > 0 {
		t.Error("something was written")
	}
}

// TestUnreadableQueues: a write replaces the list, so what cannot be read cannot
// be kept.
func TestUnreadableQueues(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	s.api.Fail(sandbox.Fault{Times: sandbox.Always, Op: sandbox.OpList, Rewrite: func(b []byte) []byte {
		return []byte(strings.ReplaceAll(string(b), `"queueCallinId":"1001226"`, `"queueCallinId":"1001226x"`))
	}})
	p := s.signIn(sandbox.DemoKey)
	p.get("/agents/082018/queues?type=callin").is(http.StatusOK).lacks("#editor-form").says("cannot be read")
	form := url.Values{"base": {""}, "queue_ids": {"1000887"}, "confirm": {"yes"}}
	p.save("082018", "callin", form).fails(http.StatusUnprocessableEntity, "invalid-input")
	if len(s.puts()) > 0 {
		t.Error("something was written")
	}
}
