package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/web"
	"github.com/alohub/agentconsole/web/paths"
	"github.com/alohub/agentconsole/web/tag"
)

// filterSet is the form that saves one.
func filterSet(name, whose string) url.Values { return url.Values{"name": {name}, "whose": {whose}} }

// menu is what the navigation's menu holds, opened on that page.
func (p *person) menu(page string) *answer {
	p.s.t.Helper()
	return p.get("/filters/menu", append(htmx("filter-sets-menu"), "HX-Current-URL", p.s.origin+p.s.base+page)...).is(http.StatusOK)
}

// as signs in with a key under a name.
func (s *stand) as(key, operator string) *person {
	s.t.Helper()
	p := s.browser().english()
	p.post("/sign-in", url.Values{"environment": {"sandbox"}, "api_key": {key}, "operator": {operator}}).is(http.StatusSeeOther)
	return p
}

// TestFilterSets: what the list shows is saved under a name, is in the menu at once, and says
// what it is when the list shows it.
func TestFilterSets(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	p.menu("/agents").lacks("a[aria-current]").lacks("#filter-sets-save").says(said("filter_sets.none"))
	p.get("/filters").is(http.StatusOK).has(".empty")
	p.get("/agents").lacks("#filter-set-new")

	list := "/agents?health=no-callin&page=3&q=ng&size=50&sort=-name&status=1"
	at := "/agents?health=no-callin&q=ng&size=50&sort=-name&status=1"
	a := p.get(list)
	a.has("#filter-sets summary").lacks(".filter-set-on").lacks("#filter-sets-menu [href*='status=1']")
	form := p.get(a.attrs("#filter-set-new", "href")[0]).is(http.StatusOK)
	for _, word := range []string{"Search: ng", "Account: Active", "Sort by: Name", "50"} {
		form.says(word)
	}
	values := form.form("#filter-set")
	if values.Get(tag.Field) == "" || values.Get("whose") != "mine" {
		t.Errorf("the form has %v", values)
	}
	values.Set("name", " Ca tối,\tchưa vào hàng đợi ")
	if to := p.post(form.attrs("#filter-set", "action")[0], values).is(http.StatusSeeOther).location(); to != at {
		t.Errorf("leads to %s", to)
	}
	a = p.get(list).lacks("#filter-set-new")
	if name := strings.TrimSpace(a.find(".filter-set-on b").Text()); name != "Ca tối, chưa vào hàng đợi" {
		t.Errorf("the list says that it is %q", name)
	}
	// The part that a filter brings says so too, and no longer when it is another.
	p.get(list, htmx("agents")...).has(".filter-set-on")
	p.get(list+"&queue_id=1000886", htmx("agents")...).lacks(".filter-set-on").has("#filter-set-new")

	a = p.menu(list).lacks("#filter-sets-save")
	if got := a.attrs("[data-filter-sets=mine] a[aria-current=page]", "href"); !slices.Equal(got, []string{at}) {
		t.Errorf("the menu has %v", got)
	}
	p.menu("/agents").lacks("a[aria-current]").has("[data-filter-sets=mine] a").lacks("#filter-sets-save")
	p.menu("/queues").lacks("a[aria-current]").lacks("#filter-sets-save")
	if got := p.menu("/agents?status=0&page=2").attrs("#filter-sets-save", "href"); !slices.Equal(got, []string{"/filters/new?status=0"}) {
		t.Errorf("the menu saves by %v", got)
	}
	// Without script the menu leads to their page, with the same links.
	p.get("/agents").has(`#filter-sets-menu a[href="/filters"]`)
	if to := p.get("/filters/menu").is(http.StatusSeeOther).location(); to != "/filters" {
		t.Errorf("leads to %s", to)
	}
	p.get("/filters").has(`a.filter-set-name[href="` + at + `"]`).has(`[data-copy="` + at + `"]`).lacks("[data-filter-set-by]")

	a = p.get("/palette?q=chua+toi", htmx("palette-found")...)
	if got := a.attrs("[aria-labelledby=palette-filters] a", "href"); !slices.Equal(got, []string{at}) {
		t.Errorf("found %v", got)
	}
	p.get("/palette?q=zzz", htmx("palette-found")...).lacks("#palette-filters")
}

