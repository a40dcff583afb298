package handlers

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/templates/pages"
	"github.com/alohub/agentconsole/templates/partials"
	"github.com/alohub/agentconsole/typed"
	"github.com/alohub/agentconsole/web/paths"
	"github.com/alohub/agentconsole/web/problem"
	"github.com/alohub/agentconsole/web/render"
	"github.com/alohub/agentconsole/web/requestid"
)

// FilterSets answers for what the list of agents was narrowed to and saved under a name, for
// whoever saved it or for everybody of the tenant.
type FilterSets struct {
	*Desk
	store  journal.FilterSets
	recent savedFilters
}

// savedFilters tells which filter sets there are. journal.FilterSets is one.
type savedFilters interface {
	FilterSets(ctx context.Context, scope journal.Scope, owner string) ([]journal.FilterSet, error)
}

// ListPlace is the page of all of them.
func (r *FilterSets) ListPlace(*fiber.Ctx) string { return r.Paths.FilterSets() }

// SavePlace is the form that saves the query of the address.
func (r *FilterSets) SavePlace(c *fiber.Ctx) string { return r.Paths.NewFilterSet(agentsQuery(c)) }

// Place is the page of the one in the path.
func (r *FilterSets) Place(c *fiber.Ctx) string { return r.Paths.FilterSet(param(c, "id")) }

// SaveDraft is the form that saves with what was typed in it, "" where nothing was.
func (r *FilterSets) SaveDraft(c *fiber.Ctx) string {
	name := typedName(c)
	if name == "" {
		return ""
	}
	return r.Paths.NewFilterSetDraft(agentsQuery(c), name, field(c, paths.FilterSetWhose))
}

// RenameDraft is the page of one with the name that was typed, "" where none was.
func (r *FilterSets) RenameDraft(c *fiber.Ctx) string {
	name := typedName(c)
	if name == "" {
		return ""
	}
	return r.Paths.FilterSetDraft(param(c, "id"), name)
}

// mostTypedName is how much of a name that is too long comes back: it may travel in an address.
const mostTypedName = 4 * paths.MaxFilterSetName

// typedName is the name as it was typed.
func typedName(c *fiber.Ctx) string {
	return typed.Line(field(c, paths.FilterSetName), mostTypedName)
}

// List is the page of all of them.
func (r *FilterSets) List(c *fiber.Ctx) error {
	v := entered(c)
	m := pages.FilterSets{Paths: r.Paths}
	all, err := r.all(c, v)
	var f *fault
	if err != nil {
		if f, err = r.fault(c, err); err != nil {
			return err
		}
		f.again(r.Paths.FilterSets())
		m.Failure = f.box()
	}
	for _, s := range all {
		if s.Mine {
			m.Mine = append(m.Mine, s)
		} else {
			m.Shared = append(m.Shared, s)
		}
	}
	return r.page(c, f.code(), r.chrome(c, v.say.T("filter_sets.title"), "agents"), pages.FilterSetsPage(m), f)
}

// Menu is what the menu of the navigation holds, for the page that it is opened on.
func (r *FilterSets) Menu(c *fiber.Ctx) error {
	v := entered(c)
	if !render.HTMX(c) {
		return render.Redirect(c, r.Paths.FilterSets())
	}
	all, err := r.recent.FilterSets(c.UserContext(), v.scope(), v.operator)
	if err != nil {
		f, err := r.fault(c, err)
		if err != nil {
			return err
		}
		return r.showFault(c, f)
	}
	m := partials.FilterSetsMenu{Paths: r.Paths}
	now, saved := r.shown(c), false
	for _, s := range all {
		link := v.filterSetLink(s)
		link.Current = s.Query != "" && s.Query == now.Saved()
		saved = saved || link.Current
		if s.Owner != "" {
			m.Mine = append(m.Mine, link)
		} else {
			m.Shared = append(m.Shared, link)
		}
	}
	if !saved && now.Saved() != "" {
		m.Save = r.Paths.NewFilterSet(now)
	}
	return v.parts(c, fiber.StatusOK, nil, partials.FilterSetsFound(m))
}

// shown is what the list shows in the page that asks, nothing where that is another one.
func (r *FilterSets) shown(c *fiber.Ctx) paths.AgentsQuery {
	u, err := url.Parse(here(c))
	if err != nil || u.Path != r.Paths.Agents(paths.AgentsQuery{}) {
		return paths.AgentsQuery{}
	}
	return paths.ParseSaved(u.RawQuery)
}

// New is the form that saves what the address narrows the list to.
func (r *FilterSets) New(c *fiber.Ctx) error {
	return r.form(c, nil, typed.Line(c.Query(paths.FilterSetName), mostTypedName), c.Query(paths.FilterSetWhose))
}

