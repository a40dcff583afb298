package web_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/sqlstore"
	"github.com/alohub/agentconsole/web"
)

// copied is a browser into which somebody copied this one's cookies, perhaps at
// another replica.
func (p *person) copied(to *stand) *person {
	at, err := url.Parse(p.s.origin)
	if err != nil {
		p.s.t.Fatal(err)
	}
	other := to.browser()
	there, err := url.Parse(to.origin)
	if err != nil {
		p.s.t.Fatal(err)
	}
	other.client.Jar.SetCookies(there, p.client.Jar.Cookies(at))
	return other
}

// TestSessionEnds: by signing out, by signing in again, by a key that is refused,
// by idleness and by age; and with it every copy of its cookie.
func TestSessionEnds(t *testing.T) {
	t.Parallel()
	clock := &shifted{}
	s := newStand(t, func(o *setup) { o.web.Now = clock.now })
	leave := func(p *person, reason string) {
		t.Helper()
		at, err := url.Parse(p.get("/agents").is(http.StatusSeeOther).location())
		if err != nil || at.Path != "/sign-in" || at.Query().Get("reason") != reason {
			t.Errorf("leads to %s, want reason %q", at, reason)
		}
		p.get(at.String()).is(http.StatusOK)
	}

	p := s.signIn(sandbox.DemoKey)
	thief := p.copied(s)
	thief.get("/agents").is(http.StatusOK)
	p.post("/sign-out", nil).is(http.StatusSeeOther)
	leave(p, "")
	leave(thief, "ended")
	thief.post("/agents/082018/recording", enabled("true")).is(http.StatusSeeOther)

	p.enter(sandbox.DemoKey)
	thief = p.copied(s)
	p.enter(oddKey)
	leave(thief, "ended")
	p.get("/agents").is(http.StatusOK)

	p.crawled() // or the crawl's call would be struck
	thief = p.copied(s)
	s.api.Fail(sandbox.Unauthorized().On(sandbox.OpList).Repeat(sandbox.Always))
	leave(p, "unauthorized")
	s.api.ClearFaults()
	leave(thief, "ended")

	p.enter(sandbox.DemoKey)
	clock.advance(29 * time.Minute)
	p.get("/changes").is(http.StatusOK)
	clock.advance(29 * time.Minute)
	p.get("/changes").is(http.StatusOK) // use prolongs it
	clock.advance(31 * time.Minute)
	leave(p, "expired")

	p.enter(sandbox.DemoKey)
	for range 25 {
		clock.advance(29 * time.Minute)
		if p.get("/changes").status != http.StatusOK {
			break
		}
	}
	leave(p, "") // twelve hours are over, whatever the use; the cookie is gone
	if len(s.puts()) > 0 {
		t.Error("something was written")
	}
}

// TestDamagedCookie: signs in again, and is never a 500.
func TestDamagedCookie(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	other := newStand(t, func(o *setup) { o.web.Secrets = []string{strings.Repeat("ab1cdefg", 5)} })
	p := s.signIn(sandbox.DemoKey)
	at, err := url.Parse(s.origin)
	if err != nil {
		t.Fatal(err)
	}
	good, name := "", ""
	for _, c := range p.client.Jar.Cookies(at) {
		if strings.HasPrefix(c.Name, "console_session_") {
			good, name = c.Value, c.Name
		}
	}
	if good == "" {
		t.Fatal("no cookie")
	}
	for _, bad := range []string{good[:len(good)-3], good[1:], "A" + good[1:], strings.Repeat("x", 4000), "%00", "", "a=b", "=", good + good} {
		q := s.browser()
		a := q.get("/agents", "Cookie", name+"="+bad)
		if a.status != http.StatusSeeOther {
			t.Errorf("a cookie of %d bytes: %d", len(bad), a.status)
		}
		if set := a.header.Values("Set-Cookie"); len(set) > 0 {
			t.Errorf("a cookie that cannot be read was not left alone: %q", set)
		}
	}
	// Of another secret: a rotated one, or somebody else's console.
	if a := other.browser().get("/agents", "Cookie", name+"="+good); a.status != http.StatusSeeOther {
		t.Errorf("another console's cookie: %d", a.status)
	}
}

// TestNeighbours: browsers keep one jar for all ports of a host. A console there is
// another's neighbour, and signs nobody out of it.
func TestNeighbours(t *testing.T) {
	t.Parallel()
	one := newStand(t)
	two := newStand(t, func(o *setup) { o.web.Secrets = []string{strings.Repeat("ab1cdefg", 5)} })
	below := newStand(t, func(o *setup) { o.web.BasePath = "/agents" })
	people := []*person{one.browser(), two.browser(), below.browser()}
	for _, p := range people {
		p.client.Jar = people[0].client.Jar
	}
	for range 2 {
		for _, p := range people {
			p.get("/agents").is(http.StatusSeeOther) // looks in without a session of its own
		}
		for _, p := range people {
			p.enter(sandbox.DemoKey)
		}
		for _, p := range people {
			p.get("/agents").is(http.StatusOK)
		}
		people[0].post("/sign-out", nil).is(http.StatusSeeOther)
		for _, p := range people[1:] {
			p.get("/agents").is(http.StatusOK)
			p.post("/sign-out", nil).is(http.StatusSeeOther)
		}
	}
}

