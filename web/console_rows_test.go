package web_test

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// TestQueuesInPages: the queues of a tenant that has many come in pages, are searched and
// sorted, and each page says how many there are.
func TestQueuesInPages(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	for i, a := range s.api.Agents(sandbox.AloHub) {
		s.api.SetQueues(sandbox.AloHub, a.ID, sandbox.Callin, []int64{int64(2_000_000 + i)}, nil)
	}
	p := s.signIn(sandbox.DemoKey)
	p.crawled()
	a := p.get("/queues").is(http.StatusOK)
	if rows, total := a.attrs("#queues tr[data-queue-id]", "data-queue-id"), a.attrs("table", "data-total")[0]; len(rows) > 2*50 || total != "120" {
		t.Fatalf("%d rows, of %s", len(rows), total)
	}
	var seen []string
	for page := range 3 {
		got := p.get("/queues?type=callin&page="+strconv.Itoa(page)).attrs("#queues tr[data-queue-id]", "data-queue-id")
		seen = append(seen, got...)
	}
	if slices.Sort(seen); len(slices.Compact(seen)) != 120 {
		t.Errorf("%d queues on three pages", len(slices.Compact(seen)))
	}
	p.get("/queues?type=callin&page=9").is(http.StatusOK).has("[data-empty=beyond]")
	first := seen[0]
	if got := p.get("/queues?q="+first).attrs("#queues tr[data-queue-id]", "data-queue-id"); !slices.Equal(got, []string{first}) {
		t.Errorf("of %s: %v", first, got)
	}
	p.get("/queues?q=khong+co").is(http.StatusOK).lacks("tr[data-queue-id]")

	// A part has what depends on the query, and says its address.
	part := p.get("/queues?type=callin&sort=-available&page=1", htmx("queues")...).is(http.StatusOK)
	if got := part.header.Get("HX-Push-Url"); got != "/queues?type=callin&sort=-available&page=1" {
		t.Errorf("the address %q", got)
	}
	part.has(`#queues-kept [name=sort][value="-available"]`).has("#queues [aria-sort=descending]")

	// Of so many one is searched for, not chosen from a list.
	p.get("/changes").is(http.StatusOK).lacks("select#queue_id").has("input#queue_id")
	list := p.get("/agents").is(http.StatusOK).lacks("select#queue_id").has("input#queue_id")
	if n := list.find("#queue-suggestions option").Length(); n != 50 {
		t.Errorf("%d suggested", n)
	}
	if got := p.get("/queues/options?queue_id="+first).attrs("option", "value"); !slices.Equal(got, []string{first}) {
		t.Errorf("of %s suggested: %v", first, got)
	}
}

// TestQueuesSayHowTheyAreCovered: a queue whose members are all away stands out, in the list
// and on its page; one with somebody there, or with nobody in it, does not.
func TestQueuesSayHowTheyAreCovered(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	for _, a := range s.api.Agents(sandbox.AloHub) {
		s.api.SetQueues(sandbox.AloHub, a.ID, sandbox.Callin, []int64{1001226}, nil)
		s.api.SetStatus(sandbox.AloHub, a.ID, sandbox.Available, sandbox.Available)
	}
	s.api.SetQueues(sandbox.AloHub, "082018", sandbox.Callin, []int64{1000886}, nil)
	s.api.SetStatus(sandbox.AloHub, "082018", sandbox.NotAvailable, sandbox.Logout)
	p := s.signIn(sandbox.DemoKey)
	p.crawled()
	p.get("/queues?type=callin").is(http.StatusOK).
		has(`tr[data-queue-id="1000886"] [data-nobody-available]`).
		has(`tr[data-queue-id="1001226"] .coverage-available`).
		lacks(`tr[data-queue-id="1001226"] [data-nobody-available]`)
	p.get("/queues/1000886").is(http.StatusOK).has("#queue-figures [data-nobody-available]")
	p.get("/queues/1001226").is(http.StatusOK).lacks("[data-nobody-available]")
	p.get("/queues/5").is(http.StatusOK).lacks("[data-nobody-available]")
}

