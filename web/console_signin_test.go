package web_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/web"
)

func signInForm(key string) url.Values {
	return url.Values{"environment": {"sandbox"}, "api_key": {key}, "operator": {"Lê Thị Thử"}}
}

// shifted is a clock that a test moves on.
type shifted struct {
	offset atomic.Int64
	still  atomic.Pointer[time.Time] // set: it stands still there
}

func (c *shifted) now() time.Time {
	at := time.Now()
	if still := c.still.Load(); still != nil {
		at = *still
	}
	return at.Add(time.Duration(c.offset.Load()))
}

// stand has the clock stand still, for a test that must not depend on how long it takes.
func (c *shifted) stand()                  { at := time.Now(); c.still.Store(&at) }
func (c *shifted) advance(d time.Duration) { c.offset.Add(int64(d)) }

func TestSignIn(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.browser()
	p.get("/sign-in").has("input[name=environment]").has("input[name=api_key][type=password][autocomplete=off]").
		has("input[name=tenant_id]").has("input[name=operator]").has("input[name=next]")
	a := p.post("/sign-in", signInForm(oddKey)).is(http.StatusSeeOther)
	if a.location() != "/agents" {
		t.Errorf("leads to %s", a.location())
	}
	cookies := a.header.Values("Set-Cookie")
	if len(cookies) != 1 {
		t.Fatalf("%d cookies", len(cookies))
	}
	for _, want := range []string{"; Path=/;", "; HttpOnly", "; SameSite=Lax"} {
		if !strings.Contains(cookies[0]+";", want) {
			t.Errorf("no %q in %s", want, cookies[0][strings.Index(cookies[0], ";"):])
		}
	}
	p.get("/agents").is(http.StatusOK).says("Lê Thị Thử").says("Sandbox").has("#sign-out")
	for _, c := range s.api.Calls() {
		if c.Header.Get("X-Api-Key") != oddKey || c.Header.Get("Authorization") != oddKey {
			t.Fatalf("the key went as %q and %q", c.Header.Get("X-Api-Key"), c.Header.Get("Authorization"))
		}
	}
}

func TestSignInRefused(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		form    url.Values
		fault   *sandbox.Fault
		env     string
		status  int
		failure string
		calls   bool // upstream
	}{
		{name: "a wrong key", form: signInForm("sk_wrong_key_00000000"), status: 401, failure: "unauthorized", calls: true},
		{name: "a key without the scope", form: signInForm(sandbox.DemoKeyNoScope), status: 403, failure: "insufficient-scope", calls: true},
		{name: "nobody at the address", form: signInForm(sandbox.DemoKey), env: "dead", status: 502, failure: "unreachable"},
		{name: "no answer in time", form: signInForm(sandbox.DemoKey), fault: new(sandbox.Silence().Repeat(sandbox.Always)), status: 504, failure: "unreachable", calls: true},
		{name: "a captive portal", form: signInForm(sandbox.DemoKey), fault: new(sandbox.CaptivePortal().Repeat(sandbox.Always)), status: 502, failure: "unreachable", calls: true},
		{name: "500", form: signInForm(sandbox.DemoKey), fault: new(sandbox.SystemError().Repeat(sandbox.Always)), status: 502, failure: "failed", calls: true},
		{name: "429", form: signInForm(sandbox.DemoKey), fault: new(sandbox.RateLimited("7")), status: 429, failure: "rate-limited", calls: true},
		{name: "a key that echoes", form: signInForm(sandbox.DemoKey), fault: new(sandbox.EchoedKey().Repeat(sandbox.Always)), status: 502, failure: "failed", calls: true},
		{name: "no key", form: signInForm(""), status: 422, failure: "invalid-input"},
		{name: "a key longer than any", form: signInForm(strings.Repeat("k", 3000)), status: 422, failure: "invalid-input"},
		{name: "an unknown environment", form: url.Values{"environment": {"<b>"}, "api_key": {"x"}}, status: 422, failure: "invalid-input"},
		{name: "a tenant that is no number", form: url.Values{"environment": {"sandbox"}, "api_key": {sandbox.DemoKey}, "tenant_id": {"x1"}}, status: 422, failure: "invalid-input"},
		{name: "a tenant the key does not see", form: url.Values{"environment": {"sandbox"}, "api_key": {sandbox.DemoKey}, "tenant_id": {"20260415"}}, status: 403, failure: "insufficient-scope", calls: true},
		{name: "a key that is no header", form: signInForm("khóa của tôi"), status: 401, failure: "unauthorized"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var hurry impatience
			s := newStand(t, hurry.wearies, func(o *setup) {
				o.web.Upstreams = append(o.web.Upstreams, web.Upstream{Name: "Dead", Slug: "dead", BaseURL: "http://127.0.0.1:1"})
			})
			s.keys = append(s.keys, strings.Repeat("k", 1025), "khóa của tôi")
			if tt.fault != nil {
				s.api.Fail(*tt.fault)
			}
			if tt.status == http.StatusGatewayTimeout {
				hurry.arm(sandbox.OpList, 100)
			}
			if tt.env != "" {
				tt.form.Set("environment", tt.env)
			}
			tt.form.Set("next", "/agents?status=1")
			p := s.browser()
			a := p.post("/sign-in", tt.form).fails(tt.status, tt.failure)
			if len(a.header.Values("Set-Cookie")) > 0 {
				t.Error("a cookie was set")
			}
			// What was typed stays, but the key: a page is no place for it.
			if got := a.form("form[action='/sign-in']"); got.Get("operator") != tt.form.Get("operator") || got.Get("next") != "/agents?status=1" ||
				got.Get("tenant_id") != tt.form.Get("tenant_id") || got.Get("api_key") != "" {
				t.Errorf("the form came back as %v", got)
			}
			if calls := len(s.api.Calls()); (calls > 0) != tt.calls {
				t.Errorf("%d calls upstream", calls)
			}
			p.get("/agents").is(http.StatusSeeOther)

			// htmx gets the notice alone, so that the typed key stays in its field.
			part := p.post("/sign-in", tt.form, htmx("signin-notice")...)
			if part.find("#signin-notice [data-failure]").Length() != 1 || part.find("form").Length() != 0 {
				t.Errorf("htmx got %s", part.body)
			}
			if tt.status == 429 && (a.header.Get("Retry-After") != "7" || a.attrs("[data-failure]", "data-retry-after")[0] != "7") {
				t.Errorf("Retry-After %q", a.header.Get("Retry-After"))
			}
		})
	}
}