// TestFilterSetChanged: one is renamed, replaced and deleted, and says by whom.
func TestFilterSetChanged(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.as(sandbox.DemoKey, "Nga")
	p.post("/filters?status=1", filterSet("Đội A", "everybody")).is(http.StatusSeeOther)
	p.post("/filters?status=0", filterSet("Đội B", "everybody")).is(http.StatusSeeOther)
	other := s.as(sandbox.DemoKey, "Hà")
	page := other.get("/filters").attrs("[data-filter-set]:first-child a.button", "href")[0]
	a := other.get(page).is(http.StatusOK)
	a.says("Saved by Nga").says(said("filter_sets.everybody_may"))
	values := a.form("#filter-set")
	if values.Get("name") != "Đội A" || values.Get(tag.Field) == "" {
		t.Errorf("the form has %v", values)
	}
	values.Set("name", "ĐỘI b")
	a = other.post(page, values).fails(http.StatusUnprocessableEntity, "invalid-input").has("#filter-set-name[aria-invalid=true]").has("#filter-set-name-error")
	if got := a.form("#filter-set").Get("name"); got != "ĐỘI b" {
		t.Errorf("came back as %q", got)
	}
	values.Set("name", "")
	other.post(page, values).fails(http.StatusUnprocessableEntity, "invalid-input")
	values.Set("name", "Đội C")
	if to := other.post(page, values).is(http.StatusSeeOther).location(); to != "/filters" {
		t.Errorf("leads to %s", to)
	}
	p.get(page).says("last changed by Hà")

	// In place of what it has: the name stays.
	form := other.get("/filters/new?status=1&user=LOGOUT")
	id := strings.TrimPrefix(page, "/filters/")
	if got := form.find(`#filter-set-replace option[value="` + id + `"]`).Text(); got != "Đội C" {
		t.Errorf("replaces %q", got)
	}
	values = form.form("#filter-set-replace")
	values.Set("id", id)
	a = other.post(form.attrs("#filter-set-replace", "action")[0], values).is(http.StatusSeeOther)
	if a.location() != "/agents?status=1&user=LOGOUT" {
		t.Errorf("leads to %s", a.location())
	}
	if links := p.menu("/agents").attrs("[data-filter-sets=everybody] a", "href"); !slices.Equal(links, []string{"/agents?status=0", "/agents?status=1&user=LOGOUT"}) {
		t.Errorf("the menu has %v", links)
	}
	other.post("/filters/replace?status=1", nil).is(http.StatusUnprocessableEntity)
	other.post("/filters/replace?status=1", url.Values{"id": {"x"}}).fails(http.StatusNotFound, "not-found")
	other.post("/filters/replace", values).fails(http.StatusUnprocessableEntity, "invalid-input")

	// Deleting asks first, by name.
	a = other.get(page).has(`[data-confirm="filter-set:` + id + `"]`).says("Delete “Đội C” for everyone in the tenant?")
	if to := other.post(a.attrs("[data-confirm]", "action")[0], a.form("[data-confirm]")).is(http.StatusSeeOther).location(); to != "/filters" {
		t.Errorf("leads to %s", to)
	}
	other.post(page+"/delete", nil).is(http.StatusSeeOther) // twice is once
	other.post(page, filterSet("x", "")).fails(http.StatusNotFound, "not-found")
	p.get(page).fails(http.StatusNotFound, "not-found").has(`main a[href="/filters"]`)
	if links := p.menu("/agents").attrs("[data-filter-sets=everybody] a", "href"); !slices.Equal(links, []string{"/agents?status=0"}) {
		t.Errorf("the menu has %v", links)
	}
}