// TestFiltersThatAreOn are named, each with the way to the list without it alone.
func TestFiltersThatAreOn(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	p.crawled()
	p.get("/agents").is(http.StatusOK).lacks(".filter-on")
	all := map[string]string{
		"status": "1", "queue_id": "1001226", "callout_id": "13877", "system": "AVAILABLE", "user": "LOGOUT",
		"recording": "never", "health": "no-callin",
	}
	q := url.Values{"q": {"an"}}
	for name, value := range all {
		q.Set(name, value)
	}
	a := p.get("/agents?page=3&" + q.Encode()).is(http.StatusOK)
	left := maps.Clone(all)
	for _, href := range a.attrs(".filter-on", "href") {
		u, err := url.Parse(href)
		if err != nil {
			t.Fatal(err)
		}
		got := u.Query()
		var without []string
		for name := range all {
			if got.Get(name) == "" {
				without = append(without, name)
			}
		}
		if len(without) != 1 || got.Get("q") != "an" || got.Has("page") {
			t.Errorf("%s is without %q", href, without)
			continue
		}
		delete(left, without[0])
	}
	if len(left) > 0 {
		t.Errorf("nothing takes away %v", left)
	}
}

// TestEditorSuggestsQueues with who is there to answer, and of many those that are meant.
func TestEditorSuggestsQueues(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	for i, a := range s.api.Agents(sandbox.AloHub) {
		s.api.SetQueues(sandbox.AloHub, a.ID, sandbox.Callin, []int64{int64(2_000_000 + i)}, nil)
		s.api.SetStatus(sandbox.AloHub, a.ID, sandbox.NotAvailable, sandbox.Logout)
	}
	s.api.SetQueues(sandbox.AloHub, "082019", sandbox.Callin, []int64{2_000_001}, nil)
	s.api.SetStatus(sandbox.AloHub, "082018", sandbox.Available, sandbox.Available)
	s.api.SetQueues(sandbox.AloHub, "082018", sandbox.Callin, []int64{2_000_002}, nil)
	p := s.signIn(sandbox.DemoKey)
	p.crawled()
	a := p.get("/agents/082019/queues?type=callin").is(http.StatusOK).has("#add-queue[data-hx-get]")
	if n := a.find("#editor-suggestions option").Length(); n != 50 {
		t.Errorf("%d suggested", n)
	}
	for typed, want := range map[string]string{"2000001": "already in the list", "2000002": "of 2 available", "2000005": "nobody available"} {
		a := p.get("/agents/082019/queues/options?type=callin&queue_ids=" + typed).is(http.StatusOK)
		if got := a.attrs("option", "label"); len(got) != 1 || !strings.Contains(got[0], want) {
			t.Errorf("of %s suggested: %q, want %q", typed, got, want)
		}
	}
	p.get("/agents/082019/queues/options?type=x").is(http.StatusUnprocessableEntity)
}