// TestLongKey: a key that fits keeps working, and one that fits no cookie is said
// so at once instead of signing somebody out at the next page.
func TestLongKey(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("k7", 512)
	s := newStand(t, func(o *setup) {
		o.sandbox = func(c *sandbox.Config) {
			c.Keys = append(c.Keys, sandbox.Key{Secret: long, Tenants: []int64{sandbox.AloHub}, Scopes: []string{sandbox.ScopeAgent}})
		}
	})
	s.keys = append(s.keys, long)
	p := s.browser()
	form := signInForm(long)
	form.Set("operator", strings.Repeat("ư", 200)) // cut, not refused
	a := p.post("/sign-in", form).is(http.StatusSeeOther)
	if n := len(a.header.Get("Set-Cookie")); n > 4096 {
		t.Errorf("a cookie of %d bytes", n)
	}
	p.get("/agents").is(http.StatusOK)
}

// TestKeyBehindProxy: a proxy keeps 4 KB for the header of an answer and makes a 502 of
// a longer one, for ever, since each page may carry the cookie. A key that would lead there is refused with the
// reason; all others pass, whatever the settings add to the header.
func TestKeyBehindProxy(t *testing.T) {
	t.Parallel()
	sizes := []int{1024, 1400, 1700, 1900, 2000, 2100, 2200, 2300}
	key := func(n int) string { return strings.Repeat("k7", n/2) }
	s := newStand(t, func(o *setup) {
		o.web.PublicURL = must(url.Parse("https://console.example.vn"))
		o.web.FrameAncestors = []string{"https://intranet.example.vn", "https://crm.example.vn"}
		o.sandbox = func(c *sandbox.Config) {
			for _, n := range sizes {
				c.Keys = append(c.Keys, sandbox.Key{Secret: key(n), Tenants: []int64{sandbox.AloHub}, Scopes: []string{sandbox.ScopeAgent}})
			}
		}
	})
	refused := 0
	for _, n := range sizes {
		form := signInForm(key(n))
		form.Set("next", "/agents?status=1&q=nguyen&page=3&size=100&sort=-name")
		a := s.browser().english().post("/sign-in", form)
		if a.status != http.StatusSeeOther {
			refused++
			a.fails(http.StatusUnprocessableEntity, "invalid-input").says("4 KB")
			continue
		}
		value, _, _ := strings.Cut(a.header.Get("Set-Cookie"), ";")
		for _, a := range []*answer{a, s.browser().get("/agents", "Cookie", value).is(http.StatusOK)} {
			var header strings.Builder
			fmt.Fprintf(&header, "HTTP/1.1 %d Unprocessable Content\r\n", a.status)
			_ = a.header.Write(&header)
			if header.Len() > 4096-2 {
				t.Errorf("a key of %d bytes is let in, and %s answers with a header of %d bytes", n, a.what, header.Len()+2)
			}
		}
	}
	if refused == 0 || refused > 6 {
		t.Errorf("%d of %d keys refused", refused, len(sizes))
	}
}