// TestFilterSetRefused: what cannot be saved is said where it was typed, and what was typed
// stays.
func TestFilterSetRefused(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	p.post("/filters?status=1", filterSet("Ca tối", "mine")).is(http.StatusSeeOther)
	long := strings.Repeat("ệ", 61)
	digits := strings.TrimSpace(strings.Repeat("– ", 1000)) // each is nine bytes of an address
	for _, tt := range []struct{ query, name, whose, at, says string }{
		{"status=0", "", "mine", "#filter-set-name", "Give it a name."},
		{"status=0", " \t\u200b ", "mine", "#filter-set-name", "Give it a name."},
		{"status=0", long, "everybody", "#filter-set-name", "60 characters are the most."},
		{"status=0", "CA TỐI", "mine", "#filter-set-name", "“CA TỐI” is there already."},
		{"", "Ca đêm", "mine", "", "The list is not filtered, searched or sorted."},
		{"page=4&status=2&zzz=1", "Ca đêm", "mine", "", "The list is not filtered, searched or sorted."},
		{"q=" + url.QueryEscape(digits), "Ca đêm", "mine", "", "The search is too long to be saved."},
	} {
		a := p.post("/filters?"+tt.query, filterSet(tt.name, tt.whose)).fails(http.StatusUnprocessableEntity, "invalid-input").says(tt.says)
		if tt.at != "" {
			a.has(tt.at + "[aria-invalid=true]").has(`[data-failure] a[href="` + tt.at + `"]`).has(tt.at + "-error")
		}
		if form := a.find("#filter-set"); form.Length() > 0 {
			values := a.form("#filter-set")
			if values.Get("name") != strings.Trim(tt.name, " \t\u200b") || values.Get("whose") != tt.whose {
				t.Errorf("%s: came back as %v", tt.says, values)
			}
		} else if tt.query == "status=0" {
			t.Errorf("%s: no form came back", tt.says)
		}
	}
	// Of a name that is taken, the one that has it is offered to be replaced.
	a := p.post("/filters?status=0", filterSet("ca tối", "mine")).has("details[open] #filter-set-replace option[selected]")
	p.post("/filters?status=0", filterSet("ca tối", "everybody")).is(http.StatusSeeOther)
	p.post("/filters?status=0", filterSet("Ca sáng", "nobody")).is(http.StatusUnprocessableEntity)
	p.post("/filters?status=0", filterSet("Ca sáng", "mine"), "Sec-Fetch-Site", "cross-site").is(http.StatusForbidden)
	hostile := `"><b data-x>` + "\u202e"
	p.post("/filters?status=0", filterSet(hostile, "mine")).is(http.StatusSeeOther)
	for _, page := range []*answer{a, p.get("/filters"), p.menu("/agents"), p.get("/agents?status=0"), p.get("/filters/new?status=1")} {
		page.lacks("[data-x]")
	}

	for i := range journal.MostFilterSets - 1 {
		p.post("/filters?status=0", filterSet(fmt.Sprint("n", i), "everybody")).is(http.StatusSeeOther)
	}
	p.post("/filters?status=0", filterSet("one more", "everybody")).fails(http.StatusUnprocessableEntity, "invalid-input").says("50 for each person")
	p.post("/filters?status=0", filterSet("one more", "mine")).is(http.StatusSeeOther)
}

// TestFilterSetsOfNobody: who gave no name has none of their own, and is told why.
func TestFilterSetsOfNobody(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.as(sandbox.DemoKey, "")
	form := p.get("/filters/new?status=1").has("#filter-set-mine[disabled]").says(said("filter_sets.nobody"))
	if got := form.form("#filter-set").Get("whose"); got != "everybody" {
		t.Errorf("the form has %q", got)
	}
	p.post("/filters?status=1", filterSet("Ca tối", "mine")).fails(http.StatusUnprocessableEntity, "invalid-input").has(`a[href="#filter-set-mine"]`)
	p.post("/filters?status=1", filterSet("Ca tối", "everybody")).is(http.StatusSeeOther)
	p.menu("/agents").has("[data-filter-sets=everybody] a").lacks("[data-filter-sets=mine]")
	p.get("/filters").says(said("change.nobody"))
}