// TestNewRunOfManyQueues: the form of a bulk change has a field that suggests where queues are
// many, keeps those that are chosen, and takes a name that one queue alone has.
func TestNewRunOfManyQueues(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	for i, a := range s.api.Agents(sandbox.AloHub) {
		s.api.SetQueues(sandbox.AloHub, a.ID, sandbox.Callin, []int64{int64(2_000_000 + i)}, nil)
	}
	s.api.SetQueues(sandbox.AloHub, "082019", sandbox.Callin, []int64{1001226}, nil)
	p := s.signIn(sandbox.DemoKey)
	p.crawled()
	a := p.get("/runs/new").is(http.StatusOK).lacks(".newrun-to [data-queue-list] input, .newrun-from [data-queue-list] input").has("#queue_ids[data-hx-get]").has("#from_ids")
	if n := a.find("#queue_ids-suggestions option").Length(); n != 50 {
		t.Errorf("%d suggested", n)
	}
	form := url.Values{"operation": {"move"}, "queue_ids": {"", "2000001"}, "from_ids": {"khong co"}, "agent_ids": {"082019"}}
	p.post("/runs", form).is(http.StatusUnprocessableEntity).has(`.newrun-to [data-queue-id="2000001"] input[checked]`).says("khong co")
	name := p.get("/queues/1001226").find("h1 bdi").Text()
	if name == "" {
		t.Fatal("the queue has no name")
	}
	form["from_ids"] = []string{name}
	run := p.post("/runs", form).is(http.StatusSeeOther)
	p.get(run.location()).is(http.StatusOK).has(`[data-effect-queue="1001226"]`).has(`[data-effect-queue="2000001"]`)
}

// TestMembersInPages: so do the members of a queue.
func TestMembersInPages(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	for _, a := range s.api.Agents(sandbox.AloHub)[:45] {
		s.api.SetQueues(sandbox.AloHub, a.ID, sandbox.Callin, []int64{1001226, 1000886}, nil)
	}
	p := s.signIn(sandbox.DemoKey)
	p.crawled()
	want := s.api.QueueMembers(sandbox.AloHub, sandbox.Callin, 1001226)
	if len(want) < 25 {
		t.Fatalf("%d members are too few", len(want))
	}
	a := p.get("/queues/1001226?size=20").is(http.StatusOK).has("#page-next")
	if rows := a.attrs("tr[data-agent-id]", "data-agent-id"); len(rows) != 20 || a.attrs("table", "data-total")[0] != strconv.Itoa(len(want)) {
		t.Errorf("%d rows of %s", len(rows), a.attrs("table", "data-total"))
	}
	var seen []string
	for page := range (len(want) + 19) / 20 {
		seen = append(seen, p.get("/queues/1001226?size=20&sort=name&page="+strconv.Itoa(page)).attrs("tr[data-agent-id]", "data-agent-id")...)
	}
	slices.Sort(seen)
	slices.Sort(want)
	if !slices.Equal(seen, want) {
		t.Errorf("%d members on all pages, want %d", len(seen), len(want))
	}
	p.get("/queues/1001226?page=99").is(http.StatusOK).has("[data-empty=beyond]")
	part := p.get("/queues/1001226?q="+want[0], htmx("queue-members")...).is(http.StatusOK).has(`tr[data-agent-id="` + want[0] + `"]`)
	if got := part.header.Get("HX-Push-Url"); got != "/queues/1001226?q="+want[0] {
		t.Errorf("the address %q", got)
	}
	// What reads them again, and the bar of the scan, ask for these and not for those before.
	part.has(`#queue-figures form[action*="q=` + want[0] + `"]`)
	// Where one was, one comes back to.
	back := p.post("/queues/1001226/members?type=callin&size=20&page=1", url.Values{"agent_id": {want[0]}, "action": {"remove"}, "confirm": {"yes"}})
	if to := back.location(); !strings.HasPrefix(to, "/queues/1001226?page=1&size=20&change=") {
		t.Errorf("leads to %q", to)
	}
	// All of them are a run's, whatever page one looks at.
	a = p.get("/queues/1001226?size=20")
	form := p.get(a.attrs("#queue-bulk", "href")[0]).is(http.StatusOK)
	form.has(`input[name=queue_id][value="1001226"]`).has(`input[name=all][value=matching]`)
}

