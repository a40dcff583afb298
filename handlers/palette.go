package handlers

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/locale"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/templates/components"
	"github.com/alohub/agentconsole/templates/layouts"
	"github.com/alohub/agentconsole/templates/pages"
	"github.com/alohub/agentconsole/templates/partials"
	"github.com/alohub/agentconsole/typed"
	"github.com/alohub/agentconsole/web/paths"
	"github.com/alohub/agentconsole/web/render"
	"github.com/alohub/agentconsole/web/requestid"
	"github.com/alohub/agentconsole/web/session"
	"github.com/alohub/agentconsole/web/tag"
)

// Palette finds what is reached by typing: pages and what can be done, agents, queues. It
// asks the snapshot, so that what is typed costs no call.
type Palette struct {
	*Desk
	catalogues *locale.Catalogues
	filterSets savedFilters
}

// mostReached bounds what the palette shows of a kind: what is not among it is found by
// typing more, or in the list that the last choice of the kind leads to.
const mostReached = 8

// Find answers what is typed into the palette. Anything else that asks is led to the list
// of agents, which searches without script too.
func (r *Palette) Find(c *fiber.Ctx) error {
	v := entered(c)
	text := strings.ToValidUTF8(c.Query("q"), "")
	q := paths.ParseAgents(func(name string) string {
		if name == "q" {
			return text
		}
		return ""
	})
	if !render.HTMX(c) {
		return render.Redirect(c, r.Paths.Agents(q))
	}
	if v.tenant.Count(roster.Query{}) < 0 {
		v.tenant.StartCrawl(v.access) // or nobody would ever be found
	}
	m := partials.Palette{Paths: r.Paths, Typed: text, Loading: v.tenant.Progress().Running()}
	m.Places, m.Matching = r.places(c, v, q.Q)
	if q.Q != "" {
		people := v.searchQuery(q, mostReached, nil)
		people.PeopleOnly = true
		found := v.tenant.Search(people)
		for _, a := range found.Agents {
			m.Agents = append(m.Agents, v.row(a, journal.RecordingState{}))
		}
		var filters int
		m.Queues, m.AllQueues = v.reachedQueues(q.Q)
		m.Filters, filters = r.reachedFilters(c, v, q.Q)
		m.Matching += found.Total + m.AllQueues + filters
	}
	return v.parts(c, fiber.StatusOK, nil, partials.PaletteFound(m))
}

// reachedQueues are the first queues that a text finds, callin before callout, and how many
// they are in all.
func (v *visit) reachedQueues(text string) (found []partials.PaletteQueue, total int) {
	for _, typ := range []apiclient.QueueType{apiclient.Callin, apiclient.Callout} {
		queues, n := v.tenant.FindQueues(typ, roster.QueueQuery{Q: text, Size: mostReached})
		total += n
		for _, q := range queues[:min(len(queues), mostReached-len(found))] {
			found = append(found, partials.PaletteQueue{
				Chip: components.Chip{ID: q.ID, Name: q.Name, URL: v.paths.Queue(q.ID, string(typ))},
				Type: string(typ), Members: q.Members, Available: q.Available,
			})
		}
	}
	return found, total
}

// reachedFilters are the first saved filters whose names a text finds, those of whoever asks
// and of everybody, and how many they are in all. The palette finds the rest without them.
func (r *Palette) reachedFilters(c *fiber.Ctx, v *visit, text string) (found []partials.FilterSetLink, total int) {
	all, err := r.filterSets.FilterSets(c.UserContext(), v.scope(), v.operator)
	if err != nil {
		r.Log.WarnContext(c.UserContext(), "saved filters cannot be read", "error", err, "request_id", requestid.From(c.UserContext()))
	}
	words := strings.Fields(typed.Spelling(typed.Fold(text)))
	for _, s := range all {
		if !begins([]string{s.Name}, words) {
			continue
		}
		if total++; total <= mostReached {
			found = append(found, v.filterSetLink(s))
		}
	}
	return found, total
}

// place is a page or something that can be done, and what it is called: the words of these
// messages, one after the other.
type place struct {
	partials.PalettePlace
	messages []string
}

// called is how a language calls it.
func (p place) called(say *locale.Printer) string {
	words := make([]string, len(p.messages))
	for i, id := range p.messages {
		words[i] = say.T(id)
	}
	return strings.Join(words, ": ")
}

// places are the first pages and deeds that a text finds, and how many they are in all.
func (r *Palette) places(c *fiber.Ctx, v *visit, text string) (found []partials.PalettePlace, total int) {
	words := strings.Fields(typed.Spelling(typed.Fold(text)))
	for _, p := range r.all(c, v) {
		// In whichever language: somebody who set the wrong one finds the way back.
		var names []string
		for _, lang := range locale.Languages() {
			names = append(names, p.called(r.catalogues.Printer(lang)), p.Label)
		}
		if p.Label == "" {
			p.Label = p.called(v.say)
		}
		if !begins(names, words) {
			continue
		}
		if total++; total <= mostReached {
			found = append(found, p.PalettePlace)
		}
	}
	return found, total
}

