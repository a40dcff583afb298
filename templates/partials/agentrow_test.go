package partials_test

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"github.com/alohub/agentconsole/locale"
	"github.com/alohub/agentconsole/templates/components"
	"github.com/alohub/agentconsole/templates/partials"
)

// TestRowsSayWhatComponentsSay: a row is printed by hand, and what an agent's own page says
// of the same facts is a template. They say the same, and show the same classes and queues.
func TestRowsSayWhatComponentsSay(t *testing.T) {
	t.Parallel()
	catalogues, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	yes, no := true, false
	flags := []*bool{nil, &yes, &no}
	words := []string{"", "AVAILABLE", "NOT AVAILABLE", "LOGOUT", "ĐANG <GỌI>"}
	states := []string{"on", "off", "sent-on", "sent-off", "never"}
	chips := []components.Chip{
		{ID: 1000886, Name: `CSKH "Bắc" & <Nam>`, Certainty: "confirmed", URL: "/queues/1000886?a=1&b=2"},
		{ID: 7, Certainty: "listed", URL: "/queues/7"},
		{ID: 8, Name: "Ca tối", Certainty: "sent", URL: "/queues/8"},
		{ID: 9, Certainty: "seen", URL: "/queues/9"},
	}
	for _, lang := range locale.Languages() {
		ctx := locale.With(context.Background(), catalogues.Printer(lang))
		for i := range 2 * len(words) {
			r := partials.AgentRow{
				ID: "082018", Name: words[i%len(words)], Priority: words[(i+1)%len(words)], Active: flags[i%3], FollowMe: flags[(i+1)%3],
				System: words[i%len(words)], User: words[(i+2)%len(words)], Callin: chips[:i%5],
				Recording: components.Recording{Agent: "082018", PostURL: "/agents/082018/recording", State: states[i%len(states)], Unsure: i%2 == 0, By: "An <b>"},
			}
			if i >= len(words) {
				r.Recording.At = time.Unix(1764000000, 0)
			}
			row := parse(t, ctx, partials.AgentRows([]partials.AgentRow{r}, partials.ListView{}))
			if got := strings.TrimSpace(row.Find(".priority").Text()); got != r.Priority {
				t.Errorf("%s: priority %q, want %q", lang, got, r.Priority)
			}
			row.Find(".segmented").Remove() // a component's are a form
			for cell, component := range map[string]templ.Component{
				"[data-queues=callout]": components.Chips("callout", nil),
				"[data-recording]":      state(r.Recording),
			} {
				if got, want := said(row.Find(cell)), said(parse(t, ctx, component).Find("td")); got != want {
					t.Errorf("%s, %s of %+v:\n%s, want\n%s", lang, cell, r, got, want)
				}
			}
			// A part that opens holds the queues that the line has no room for.
			queues := row.Find("[data-queues=callin]")
			queues.Find("button, .priority").Remove()
			if got, want := said(queues), said(parse(t, ctx, components.Chips("callin", r.Callin)).Find("td")); got != want {
				t.Errorf("%s, queues of %+v:\n%s, want\n%s", lang, r, got, want)
			}
			for cell, component := range map[string]templ.Component{".system": components.Presence(r.System), ".user": components.Presence(r.User)} {
				want := parse(t, ctx, component).Find("td").Children()
				got := row.Find(".presence " + cell)
				if kind := func(s *goquery.Selection) string {
					return strings.Join(kinds.FindAllString(s.AttrOr("class", ""), -1), " ")
				}; kind(got) != kind(want) || got.Text() != want.Text() {
					t.Errorf("%s, %s: %s %q, want %s %q", lang, cell, kind(got), got.Text(), kind(want), want.Text())
				}
			}
			if got, want := row.Find(".whom bdi, .whom .unknown").Text(), parse(t, ctx, components.Text(r.Name)).Find("td").Text(); got != want {
				t.Errorf("%s: name %q, want %q", lang, got, want)
			}
			tags := row.Find(".whom .tag").Text()
			say := locale.From(ctx)
			for word, there := range map[string]bool{
				say.T("agent.status_unknown"): r.Active == nil, say.T("agent.inactive"): r.Active != nil && !*r.Active,
				say.T("agents.col.follow_me"): r.FollowMe != nil && *r.FollowMe,
			} {
				if strings.Contains(tags, word) != there {
					t.Errorf("%s: tags %q of active %v and follow-me %v", lang, tags, r.Active, r.FollowMe)
				}
			}
		}
	}
}