// TestFilterSetsAreApart: neither another person, nor another tenant, nor another environment
// sees, changes or deletes one, and a list there never says that it is one.
func TestFilterSetsAreApart(t *testing.T) {
	t.Parallel()
	s := newStand(t, func(o *setup) {
		second := httptest.NewServer(newSandbox(*o))
		t.Cleanup(second.Close)
		o.web.Upstreams = []web.Upstream{{Name: "Other", Slug: "other", BaseURL: second.URL}}
	})
	mine := s.as(sandbox.DemoKey, "Nga")
	mine.post("/filters?status=1", filterSet("Của Nga", "mine")).is(http.StatusSeeOther)
	mine.post("/filters?status=0", filterSet("Của chung", "everybody")).is(http.StatusSeeOther)
	pages := mine.get("/filters").attrs("[data-filter-set] a.button", "href")
	if len(pages) != 2 {
		t.Fatalf("%v", pages)
	}
	private, shared := pages[0], pages[1]

	check := func(p *person, names ...string) {
		t.Helper()
		for where, a := range map[string]*answer{
			"menu": p.menu("/agents?status=1"), "page": p.get("/filters"), "form": p.get("/filters/new?status=1"),
			"list": p.get("/agents?status=1"), "palette": p.get("/palette?q=cua", htmx("palette-found")...),
		} {
			for _, name := range []string{"Của Nga", "Của chung"} {
				if strings.Contains(a.body, name) && !slices.Contains(names, name) {
					t.Errorf("%s has %q", where, name)
				}
			}
		}
	}
	unseen := func(p *person, page string) {
		t.Helper()
		p.get(page).fails(http.StatusNotFound, "not-found")
		p.post(page, filterSet("x", "")).fails(http.StatusNotFound, "not-found")
		p.post("/filters/replace?status=0", url.Values{"id": {strings.TrimPrefix(page, "/filters/")}}).fails(http.StatusNotFound, "not-found")
		p.post(page+"/delete", nil)
	}
	for _, name := range []string{"Hà", "Ngà", ""} {
		p := s.as(sandbox.DemoKey, name)
		check(p, "Của chung")
		unseen(p, private)
	}
	check(s.as(sandbox.DemoKey, "nga"), "Của Nga", "Của chung") // the same name in other letters
	other := s.as(sandbox.DemoKeyAnother, "Nga")
	check(other)
	unseen(other, private)
	unseen(other, shared)
	elsewhere := s.browser().english()
	elsewhere.post("/sign-in", url.Values{"environment": {"other"}, "api_key": {sandbox.DemoKey}, "operator": {"Nga"}}).is(http.StatusSeeOther)
	check(elsewhere)
	unseen(elsewhere, private)
	unseen(elsewhere, shared)
	check(mine, "Của Nga", "Của chung")
	mine.get(private).is(http.StatusOK)
	mine.get(shared).is(http.StatusOK)

	// A page never saves for another sign-in than the one it shows.
	form := mine.get("/filters/new?status=1&user=LOGOUT").form("#filter-set")
	form.Set("name", "Của ai")
	other.post("/filters?status=1&user=LOGOUT", form).fails(http.StatusConflict, "other-session")
	if strings.Contains(other.get("/filters").body, "Của ai") || strings.Contains(mine.get("/filters").body, "Của ai") {
		t.Error("saved for another sign-in")
	}
}