// TestReplicas: two consoles on one database with the same secret serve one
// session alternately, and a sign-out at one counts at the other.
func TestReplicas(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		store, _ := fileStore(t)
		replicas(t, store, store)
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		address := postgres(t)
		open := func() *sqlstore.Store {
			store, err := sqlstore.Open(t.Context(), sqlstore.Config{Database: address})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := store.Close(); err != nil {
					t.Error(err)
				}
			})
			return store
		}
		replicas(t, open(), open())
	})
}

func replicas(t *testing.T, one, two web.Store) {
	t.Helper()
	a := newStand(t, func(o *setup) { o.store = one })
	b := newStand(t, func(o *setup) { o.store, o.api, o.upstream = two, a.api, a.upstream })
	here := a.signIn(sandbox.DemoKey)
	there := here.copied(b).english()
	there.get("/agents").is(http.StatusOK).says("Lê Thị Thử")
	there.crawled()

	// Opened at one, saved at the other, undone at the first.
	form := here.editor("082019", "callin")
	form.Add("queue_ids", "1000887")
	there.save("082019", "callin", form).is(http.StatusSeeOther)
	change := a.last("082019")
	here.get("/changes").has(`[data-change-id="` + change.ID + `"][data-result=verified]`)
	if got := here.editor("082019", "callin").Get("base"); !strings.Contains(got, "1000887") {
		t.Errorf("the first opens on %s", got)
	}
	here.post("/changes/"+change.ID+"/undo", nil).is(http.StatusSeeOther)
	there.post("/changes/"+change.ID+"/undo", nil).fails(http.StatusUnprocessableEntity, "invalid-input")
	if got := a.callin("082019"); !sameIDs(got, []int64{1001226, 1000886, 1001002}) {
		t.Errorf("left in %v", got)
	}
	there.post("/agents/082018/recording", enabled("true")).is(http.StatusSeeOther)
	here.get("/agents/082018").has("[data-recording=sent-on]")

	thief := here.copied(b)
	here.post("/sign-out", nil).is(http.StatusSeeOther)
	for _, p := range []*person{there, thief, thief.copied(a)} {
		p.get("/agents").is(http.StatusSeeOther)
		p.post("/agents/082018/recording", enabled("false")).is(http.StatusSeeOther)
	}
	if n := len(a.puts()); n != 3 {
		t.Errorf("%d writes", n)
	}
}