func TestNext(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	for next, want := range map[string]string{
		"/agents?status=1&page=2":                   "/agents?status=1&page=2",
		"/agents/082019/queues?type=callin&draft=1": "/agents/082019/queues?type=callin&draft=1",
		"":                              "/agents",
		"//evil.example/":               "/agents",
		"/\\evil.example/":              "/agents",
		"\\\\evil.example":              "/agents",
		"https://evil.example/":         "/agents",
		"https:evil.example":            "/agents",
		"javascript:alert(1)":           "/agents",
		"/\t/evil.example":              "/agents",
		"/agents\r\nSet-Cookie: a=b":    "/agents",
		"/%2f%2fevil.example":           "/agents",
		"evil.example":                  "/agents",
		"/sign-out":                     "/agents",
		"/" + strings.Repeat("a", 5000): "/agents",
		"/agents?next=https://evil.example/&x=//evil": "/agents?next=https://evil.example/&x=//evil",
	} {
		p := s.browser()
		form := signInForm(sandbox.DemoKey)
		form.Set("next", next)
		if a := p.post("/sign-in", form).is(http.StatusSeeOther); a.location() != want || len(a.header.Values("Set-Cookie")) != 1 {
			t.Errorf("next %q leads to %q", next, a.location())
		}
		if a := p.post("/sign-in", form, htmx("signin-notice")...).is(http.StatusNoContent); a.header.Get("HX-Redirect") != want {
			t.Errorf("next %q leads htmx to %q", next, a.header.Get("HX-Redirect"))
		}
		shown := s.browser().get("/sign-in?" + url.Values{"next": {next}}.Encode()).form("form[action='/sign-in']").Get("next")
		if shown != "" && shown != want {
			t.Errorf("next %q stands in the form as %q", next, shown)
		}
		if a := p.post("/preferences", url.Values{"lang": {"en"}, "next": {next}}).is(http.StatusSeeOther); strings.Contains(a.location(), "evil") && a.location() != want {
			t.Errorf("next %q leads preferences to %q", next, a.location())
		}
	}
}

// TestWrongKeysLockNobodyOut: wrong keys of one person are that person's alone. Whoever
// stands behind the same address is let in, also with the next key of the same person.
func TestWrongKeysLockNobodyOut(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.browser()
	for i := range 15 {
		p.post("/sign-in", signInForm(fmt.Sprintf("sk_wrong_key_%08d", i))).fails(http.StatusUnauthorized, "unauthorized")
	}
	s.browser().post("/sign-in", signInForm(sandbox.DemoKeyAnother)).is(http.StatusSeeOther)
	p.enter(sandbox.DemoKey)
}

// TestOneWrongKey: one key that is refused again and again is asked about some times,
// then less often; that stops no other key, and time heals.
func TestOneWrongKey(t *testing.T) {
	t.Parallel()
	clock := &shifted{}
	s := newStand(t, func(o *setup) { o.web.Now = clock.now })
	p := s.browser()
	for range 10 {
		p.post("/sign-in", signInForm("sk_wrong_key_00000000")).fails(http.StatusUnauthorized, "unauthorized")
	}
	s.api.ResetCalls()
	a := p.post("/sign-in", signInForm("sk_wrong_key_00000000")).fails(http.StatusTooManyRequests, "rate-limited")
	wait, err := strconv.Atoi(a.header.Get("Retry-After"))
	if err != nil || wait < 20 || wait > 30 || a.attrs("[data-failure]", "data-retry-after")[0] != strconv.Itoa(wait) {
		t.Errorf("Retry-After %q", a.header.Get("Retry-After"))
	}
	if n := len(s.api.Calls()); n > 0 {
		t.Errorf("%d keys were tried", n)
	}
	p.enter(sandbox.DemoKey)
	clock.advance(time.Duration(wait) * time.Second)
	s.browser().post("/sign-in", signInForm("sk_wrong_key_00000000")).fails(http.StatusUnauthorized, "unauthorized")
}

// TestGuessing: the console is no place to try keys at. Keys that nobody knows are
// tried a second apart in the end; a key that was good here is let in meanwhile.
func TestGuessing(t *testing.T) {
	t.Parallel()
	clock := &shifted{}
	s := newStand(t, func(o *setup) { o.web.Now = clock.now })
	p := s.browser()
	b := s.browser()
	b.enter(sandbox.DemoKey)
	b.crawled()
	clock.stand()
	guess := func(i int) *answer { return p.post("/sign-in", signInForm(fmt.Sprintf("sk_guess_%08d", i))) }
	i := 0
	for guess(i).status == http.StatusUnauthorized {
		if i++; i > 400 {
			t.Fatal("keys can be guessed for ever")
		}
	}
	if i < 100 {
		t.Errorf("the brake came after %d keys", i)
	}
	s.api.ResetCalls()
	a := guess(i).fails(http.StatusTooManyRequests, "rate-limited")
	if wait, err := strconv.Atoi(a.header.Get("Retry-After")); err != nil || wait > 2 {
		t.Errorf("Retry-After %q", a.header.Get("Retry-After"))
	}
	if n := len(s.api.Calls()); n > 0 {
		t.Errorf("%d keys were tried", n)
	}
	s.browser().post("/sign-in", signInForm(sandbox.DemoKey)).is(http.StatusSeeOther)
	clock.advance(2 * time.Second)
	guess(i).fails(http.StatusUnauthorized, "unauthorized")
}

