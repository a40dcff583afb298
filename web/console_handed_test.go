package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/web"
)

// accounts is a program's own sign-in: whom a header names has the key of that account.
func accounts(o *setup) {
	o.web.Authenticate = func(r *http.Request) web.Person {
		p := web.Person{Operator: r.Header.Get("X-Account")}
		switch p.Operator {
		case "Lan", "Minh":
			p.Key = apiclient.NewSecret(sandbox.DemoKey)
		case "Vendor":
			p.Key, p.Environment, p.TenantID = apiclient.NewSecret(sandbox.DemoKeyVendor), "sandbox", fmt.Sprint(sandbox.Another)
		case "Revoked":
			p.Key = apiclient.NewSecret("sk_wrong_key_00000000")
		case "Astray":
			p.Key, p.Environment = apiclient.NewSecret(sandbox.DemoKey), "elsewhere"
		}
		return p
	}
}

// TestHandedKey: a program's own sign-in is enough. No form, no cookie; the journal names
// the person, in the tenant that the API answered the key with.
func TestHandedKey(t *testing.T) {
	t.Parallel()
	s := newStand(t, accounts)
	p := s.browser().english()
	as := func(name string) []string { return []string{"X-Account", name} }
	var answers []*answer
	see := func(a *answer) *answer { answers = append(answers, a); return a }

	see(p.get("/agents", as("Lan")...)).is(http.StatusOK).says("Lan").lacks("#sign-out")
	see(p.get("/agents/082018/queues?type=callin", as("Lan")...)).is(http.StatusOK)
	see(p.post("/agents/082018/recording", enabled("true"), as("Lan")...)).is(http.StatusSeeOther)
	if e := s.last("082018"); e.Operator != "Lan" || e.Scope != aloHub() {
		t.Errorf("journalled by %q in %+v", e.Operator, e.Scope)
	}
	see(p.post("/agents/082018/recording", enabled("false"), as("Minh")...)).is(http.StatusSeeOther)
	if e := s.last("082018"); e.Operator != "Minh" {
		t.Errorf("journalled by %q", e.Operator)
	}
	see(p.get("/changes", as("Lan")...)).is(http.StatusOK).says("Minh")
	if to := see(p.get("/sign-in?next=%2Fqueues", as("Lan")...)).is(http.StatusSeeOther).location(); to != "/queues" {
		t.Errorf("the key form leads to %s", to)
	}
	if to := see(p.post("/sign-in", signInForm(sandbox.DemoKeyAnother), as("Lan")...)).is(http.StatusSeeOther).location(); to != "/agents" {
		t.Errorf("a key that is given leads to %s", to)
	}
	see(p.post("/sign-out", nil, as("Lan")...)).is(http.StatusSeeOther)
	see(p.get("/agents", as("Lan")...)).is(http.StatusOK)
	see(p.get("/agents", as("Vendor")...)).is(http.StatusOK).has(`table[data-total="57"]`)
	for _, a := range answers {
		if set := a.header.Values("Set-Cookie"); len(set) > 0 {
			t.Errorf("%s sets %q", a.what, set)
		}
	}
	// Without the program's word nobody is signed in.
	p.get("/agents").is(http.StatusSeeOther)

	// Another site cannot use the program's sign-in to change something.
	puts := len(s.puts())
	p.post("/agents/082018/recording", enabled("true"), append(as("Lan"), "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example")...).is(http.StatusForbidden)
	if len(s.puts()) != puts {
		t.Error("another site's request was sent")
	}
}

// TestHandedKeyOfNoUse: that is said, and leads to no form, which would lead back.
func TestHandedKeyOfNoUse(t *testing.T) {
	t.Parallel()
	s := newStand(t, accounts)
	p := s.browser().english()
	p.get("/agents", "X-Account", "Revoked").fails(http.StatusUnauthorized, "unauthorized").says("key of your account")
	p.get("/agents", append(htmx("agents"), "X-Account", "Revoked")...).is(http.StatusUnauthorized)
	p.get("/agents", "X-Account", "Astray").fails(http.StatusInternalServerError, "failed")
	if !strings.Contains(s.log.String(), `\"elsewhere\", which is not configured`) {
		t.Error("the log does not say why")
	}

	// A key that stops working, while pages are open.
	p.get("/agents", "X-Account", "Lan").is(http.StatusOK)
	s.api.Fail(sandbox.Unauthorized().Repeat(sandbox.Always))
	p.get("/agents", "X-Account", "Lan").fails(http.StatusUnauthorized, "unauthorized")
	p.get("/changes", "X-Account", "Lan").fails(http.StatusUnauthorized, "unauthorized") // nor the journal
	s.api.ClearFaults()
	p.get("/changes", "X-Account", "Lan").is(http.StatusOK)
	s.api.Fail(sandbox.SystemError().Repeat(sandbox.Always))
	s.browser().get("/agents", "X-Account", "Minh").fails(http.StatusBadGateway, "failed")
}

// TestNamedWithoutKey: whom the program only names signs in as ever, under that name.
func TestNamedWithoutKey(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	s := newStand(t, accounts, func(o *setup) {
		inner := o.web.Authenticate
		o.web.Authenticate = func(r *http.Request) web.Person { asked.Add(1); return inner(r) }
	})
	p := s.browser().english()
	p.do(http.MethodPost, "/sign-in", signInForm(sandbox.DemoKey), "X-Account", "Hoa").is(http.StatusSeeOther)
	p.crawled()
	p.post("/agents/082018/recording", enabled("true"), "X-Account", "Hoa").is(http.StatusSeeOther)
	if e := s.last("082018"); e.Operator != "Hoa" || e.Scope != aloHub() {
		t.Errorf("journalled by %q in %+v", e.Operator, e.Scope)
	}
	before := asked.Load()
	p.get("/agents", "X-Account", "Hoa").is(http.StatusOK).has("#sign-out")
	if n := asked.Load() - before; n != 1 {
		t.Errorf("asked %d times in one request", n)
	}
}

func TestPersonPrintsNoKey(t *testing.T) {
	t.Parallel()
	p := web.Person{Operator: "Lan", Key: apiclient.NewSecret(sandbox.DemoKey)}
	if text := fmt.Sprintf("%v %+v %#v", p, p, p); strings.Contains(text, sandbox.DemoKey) {
		t.Error(text)
	}
}