// TestFilterSetForeign: whatever stands in the database, a link has what the list knows.
func TestFilterSetForeign(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	for name, query := range map[string]string{
		"one": "status=1&next=//evil.example&page=7&zzz=1#x", "two": "javascript:alert(1)", "three": "%zz&status=0", "four": `"><b data-x>`,
	} {
		if _, err := s.store.KeepFilterSet(context.Background(), aloHub(), journal.FilterSet{Name: name, Query: query}); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"/agents", "/agents?status=1", "/agents?status=0", "/agents"} // four, one, three, two
	for _, a := range []*answer{p.menu("/agents").lacks("[data-x]"), p.get("/filters").lacks("[data-x]")} {
		if got := a.attrs("[data-filter-sets] a, a.filter-set-name", "href"); !slices.Equal(got, want) {
			t.Errorf("%v", got)
		}
	}
}

// TestFilterSetsDown: without them the list is as it is, and what cannot be saved stays typed.
func TestFilterSetsDown(t *testing.T) {
	t.Parallel()
	s := newStand(t, eachTime)
	p := s.signIn(sandbox.DemoKey)
	p.post("/filters?status=1", filterSet("Ca tối", "everybody")).is(http.StatusSeeOther)
	page := p.get("/filters").attrs("[data-filter-set] a.button", "href")[0]
	s.store.breakDown("KeepFilterSet", "ChangeFilterSet", "DropFilterSet")
	a := p.post("/filters?status=0", filterSet("Ca đêm", "everybody")).fails(http.StatusServiceUnavailable, "failed")
	if got := a.form("#filter-set"); got.Get("name") != "Ca đêm" || strings.Contains(a.body, "disk full") {
		t.Errorf("came back as %v", got)
	}
	a = p.post(page, filterSet("Ca đêm", "")).fails(http.StatusServiceUnavailable, "failed")
	if got := a.form("#filter-set").Get("name"); got != "Ca đêm" {
		t.Errorf("came back as %q", got)
	}
	p.post(page+"/delete", nil).fails(http.StatusServiceUnavailable, "failed")
	s.store.breakDown("FilterSets")
	p.get("/agents?status=1").is(http.StatusOK).has("#filter-set-new").lacks("[data-failure]")
	p.get("/filters/new?status=0").is(http.StatusOK).has("#filter-set")
	p.get("/palette?q=ca", htmx("palette-found")...).is(http.StatusOK)
	p.get("/filters").fails(http.StatusServiceUnavailable, "failed")
	p.get(page).fails(http.StatusServiceUnavailable, "failed")
	p.get("/filters/menu", htmx("filter-sets-menu")...).fails(http.StatusServiceUnavailable, "failed")
	s.store.breakDown()
	p.get("/agents?status=1").has(".filter-set-on")
}

// TestFilterSetsCostNothing: a page asks the database once in a while what the list is saved
// as, and the navigation nothing.
func TestFilterSetsCostNothing(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	p.post("/filters?status=1", filterSet("Ca tối", "mine")).is(http.StatusSeeOther)
	p.get("/agents?status=1").has(".filter-set-on")
	s.store.count()
	for range 5 {
		p.get("/agents?status=1").has(".filter-set-on")
		p.get("/queues")
		p.get("/agents")
		p.menu("/agents")
	}
	if slices.Contains(s.store.counted(), "FilterSets") {
		t.Error("the database was asked for what is known")
	}
}

// TestFilterSetDraft: who has to sign in again finds what they had typed.
func TestFilterSetDraft(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.browser().english()
	a := p.post("/filters?status=1&page=2", filterSet("Ca tối", "everybody")).is(http.StatusSeeOther)
	next, err := url.Parse(a.location())
	if err != nil || next.Path != "/sign-in" {
		t.Fatalf("leads to %s, %v", a.location(), err)
	}
	p.enter(sandbox.DemoKey)
	form := p.get(next.Query().Get("next")).is(http.StatusOK)
	if got := form.form("#filter-set"); got.Get("name") != "Ca tối" || got.Get("whose") != "everybody" {
		t.Errorf("it opens on %v", got)
	}
	if action := form.attrs("#filter-set", "action"); !slices.Equal(action, []string{paths.New("").SaveFilterSet(paths.AgentsQuery{Status: "1"})}) {
		t.Errorf("it saves %v", action)
	}
}
