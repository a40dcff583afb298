package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/web"
	"github.com/alohub/agentconsole/web/tag"
)

// twoPlaces is a stand with a second environment, whose upstream is the same one, and
// a browser that is signed in to the first.
func twoPlaces(t *testing.T, changes ...func(*setup)) (*stand, *person) {
	t.Helper()
	s := newStand(t, append(changes, func(o *setup) {
		o.api = newSandbox(*o)
		server := httptest.NewServer(o.api)
		t.Cleanup(server.Close)
		o.upstream = server.URL
		o.web.Upstreams = []web.Upstream{{Name: "Phát triển", Slug: "dev", BaseURL: server.URL}}
	})...)
	return s, s.signIn(sandbox.DemoKey)
}

// other signs the browser in as somebody else, as another tab does.
func (p *person) other(fields ...string) {
	p.s.t.Helper()
	form := url.Values{"environment": {"sandbox"}, "api_key": {sandbox.DemoKey}, "operator": {"Trần Văn Khác"}}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	p.post("/sign-in", form).is(http.StatusSeeOther)
}

// TestPageActsForItsSignInAlone: a tab that shows one sign-in does nothing in another,
// whatever it asks and whichever part of the sign-in differs; both are named.
func TestPageActsForItsSignInAlone(t *testing.T) {
	t.Parallel()
	for name, other := range map[string][]string{
		"environment": {"environment", "dev", "operator", "Lê Thị Thử"},
		"person":      {"operator", "Trần Văn Khác"},
		"tenant":      {"operator", "Lê Thị Thử", "api_key", sandbox.DemoKeyAnother},
		"key":         {"operator", "Lê Thị Thử", "api_key", oddKey},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, p := twoPlaces(t)
			page := p.get("/agents").is(http.StatusOK)
			sign := page.find("[data-sign-in]").AttrOr("data-sign-in", "")
			csv := page.find("#files a").First().AttrOr("href", "")
			editor := p.editor("082019", "callin")
			if sign == "" || editor.Get(tag.Field) != sign || !strings.Contains(csv, tag.Field+"="+sign) {
				t.Fatalf("the page does not say whose it is: %q, form %q, CSV %q", sign, editor.Get(tag.Field), csv)
			}
			queue := p.get("/queues/1001226").form("form.add-agent")
			queue.Set("agent_id", "082021")
			queue.Set("action", "add")
			recording := url.Values{"enabled": {"true"}, tag.Field: {sign}}
			// An entry that can be taken back.
			form := p.editor("082020", "callin")
			form.Add("queue_ids", "1000887")
			p.save("082020", "callin", form).is(http.StatusSeeOther)
			undo := p.get("/changes").find(".change form[action$=undo]").First()
			undoURL, undoSign := undo.AttrOr("action", ""), undo.Find("[name="+tag.Field+"]").AttrOr("value", "")
			if undoURL == "" || undoSign != sign {
				t.Fatalf("undo at %q is signed %q", undoURL, undoSign)
			}

			p.other(other...)
			p.crawled()
			writes := len(s.puts())
			editor.Add("queue_ids", "1000887")
			scripted := append(htmx("agents"), tag.Header, sign)
			for what, a := range map[string]*answer{
				"save":             p.post("/agents/082019/queues?type=callin", editor),
				"save by script":   p.post("/agents/082019/queues?type=callin", editor, append(htmx("editor"), tag.Header, sign)...),
				"script, its head": p.post("/agents/082019/queues?type=callin", url.Values{"queue_ids": {"1"}, "base": {"1"}}, append(htmx("editor"), tag.Header, sign)...),
				"queue page":       p.post("/queues/1001226/members?type=callin", queue),
				"recording":        p.post("/agents/082019/recording", recording),
				"undo":             p.post(undoURL, url.Values{tag.Field: {undoSign}}),
				"sign out":         p.post("/sign-out", url.Values{tag.Field: {sign}}),
				"live refresh":     p.get("/agents/live?row=082019:x", append(htmx("live"), tag.Header, sign)...),
				"paging":           p.get("/agents?page=1", scripted...),
				"CSV":              p.get(csv),
				"draft":            p.get("/agents/082019/queues?type=callin&draft=1&base=1&queue_ids=2&" + tag.Field + "=" + sign),
			} {
				a.is(http.StatusConflict)
				said := a.find("[data-failure=other-session]")
				if said.Length() != 1 {
					t.Errorf("%s: %d elements say so: %s", what, said.Length(), a.body)
				}
				for _, word := range []string{"Lê Thị Thử", "AloHub"} {
					if !strings.Contains(said.Text(), word) {
						t.Errorf("%s: does not name %q: %s", what, word, said.Text())
					}
				}
				if name == "person" && !strings.Contains(said.Text(), "Trần Văn Khác") {
					t.Errorf("%s: does not name who is signed in: %s", what, said.Text())
				}
			}
			if got := len(s.puts()); got != writes {
				t.Errorf("%d writes were sent", got-writes)
			}
			// The session goes on, and its own pages work.
			if now := p.get("/agents").is(http.StatusOK).find("[data-sign-in]").AttrOr("data-sign-in", ""); now == sign {
				t.Error("the tag is the same")
			}
		})
	}
}