// form is that form, with what was typed and what was refused.
func (r *FilterSets) form(c *fiber.Ctx, f *fault, name, whose string) error {
	v := entered(c)
	q := agentsQuery(c).First()
	m := pages.NewFilterSet{
		Paths: r.Paths, Query: q, QueueName: v.filteredQueue(q), Name: name, Whose: cmp.Or(whose, pages.FilterSetMine),
		Nobody: v.operator == "", Failure: f.box(),
	}
	if m.Nobody {
		m.Whose = pages.FilterSetShared
	}
	others, err := r.all(c, v)
	if err != nil {
		// To save under a new name these are not needed; that they cannot be read is said
		// where that fails too.
		r.Log.WarnContext(c.UserContext(), "saved filters cannot be read", "error", err, "request_id", requestid.From(c.UserContext()))
	}
	m.Others = others
	for _, other := range others {
		// Whoever typed its name may mean it.
		if f != nil && strings.EqualFold(other.Name, name) && other.Mine == (m.Whose == pages.FilterSetMine) {
			m.Chosen = other.ID
		}
	}
	return r.page(c, f.code(), r.chrome(c, v.say.T("filter_sets.save"), "agents"), pages.NewFilterSetPage(m), f)
}

// Save saves what the address narrows the list to, under a name.
func (r *FilterSets) Save(c *fiber.Ctx) error {
	v := entered(c)
	q := agentsQuery(c).First()
	name, whose := typedName(c), field(c, paths.FilterSetWhose)
	if whose != pages.FilterSetMine && whose != pages.FilterSetShared {
		return fiber.ErrUnprocessableEntity // the form has one of them chosen
	}
	set := journal.FilterSet{Name: name, Query: q.Saved(), MadeBy: v.operator, MadeAt: r.Now().UTC()}
	if whose == pages.FilterSetMine {
		set.Owner = v.operator
	}
	f := r.unfit(c, q)
	switch {
	case f != nil:
	case name == "":
		f = r.refuse(c, pages.FilterSetNameField, "problem.filter_set_unnamed")
	case utf8.RuneCountInString(name) > paths.MaxFilterSetName:
		f = r.tooLong(c, v)
	case whose == pages.FilterSetMine && set.Owner == "":
		f = r.refuse(c, pages.FilterSetMineField, "problem.filter_set_nobody")
	default:
		_, err := r.store.KeepFilterSet(c.UserContext(), v.scope(), set)
		if err == nil {
			return render.Redirect(c, r.Paths.Agents(q))
		}
		if f, err = r.refused(c, v, err, name); err != nil {
			return err
		}
	}
	return r.form(c, f, name, whose)
}

// Replace saves what the address narrows the list to in place of what another one has.
func (r *FilterSets) Replace(c *fiber.Ctx) error {
	v := entered(c)
	q := agentsQuery(c).First()
	if field(c, "id") == "" {
		return fiber.ErrUnprocessableEntity // the form asks for one
	}
	f := r.unfit(c, q)
	if f == nil {
		err := r.change(c, v, journal.FilterSet{ID: field(c, "id"), Query: q.Saved()})
		if err == nil {
			return render.Redirect(c, r.Paths.Agents(q))
		}
		if f, err = r.refused(c, v, err, ""); err != nil {
			return err
		}
	}
	return r.form(c, f, "", "")
}

// Show is where one is renamed and deleted.
func (r *FilterSets) Show(c *fiber.Ctx) error {
	return r.show(c, nil, typed.Line(c.Query(paths.FilterSetName), mostTypedName))
}

// show is that page, with what was typed and what was refused.
func (r *FilterSets) show(c *fiber.Ctx, f *fault, name string) error {
	v := entered(c)
	set, err := r.find(c, v)
	if err != nil {
		f, err := r.refused(c, v, err, "")
		if err != nil {
			return err
		}
		return r.faultPage(c, f, "agents", r.Paths.FilterSets(), v.say.T("filter_sets.title"))
	}
	m := pages.FilterSetForm{Paths: r.Paths, Set: set, Name: cmp.Or(name, set.Name), Failure: f.box()}
	return r.page(c, f.code(), r.chrome(c, set.Name, "agents"), pages.FilterSetPage(m), f)
}

// Rename gives one another name.
func (r *FilterSets) Rename(c *fiber.Ctx) error {
	v := entered(c)
	name := typedName(c)
	var f *fault
	switch {
	case name == "":
		f = r.refuse(c, pages.FilterSetNameField, "problem.filter_set_unnamed")
	case utf8.RuneCountInString(name) > paths.MaxFilterSetName:
		f = r.tooLong(c, v)
	default:
		err := r.change(c, v, journal.FilterSet{ID: param(c, "id"), Name: name})
		if err == nil {
			return render.Redirect(c, r.Paths.FilterSets())
		}
		if f, err = r.refused(c, v, err, name); err != nil {
			return err
		}
	}
	return r.show(c, f, name)
}