// TestTenantHeader: a key of the vendor's support sees the tenant that was named.
func TestTenantHeader(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.browser()
	form := signInForm(sandbox.DemoKeyVendor)
	form.Set("tenant_id", fmt.Sprint(sandbox.Another))
	p.post("/sign-in", form).is(http.StatusSeeOther)
	p.get("/agents").is(http.StatusOK).has(`table[data-total="57"]`)
	for _, c := range s.api.Calls() {
		if c.Header.Get("X-Tenant-Id") != fmt.Sprint(sandbox.Another) {
			t.Fatalf("X-Tenant-ID %q", c.Header.Get("X-Tenant-Id"))
		}
	}
}

// TestKeyForms is the control of every scan for keys.
func TestKeyForms(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		oddKey, url.Values{"k": {oddKey}}.Encode(), "/x/" + url.PathEscape(oddKey), "sk_odd/+=&amp;&#34;&lt;k&gt;&#39;%41;~",
		"eyJrZXkiOiAi" + "c2tfb2RkLys9JiI8az4nJTQxO34" + "ifQ==",
	} {
		found := false
		for _, form := range keyForms(oddKey) {
			found = found || strings.Contains(text, form)
		}
		if !found {
			t.Errorf("the scan overlooks %q", text)
		}
	}
}

// TestKeyComesFromTheBody: an address is logged and kept, so no key is taken from one.
func TestKeyComesFromTheBody(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	s.browser().post("/sign-in?environment=sandbox&api_key="+sandbox.DemoKeyAnother, url.Values{"environment": {"sandbox"}}).
		fails(http.StatusUnprocessableEntity, "invalid-input")
}

// TestOutageLocksNobodyOut: tries that never reached the API tell nothing of a key.
func TestOutageLocksNobodyOut(t *testing.T) {
	t.Parallel()
	s := newStand(t, func(o *setup) {
		o.web.Upstreams = []web.Upstream{{Name: "Dead", Slug: "dead", BaseURL: "http://127.0.0.1:1"}}
	})
	form := signInForm(sandbox.DemoKey)
	form.Set("environment", "dead")
	for range 12 {
		s.browser().post("/sign-in", form).fails(http.StatusBadGateway, "unreachable")
		s.browser().post("/sign-in", signInForm("")).is(http.StatusUnprocessableEntity)
	}
	s.browser().post("/sign-in", signInForm(sandbox.DemoKey)).is(http.StatusSeeOther)
}

// TestLanguageKeepsTheWayBack: switching on the key form loses neither where people
// were nor their draft.
func TestLanguageKeepsTheWayBack(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	p := s.browser()
	form := p.get("/sign-in?next=%2Fagents%3Fstatus%3D1").form("form.menu-form")
	form.Set("lang", "en")
	if to := p.post("/preferences", form).is(http.StatusSeeOther).location(); to != "/sign-in?next=%2Fagents%3Fstatus%3D1" {
		t.Errorf("leads to %s", to)
	}
	form.Set("next", "/sign-in?next=//evil.example")
	if to := p.post("/preferences", form).is(http.StatusSeeOther).location(); to != "/sign-in" {
		t.Errorf("leads to %s", to)
	}
}

// TestOperatorOfEachRequest: whom the proxy names now is who acts now, whoever had
// signed in; and nobody names themselves where the proxy is to do it.
func TestOperatorOfEachRequest(t *testing.T) {
	t.Parallel()
	s := newStand(t, func(o *setup) {
		o.web.TrustedProxies, o.web.OperatorHeader = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, "X-Forwarded-User"
	})
	p := s.browser().english()
	p.do(http.MethodPost, "/sign-in", signInForm(sandbox.DemoKey), "X-Forwarded-User", "An").is(http.StatusSeeOther)
	p.crawled()
	for _, name := range []string{"An", "Bình", ""} {
		p.post("/agents/082018/recording", enabled("true"), "X-Forwarded-User", name).is(http.StatusSeeOther)
		if got := s.last("082018").Operator; got != name {
			t.Errorf("journalled as %q, want %q", got, name)
		}
	}
}