// postgres is the address of a database of the test's own. It skips where there is
// no server, unless CONSOLE_REQUIRE wants one.
func postgres(t *testing.T) string {
	t.Helper()
	address := os.Getenv("CONSOLE_TEST_POSTGRES")
	if address == "" {
		if strings.Contains(os.Getenv("CONSOLE_REQUIRE"), "postgres") {
			t.Fatal("CONSOLE_TEST_POSTGRES is not set")
		}
		t.Skip("CONSOLE_TEST_POSTGRES is not set")
	}
	server, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	name := "console_web_" + strings.ToLower(rand.Text())
	if _, err := server.ExecContext(t.Context(), "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := server.ExecContext(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	at, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	at.Path = "/" + name
	return at.String()
}

// TestTenantsApart: two keys of two tenants at once, under load. Neither ever sees
// the other's agents, queues or changes, and no call carries the other's key: with
// Fiber's reused buffers one mistake is enough to mix them up.
func TestTenantsApart(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	type side struct {
		key, mine, theirs string
		agent             string
		who               *person
	}
	sides := []*side{
		{key: sandbox.DemoKey, mine: "20260310", theirs: "Hồng Đức", agent: "082019"},
		{key: sandbox.DemoKeyAnother, mine: "20260415", theirs: "AloHub.admin", agent: "071001"},
	}
	for _, x := range sides {
		x.who = s.browser().english()
		x.who.enter(x.key)
		x.who.crawled()
		x.who.post("/agents/"+x.agent+"/recording", enabled("true")).is(http.StatusSeeOther)
	}
	strange := map[string]string{sandbox.DemoKey: sides[1].agent, sandbox.DemoKeyAnother: sides[0].agent}
	errs := make(chan error, 64)
	work := make(chan struct{})
	const loops, workers = 12, 4
	for _, x := range sides {
		for w := range workers {
			go func() {
				<-work
				for i := range loops {
					a := x.who.get([]string{
						"/agents?size=100", "/agents?q=" + x.agent, "/queues", "/changes", "/agents/" + x.agent, "/agents.csv?q=a", "/agents.csv",
					}[(i+w)%7])
					if a.status != http.StatusOK || strings.Contains(a.body, x.theirs) || strings.Contains(a.body, strange[x.key]) {
						errs <- fmt.Errorf("%s of %s: %d, holds the other's", a.what, x.mine, a.status)
						return
					}
					x.who.post("/agents/"+x.agent+"/recording", enabled("false"))
				}
				errs <- nil
			}()
		}
	}
	close(work)
	for range len(sides) * workers {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	for _, c := range s.api.Calls() {
		key := c.Header.Get("X-Api-Key")
		if key != c.Header.Get("Authorization") || fmt.Sprint(c.Tenant) != map[string]string{sandbox.DemoKey: "20260310", sandbox.DemoKeyAnother: "20260415"}[key] {
			t.Fatalf("a call for tenant %d with another's key", c.Tenant)
		}
		if c.Agent != "" && c.Agent != map[string]string{sandbox.DemoKey: sides[0].agent, sandbox.DemoKeyAnother: sides[1].agent}[key] {
			t.Fatalf("a write to %s with the other tenant's key", c.Agent)
		}
	}
	// Nor by asking for it: the entry is another tenant's, the agent is nobody.
	theirs := s.entries(journal.Filter{Scope: journal.Scope{Environment: "sandbox", Tenant: "20260415"}})[0]
	me := sides[0].who
	me.post("/changes/"+theirs.ID+"/undo", nil).fails(http.StatusNotFound, "not-found")
	me.get("/changes?change=" + theirs.ID).is(http.StatusOK).lacks(`[data-change-id="` + theirs.ID + `"]`)
	me.get("/agents/082019?change=" + theirs.ID).is(http.StatusOK).lacks(`[data-change-id="` + theirs.ID + `"]`)
	me.get("/agents/071001").fails(http.StatusNotFound, "not-found")
	me.get("/agents?q=071001").lacks("tr[data-agent-id]")
	me.get("/queues/2000101").is(http.StatusOK).lacks("tr[data-agent-id]")
	if me.get("/queues/2000101").saysAny("Đặt lịch khám") {
		t.Error("the other tenant's queue is known by name")
	}
}

// TestPollsKeepNobodySignedIn: a page that asks by itself is not somebody using it.
func TestPollsKeepNobodySignedIn(t *testing.T) {
	t.Parallel()
	clock := &shifted{}
	s := newStand(t, func(o *setup) { o.web.Now, o.web.SessionIdle = clock.now, 30*time.Minute })
	p := s.signIn(sandbox.DemoKey)
	for range 4 {
		clock.advance(10 * time.Minute)
		for _, path := range []string{"/agents/live", "/agents/progress", "/queues/progress"} {
			if a := p.get(path, htmx("x")...); a.header.Get("Set-Cookie") != "" && a.status == http.StatusOK {
				t.Errorf("%s keeps the session alive", path)
			}
		}
	}
	p.get("/agents").is(http.StatusSeeOther)
}

// TestSnapshotsApart: a key that sees two tenants, by the tenant given at sign-in, has
// a snapshot of each, and never the one's agents under the other's name.
func TestSnapshotsApart(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	enter := func(tenant string) *person {
		t.Helper()
		p := s.browser().english()
		form := signInForm(sandbox.DemoKeyVendor)
		form.Set("tenant_id", tenant)
		p.post("/sign-in", form).is(http.StatusSeeOther)
		p.crawled()
		return p
	}
	one, two := enter("20260310"), enter("20260415")
	one.get("/agents?q=082019").has(`tr[data-agent-id="082019"]`)
	two.get("/agents?q=082019").is(http.StatusOK).lacks("tr[data-agent-id]")
	two.get("/agents?q=071001").has(`tr[data-agent-id="071001"]`)
	one.get("/agents?q=071001").is(http.StatusOK).lacks("tr[data-agent-id]")
}

// TestUnauthorizedEverywhere: whatever was asked when the key stopped working, the key
// form is what comes next, and the session is over.
func TestUnauthorizedEverywhere(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	first := s.signIn(sandbox.DemoKey)
	form := first.editor("082019", "callin")
	form.Add("queue_ids", "1000887")
	first.save("082019", "callin", form).is(http.StatusSeeOther)
	undo := "/changes/" + s.last("082019").ID + "/undo"
	for _, tt := range []struct {
		path string
		form url.Values
	}{
		{"/agents", nil},
		{"/agents.csv", nil},
		{"/agents/live", nil},
		{"/agents/082018/recording", enabled("true")},
		{"/queues/1000888/members", url.Values{"agent_id": {"082018"}, "action": {"add"}}},
		{undo, url.Values{}},
	} {
		for _, header := range [][]string{nil, htmx("agents")} {
			p := s.signIn(sandbox.DemoKey)
			s.api.Fail(sandbox.Unauthorized().Repeat(sandbox.Always))
			method := http.MethodGet
			if tt.form != nil {
				method = http.MethodPost
			}
			a := p.do(method, tt.path, tt.form, header...)
			s.api.ClearFaults()
			to := a.location() + a.header.Get("HX-Redirect")
			if !strings.HasPrefix(to, "/sign-in?") || !strings.Contains(to, "reason=unauthorized") {
				t.Errorf("%s: %d, leads to %q", a.what, a.status, to)
			}
			if p.get("/agents").status != http.StatusSeeOther {
				t.Errorf("after %s the session is still open", a.what)
			}
		}
	}
}