// TestManyJoinAtOnce: several extensions, pasted into the field of a queue's page, join it
// by one run; a name does where it is one agent's, and is a question where it is not.
func TestManyJoinAtOnce(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	p.crawled()
	const queue = 1001007
	outside := p.get("/queues/1001007").attrs("#agent-options option", "value")[:3]
	there := func(agent string) bool {
		return slices.Contains(s.api.QueueMembers(sandbox.AloHub, sandbox.Callin, queue), agent)
	}
	post := func(action string, agents ...string) *answer {
		return p.post("/queues/1001007/members?type=callin", url.Values{"agent_id": agents, "action": {action}})
	}
	a := post("add", outside[0]+", "+outside[1]+" "+outside[2]).is(http.StatusSeeOther)
	if to := a.location(); !strings.HasPrefix(to, "/runs/") {
		t.Fatalf("leads to %q", to)
	}
	p.comes(a.location(), "finished")
	for _, agent := range outside {
		if !there(agent) {
			t.Errorf("%s has not joined", agent)
		}
	}
	// The field may come several times as well.
	p.comes(post("remove", outside[:2]...).is(http.StatusSeeOther).location(), "finished")
	if there(outside[0]) || there(outside[1]) || !there(outside[2]) {
		t.Error("not exactly those two have left")
	}
	// What is nobody's changes nobody.
	puts := len(s.puts())
	post("add", outside[0]+" 999999").is(http.StatusUnprocessableEntity).has("[data-failure=invalid-input]").says("999999").has(`#agent_id[value^="` + outside[0] + `"]`)
	post("add", "nobody of this name").is(http.StatusUnprocessableEntity)
	p.post("/queues/13876/members?type=callout", url.Values{"agent_id": outside, "action": {"add"}}).is(http.StatusUnprocessableEntity)
	post("add", "nguyễn").is(http.StatusUnprocessableEntity).has("[data-failure=invalid-input]").says("082")
	if len(s.puts()) != puts {
		t.Error("something was sent")
	}
	// A queue that would be left alone is shown first.
	all := p.get("/queues/1001007?size=100").attrs("tr[data-agent-id]", "data-agent-id")
	plan := p.get(post("remove", all...).is(http.StatusSeeOther).location()).is(http.StatusOK)
	plan.has("[data-run-state=planned]").has("#run-start")
}

// TestSearchForExtensions: somebody's extension finds them alone, and the rest on request;
// a pasted column is a list of people, and says whom it does not find.
func TestSearchForExtensions(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.signIn(sandbox.DemoKey)
	p.crawled()
	rows := func(query url.Values) []string {
		return p.get("/agents?"+query.Encode()).is(http.StatusOK).attrs("tr[data-agent-id]", "data-agent-id")
	}
	if got := rows(url.Values{"q": {"001002"}}); !slices.Equal(got, []string{"001002"}) {
		t.Errorf("001002 finds %v", got)
	}
	wide := p.get("/agents?q=001002").attrs("#wide", "href")
	if len(wide) != 1 {
		t.Fatalf("the rest is offered %d times", len(wide))
	}
	p.get(wide[0]).is(http.StatusOK).has(`tr[data-agent-id="001002"]`).lacks("#wide")
	// A queue's id is found by its beginning: 1002 is in none of 1001002.
	for _, id := range rows(url.Values{"q": {"01002"}, "wide": {"1"}}) {
		if !strings.Contains(id, "01002") {
			t.Errorf("01002 finds %s", id)
		}
	}
	a := p.get("/agents?" + url.Values{"q": {"082018\n082019, 82024  999999"}, "sort": {"-extension"}}.Encode()).is(http.StatusOK)
	if got := a.attrs("tr[data-agent-id]", "data-agent-id"); !slices.Equal(got, []string{"082019", "082018"}) {
		t.Errorf("a column finds %v", got)
	}
	if got := a.find("[data-unknown]").Text(); !strings.Contains(got, "82024 (082024?), 999999") {
		t.Errorf("unknown: %q", got)
	}
	// All who match are those.
	if got := p.get("/runs/new?all=matching&q=082018+082019").is(http.StatusOK).find(".newrun-who b").Text(); !strings.Contains(got, "2") {
		t.Errorf("a run of %q", got)
	}
}
