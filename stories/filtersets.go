package stories

import (
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/alohub/agentconsole/templates/pages"
	"github.com/alohub/agentconsole/templates/partials"
	"github.com/alohub/agentconsole/web/paths"
)

// filterSet is a saved filter, and one that has too much of everything.
func (t *teller) filterSet(p paths.Paths, mine bool) pages.FilterSet {
	f := pages.FilterSet{
		ID: "f1", Mine: mine, Query: paths.AgentsQuery{Status: "1", QueueID: 1000880, Sort: "-name"}, QueueName: "CSKH Miền Bắc",
		MadeBy: "Nguyễn Văn An", MadeAt: t.ago(30 * time.Hour),
	}
	f.Name, f.URL, f.Edit = "Ca tối, chưa vào hàng đợi", p.Agents(f.Query), p.FilterSet(f.ID)
	return f
}

func (t *teller) hardFilterSet(p paths.Paths, mine bool) pages.FilterSet {
	f := t.filterSet(p, mine)
	f.ID, f.Name = "f2", endless()[:60]
	f.Query = paths.AgentsQuery{Q: strings.Repeat("082019 ", 60), Health: "inactive-queued", Recording: "sent-on", System: "NOT AVAILABLE", QueueID: 1000886}
	f.QueueName, f.MadeBy, f.ChangedBy, f.ChangedAt = endless(), endless(), arabic, t.ago(time.Minute)
	f.Edit = p.FilterSet(f.ID)
	return f
}

func (t *teller) filterSets() {
	const group = "Saved filters"
	page := func(name, says string, body func(p paths.Paths) templ.Component) {
		t.page(group, name, says, body, nav("agents"))
	}
	page("filters", "somebody's own and everybody's", func(p paths.Paths) templ.Component {
		return pages.FilterSetsPage(pages.FilterSets{
			Paths: p, Mine: []pages.FilterSet{t.filterSet(p, true), t.hardFilterSet(p, true)}, Shared: []pages.FilterSet{t.filterSet(p, false), t.hardFilterSet(p, false)},
		})
	})
	page("filters-none", "none yet", func(p paths.Paths) templ.Component { return pages.FilterSetsPage(pages.FilterSets{Paths: p}) })
	page("filters-new", "saving what the list shows", func(p paths.Paths) templ.Component {
		return pages.NewFilterSetPage(pages.NewFilterSet{Paths: p, Query: t.filterSet(p, true).Query, QueueName: "CSKH Miền Bắc", Whose: pages.FilterSetMine})
	})
	page("filters-new-taken", "by somebody without a name, under a name that is taken", func(p paths.Paths) templ.Component {
		f := t.failure("invalid-input", "problem.filter_set_taken")
		f.Text = t.say.T("problem.filter_set_taken.text", "Name", endless()[:60])
		f.FieldID = pages.FilterSetNameField
		return pages.NewFilterSetPage(pages.NewFilterSet{
			Paths: p, Query: t.hardFilterSet(p, false).Query, QueueName: endless(), Name: endless()[:60], Whose: pages.FilterSetShared, Nobody: true,
			Others: []pages.FilterSet{t.filterSet(p, false), t.hardFilterSet(p, false)}, Chosen: "f2", Failure: &f,
		})
	})
	page("filters-new-nothing", "nothing is on that could be saved", func(p paths.Paths) templ.Component {
		return pages.NewFilterSetPage(pages.NewFilterSet{Paths: p})
	})
	page("filters-one", "one of everybody's, to be changed", func(p paths.Paths) templ.Component {
		return pages.FilterSetPage(pages.FilterSetForm{Paths: p, Set: t.hardFilterSet(p, false), Name: endless()[:60]})
	})
	page("filters-own", "one of somebody's own", func(p paths.Paths) templ.Component {
		return pages.FilterSetPage(pages.FilterSetForm{Paths: p, Set: t.filterSet(p, true), Name: "Ca tối"})
	})
	menu := func(name, says string, make func(p paths.Paths) partials.FilterSetsMenu) {
		p := paths.New("/of/" + name)
		t.page(group, name, says, func(p paths.Paths) templ.Component {
			return pages.AgentsPage(t.agentsPage(p, t.list(p, paths.AgentsQuery{}, t.rows(p, 9), 9)))
		}, nav("agents"), presses("#filter-sets > summary", "#filter-sets[open] .filter-sets-end", map[string]templ.Component{
			strings.TrimPrefix(p.FilterSetsMenu(), p.Base()): partials.FilterSetsFound(make(p)),
		}))
	}
	menu("filters-menu", "the menu of the navigation", func(p paths.Paths) partials.FilterSetsMenu {
		m := partials.FilterSetsMenu{Paths: p, Save: p.NewFilterSet(paths.AgentsQuery{Status: "1"})}
		for i, f := range []pages.FilterSet{t.filterSet(p, true), t.hardFilterSet(p, true)} {
			f.Current = i == 0
			m.Mine, m.Shared = append(m.Mine, f.FilterSetLink), append(m.Shared, f.FilterSetLink)
		}
		return m
	})
	menu("filters-menu-none", "the same, before there are any", func(p paths.Paths) partials.FilterSetsMenu {
		return partials.FilterSetsMenu{Paths: p}
	})
}