// Delete deletes one. What is gone already is what was wanted.
func (r *FilterSets) Delete(c *fiber.Ctx) error {
	v := entered(c)
	err := r.store.DropFilterSet(c.UserContext(), v.scope(), v.operator, param(c, "id"))
	if err == nil || errors.Is(err, journal.ErrNotFound) {
		return render.Redirect(c, r.Paths.FilterSets())
	}
	f, err := r.refused(c, v, err, "")
	if err != nil {
		return err
	}
	return r.show(c, f, "")
}

// change changes one in the name of whoever asks.
func (r *FilterSets) change(c *fiber.Ctx, v *visit, set journal.FilterSet) error {
	set.ChangedBy, set.ChangedAt = v.operator, r.Now().UTC()
	return r.store.ChangeFilterSet(c.UserContext(), v.scope(), v.operator, set)
}

// unfit is why a query cannot be saved, nil where it can.
func (r *FilterSets) unfit(c *fiber.Ctx, q paths.AgentsQuery) *fault {
	switch n := len(q.Saved()); {
	case n == 0:
		return r.refuse(c, "", "problem.filter_set_empty")
	case n > journal.MaxFilterSetQuery:
		return r.refuse(c, "", "problem.filter_set_query")
	}
	return nil
}

func (r *FilterSets) tooLong(c *fiber.Ctx, v *visit) *fault {
	return r.refuse(c, pages.FilterSetNameField, "problem.filter_set_long", "Most", v.say.Number(paths.MaxFilterSetName))
}

// refuse is what the console itself does not save, and at which field.
func (r *FilterSets) refuse(c *fiber.Ctx, at, message string, data ...any) *fault {
	p := invalid(message)
	p.Data = data
	f := r.say(c, p, nil)
	f.failure.FieldID = at
	return f
}

// refused is what the store did not do, in words.
func (r *FilterSets) refused(c *fiber.Ctx, v *visit, err error, name string) (*fault, error) {
	switch {
	case errors.Is(err, journal.ErrNameTaken):
		return r.refuse(c, pages.FilterSetNameField, "problem.filter_set_taken", "Name", name), nil
	case errors.Is(err, journal.ErrTooMany):
		return r.refuse(c, "", "problem.filter_set_many", "Most", v.say.Number(journal.MostFilterSets)), nil
	case errors.Is(err, journal.ErrNotFound):
		return r.say(c, problem.Problem{Status: fiber.StatusNotFound, Failure: problem.NotFound, Message: "problem.filter_set_gone"}, nil), nil
	}
	return r.fault(c, err)
}

// find is the one in the path.
func (r *FilterSets) find(c *fiber.Ctx, v *visit) (pages.FilterSet, error) {
	all, err := r.all(c, v)
	for _, set := range all {
		if set.ID == param(c, "id") {
			return set, nil
		}
	}
	return pages.FilterSet{}, cmp.Or(err, journal.ErrNotFound)
}

// all are those that whoever asks may see, by their names.
func (r *FilterSets) all(c *fiber.Ctx, v *visit) ([]pages.FilterSet, error) {
	sets, err := r.recent.FilterSets(c.UserContext(), v.scope(), v.operator)
	all := make([]pages.FilterSet, len(sets))
	for i, s := range sets {
		q := paths.ParseSaved(s.Query)
		all[i] = pages.FilterSet{
			FilterSetLink: v.filterSetLink(s), ID: s.ID, Mine: s.Owner != "", Query: q, QueueName: v.filteredQueue(q),
			MadeBy: s.MadeBy, MadeAt: s.MadeAt, ChangedBy: s.ChangedBy, ChangedAt: s.ChangedAt,
		}
	}
	return all, err
}

// filterSetLink is one, and the list that it opens.
func (p presenter) filterSetLink(s journal.FilterSet) partials.FilterSetLink {
	return partials.FilterSetLink{Name: s.Name, URL: p.paths.Agents(paths.ParseSaved(s.Query)), Edit: p.paths.FilterSet(s.ID)}
}

// filteredQueue is what the queue is called that a query narrows the list to.
func (p presenter) filteredQueue(q paths.AgentsQuery) string {
	if q.QueueID == 0 {
		return ""
	}
	return p.queueName(apiclient.Callin, q.QueueID)
}

// saved is the filter set that a query is, nil where it is none. It is a mark over a list: a
// list without it is better than none.
func (r *Agents) saved(ctx context.Context, v *visit, q paths.AgentsQuery) *partials.FilterSetLink {
	sought := q.Saved()
	if sought == "" {
		return nil
	}
	sets, err := r.filterSets.FilterSets(ctx, v.scope(), v.operator)
	if err != nil {
		r.Log.WarnContext(ctx, "which saved filter a list is of is not known", "error", err, "request_id", requestid.From(ctx))
	}
	var found *partials.FilterSetLink
	for _, s := range sets {
		// Their own before everybody's.
		if s.Query == sought && (found == nil || s.Owner != "") {
			link := v.filterSetLink(s)
			found = &link
		}
	}
	return found
}