// chip is what a component's classes have beside what they say.
var chip = regexp.MustCompile(`\bchip |chip-confirmed|recording-state`)

// kinds are what a state looks like.
var kinds = regexp.MustCompile(`state-\w+`)

// state is the part of the control that says the state.
func state(r components.Recording) templ.Component {
	r.Locked = true
	return components.RecordingControl(r)
}

// parse reads markup that stands in a table, wrapped in a cell where it is none.
func parse(t *testing.T, ctx context.Context, c templ.Component) *goquery.Selection {
	t.Helper()
	var out bytes.Buffer
	if err := c.Render(ctx, &out); err != nil {
		t.Fatal(err)
	}
	html := out.String()
	if !strings.HasPrefix(html, "<tr") {
		html = "<tr><td>" + html
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader("<table>" + html + "</table>"))
	if err != nil {
		t.Fatal(err)
	}
	return doc.Find("table")
}

// said is what stands in a place: its words, the kinds of state, the queues and their links.
func said(s *goquery.Selection) string {
	out := []string{strings.Join(strings.Fields(s.Text()), " ")}
	s.Find(".state, .muted, .unknown, .warn-text, [data-queue-id], time").Each(func(_ int, el *goquery.Selection) {
		// A row's chip is its link with a queue's id, and says with the sentence that explains
		// it how sure it is.
		class := chip.ReplaceAllString(el.AttrOr("class", ""), "")
		if el.Is("[data-queue-id]") {
			class = strings.TrimPrefix(el.AttrOr("aria-describedby", strings.TrimPrefix(class, "chip-")), "is-")
		}
		out = append(out, goquery.NodeName(el)+"."+strings.TrimSpace(class),
			el.AttrOr("data-queue-id", "")+el.AttrOr("href", "")+el.AttrOr("datetime", "")+el.AttrOr("aria-label", ""))
	})
	return strings.Join(out, " | ")
}

// TestPlaces: the stylesheet knows the ends of a row by their place, others by a word and
// queues by their type; each stands under its head.
func TestPlaces(t *testing.T) {
	t.Parallel()
	catalogues, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	active := true
	list := partials.Agents{Total: 1, From: 1, To: 1, Rows: []partials.AgentRow{{
		ID: "082018", URL: "/agents/082018", EditCallin: "/agents/082018/queues?type=callin", Name: "An", Active: &active,
		System: "AVAILABLE", User: "LOGOUT", Recording: components.Recording{Agent: "082018", State: "never"},
	}}}
	var out bytes.Buffer
	if err := partials.AgentsList(list).Render(locale.With(context.Background(), catalogues.Printer(locale.English)), &out); err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	places := []struct{ head, cell string }{
		{"#choose-page", "label > [name=agent_ids]"},
		{"#sort-extension", "a"},
		{"#sort-name", "bdi"},
		{"#sort-system", ".presence"},
		{"#sort-queue", ".unknown"},
		{"", ".unknown"},
		{"", "[data-recording] > :first-child"},
		{"", ".row-edit"},
	}
	for _, row := range []string{"thead tr", "tbody tr"} {
		if n := doc.Find(row).Children().Length(); n != len(places) {
			t.Fatalf("%s has %d cells, want %d", row, n, len(places))
		}
	}
	for i, p := range places {
		head, cell := doc.Find("thead tr").Children().Eq(i), doc.Find("tbody tr").Children().Eq(i)
		if p.head != "" && head.Find(p.head).Length() != 1 || cell.Find(p.cell).Length() != 1 {
			t.Errorf("place %d is %q under %q, want %s under %s", i+1, cell.Text(), head.Text(), p.cell, p.head)
		}
	}
	for i, typ := range map[int]string{4: "callin", 5: "callout"} {
		if got := doc.Find("tbody tr").Children().Eq(i).AttrOr("data-queues", ""); got != typ {
			t.Errorf("place %d has queues %q, want %s", i+1, got, typ)
		}
	}
}