// begins reports whether each of these words begins a word of a name.
func begins(names, words []string) bool {
	var said []string
	for _, name := range names {
		said = append(said, strings.FieldsFunc(typed.Spelling(typed.Fold(name)), func(r rune) bool { return strings.ContainsRune(" :,()", r) })...)
	}
	for _, word := range words {
		if !slices.ContainsFunc(said, func(s string) bool { return strings.HasPrefix(s, word) }) {
			return false
		}
	}
	return true
}

// all are the pages and deeds there are for whoever is signed in, the pages first.
func (r *Palette) all(c *fiber.Ctx, v *visit) []place {
	to := func(url string, icon components.IconName, messages ...string) place {
		return place{partials.PalettePlace{URL: url, Icon: icon}, messages}
	}
	file := func(url string, messages ...string) place {
		return to(tag.URL(c.UserContext(), url), components.IconDownload, append([]string{"file.download"}, messages...)...)
	}
	all := []place{
		to(r.Paths.Agents(paths.AgentsQuery{}), components.IconUsers, "agents.title"),
		to(r.Paths.Queues(paths.RowsQuery{}), components.IconListTree, "queues.title"),
		to(r.Paths.Runs(""), components.IconListChecks, "runs.title"),
		to(r.Paths.Changes(paths.ChangesQuery{}), components.IconHistory, "changes.title"),
		to(r.Paths.NewRun(), components.IconPlus, "runs.new"),
		to(r.Paths.Queues(paths.RowsQuery{Sort: "available"}), components.IconListTree, "palette.queues_by_available"),
		to(r.Paths.Connection(), components.IconInfo, "connection.title"),
		{partials.PalettePlace{Icon: components.IconKeyboard, Keys: true}, []string{"keys.title"}},
		to(r.Paths.KnownQueues(), components.IconListTree, "known.title"),
		to(r.Paths.FilterSets(), components.IconBookmark, "filter_sets.title"),
	}
	for _, operation := range pages.NewRunOperations() {
		all = append(all, to(r.Paths.NewRunOf(operation), components.IconListChecks, "nav.runs", "runs.op."+operation))
	}
	for _, health := range []roster.Health{roster.HealthNoCallin, roster.HealthInactiveQueued, roster.HealthFollowMeOut} {
		all = append(all, to(r.Paths.Agents(paths.AgentsQuery{Health: string(health)}), components.IconListFilter,
			"filters.health", "health."+strings.ReplaceAll(string(health), "-", "_")))
	}
	all = append(
		all,
		file(r.Paths.AgentsFile(paths.AgentsQuery{}, paths.XLSX), "agents.title"),
		file(r.Paths.ChangesFile(paths.ChangesQuery{}, paths.XLSX), "changes.title"),
	)
	return append(all, r.settings(c, v)...)
}

// settings are what the menu at the top sets, by the buttons of its forms.
func (r *Palette) settings(c *fiber.Ctx, v *visit) (all []place) {
	chosen := r.Prefs.LoadPrefs(c)
	for _, theme := range session.Themes() {
		if theme != chosen.Theme {
			all = append(all, place{
				partials.PalettePlace{Icon: components.IconSettings2, Form: layouts.PreferencesID, Name: "theme", Value: string(theme)},
				[]string{"menu.theme", "theme." + string(theme)},
			})
		}
	}
	density := "comfortable"
	if chosen.Comfortable {
		density = "compact"
	}
	all = append(all, place{
		partials.PalettePlace{Icon: components.IconColumns3, Form: layouts.PreferencesID, Name: "density", Value: density},
		[]string{"view.density", "view." + density},
	})
	for _, lang := range layouts.Languages() {
		if lang.Code != v.say.Lang() {
			all = append(all, place{
				partials.PalettePlace{Label: lang.Name, Lang: lang.Code, Icon: components.IconSettings2, Form: layouts.PreferencesID, Name: "lang", Value: lang.Code},
				[]string{"menu.language"},
			})
		}
	}
	if r.DemoURL != "" {
		all = append(all, place{partials.PalettePlace{URL: r.DemoURL, Icon: components.IconSettings2}, []string{"demo.page.title"}})
	}
	if !v.session.Handed {
		all = append(all, place{partials.PalettePlace{Icon: components.IconLogOut, Form: layouts.SignOutID}, []string{"menu.sign_out"}})
	}
	return all
}