// TestOtherSignInKeepsWhatWasTyped: the way back to the sign-in of the page brings what
// was typed, and is closed to any other.
func TestOtherSignInKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	s, p := twoPlaces(t)
	editor := p.editor("082019", "callin")
	editor.Add("queue_ids", "1000887")
	queue := p.get("/queues/1001226").form("form.add-agent")
	queue.Set("agent_id", "082021")
	queue.Set("action", "add")
	p.other()
	again := func(a *answer) string {
		t.Helper()
		a.is(http.StatusConflict)
		return a.find("[data-failure=other-session] a[href*='/sign-in']").AttrOr("href", "")
	}
	back := again(p.save("082019", "callin", editor))
	queueBack := again(p.post("/queues/1001226/members?type=callin", queue))

	key := p.get(back).is(http.StatusOK).form("form[action='/sign-in']")
	if key.Get("operator") != "Lê Thị Thử" || key.Get("environment") != "sandbox" {
		t.Errorf("the key form is for %q at %q", key.Get("operator"), key.Get("environment"))
	}
	// As somebody else it stays closed, and says for whom it is kept.
	key.Set("api_key", sandbox.DemoKey)
	key.Set("operator", "Trần Văn Khác")
	kept := p.get(p.post("/sign-in", key).is(http.StatusSeeOther).location())
	if back = again(kept); back == "" {
		t.Fatal("no way back to what was typed")
	}
	key = p.get(back).form("form[action='/sign-in']")
	key.Set("api_key", sandbox.DemoKey)
	draft := p.get(p.post("/sign-in", key).is(http.StatusSeeOther).location()).is(http.StatusOK).form("#editor-form")
	if got := trim(draft["queue_ids"]); len(got) != 4 || got[3] != "1000887" {
		t.Errorf("restored %v", got)
	}
	p.crawled()
	p.save("082019", "callin", draft).is(http.StatusSeeOther)
	if a, _ := s.api.Agent(sandbox.AloHub, "082019"); len(a.Callin) != 4 {
		t.Errorf("the agent has %v", a.Callin)
	}
	page := p.get(p.get(queueBack).form("form[action='/sign-in']").Get("next")).is(http.StatusOK)
	if got := page.form("form.add-agent").Get("agent_id"); got != "082021" {
		t.Errorf("the queue's page has %q in its field", got)
	}
}

// TestTagOfNobody: what is no tag of ours acts for nobody; what names none acts for the
// session, as a script does.
func TestTagOfNobody(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	p.crawled()
	for _, bad := range []string{"x", strings.Repeat("A", 100), "%00", "'\"<b>"} {
		form := enabled("true")
		form.Set(tag.Field, bad)
		p.post("/agents/082018/recording", form).is(http.StatusConflict)
	}
	p.post("/agents/082018/recording", enabled("true")).is(http.StatusSeeOther)
}

// TestEveryFormNamesItsSignIn: a form that was forgotten acts for whoever signed in last.
func TestEveryFormNamesItsSignIn(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	p.crawled()
	form := p.editor("082020", "callin")
	form.Add("queue_ids", "1000887")
	pages := append(readable(), p.save("082020", "callin", form).is(http.StatusSeeOther).location())
	seen := 0
	for _, path := range pages {
		page := p.get(path)
		if page.status != http.StatusOK || !strings.HasPrefix(page.header.Get("Content-Type"), "text/html") {
			continue
		}
		page.find("form[method=post]").Each(func(_ int, f *goquery.Selection) {
			seen++
			if at := f.AttrOr("action", ""); at != "/preferences" && f.Find("input[name="+tag.Field+"]").Length() != 1 {
				t.Errorf("%s: the form to %s does not name its sign-in", path, at)
			}
		})
		page.find("a[href*='.csv']").Each(func(_ int, a *goquery.Selection) {
			if !strings.Contains(a.AttrOr("href", ""), tag.Field+"=") {
				t.Errorf("%s: %s does not name its sign-in", path, a.AttrOr("href", ""))
			}
		})
	}
	if seen < 90 {
		t.Errorf("only %d forms were seen", seen)
	}
}
