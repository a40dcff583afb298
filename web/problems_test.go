package web_test

import (
	"errors"
	"math"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/alohub/agentconsole/web"
)

// sound are options that nothing is wrong with.
func sound(t *testing.T) web.Options {
	t.Helper()
	return web.Options{
		Upstreams: []web.Upstream{{Name: "Spare", Slug: "spare", BaseURL: "http://127.0.0.1:1/api"}},
		Secrets:   []string{secret}, Store: memoryStore(t),
	}
}

func mustURL(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// TestProblems: each thing that is wrong is said by the option's name, and New refuses
// what Problems does.
func TestProblems(t *testing.T) {
	t.Parallel()
	proxy := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	another := func(o *web.Options, u web.Upstream) { o.Upstreams = append(o.Upstreams, u) }
	for _, tt := range []struct {
		name   string
		change func(*web.Options)
		want   []string // "Option: part of the reason", none where all is well
	}{
		{"sound", func(*web.Options) {}, nil},
		{"no store", func(o *web.Options) { o.Store = nil }, []string{"Store: required"}},
		{"no upstream", func(o *web.Options) { o.Upstreams = nil }, []string{"Upstreams: at least one"}},
		{"no name", func(o *web.Options) { another(o, web.Upstream{Name: " ", Slug: "b", BaseURL: "http://b"}) }, []string{"Upstreams: 2 of 2 has no name"}},
		{"a name twice", func(o *web.Options) { another(o, web.Upstream{Name: "Spare", Slug: "b", BaseURL: "http://b"}) }, []string{`Upstreams: two are named "Spare"`}},
		{"no slug", func(o *web.Options) { another(o, web.Upstream{Name: "B", BaseURL: "http://b"}) }, []string{`Upstreams: "B" has no short name`}},
		{"a slug twice", func(o *web.Options) { another(o, web.Upstream{Name: "B", Slug: "spare", BaseURL: "http://b"}) }, []string{`Upstreams: "Spare" and "B" have the same short name "spare"`}},
		{"a slug of other letters", func(o *web.Options) { o.Upstreams[0].Slug = "Sản xuất" }, []string{"Upstreams: may have only a-z"}},
		{"a slug with a slash", func(o *web.Options) { o.Upstreams[0].Slug = "a/b" }, []string{"Upstreams: may have only a-z"}},
		{"no base URL", func(o *web.Options) { o.Upstreams[0].BaseURL = "" }, []string{"Upstreams: must begin with http", "Upstreams: names no host"}},
		{"a base URL with a password", func(o *web.Options) { o.Upstreams[0].BaseURL = "https://u:hunter2@h" }, []string{"Upstreams: user or password"}},
		{"a base URL with a query", func(o *web.Options) { o.Upstreams[0].BaseURL = "https://h?x=1" }, []string{"Upstreams: without a query"}},
		{"a base URL that is none", func(o *web.Options) { o.Upstreams[0].BaseURL = "http://h\x7f:hunter2" }, []string{"Upstreams: cannot be parsed"}},
		{"auth headers", func(o *web.Options) { o.AuthHeaders = "bearer" }, []string{"AuthHeaders: bearer"}},
		{"no secret", func(o *web.Options) { o.Secrets = nil }, []string{"Secrets: openssl rand"}},
		{"a short secret", func(o *web.Options) { o.Secrets = []string{secret, "hunter2"} }, []string{"Secrets: secret 2 of 2 is too short"}},
		{"base path of the root", func(o *web.Options) { o.BasePath = "/" }, nil},
		{"base path", func(o *web.Options) { o.BasePath = "/a/b-c_d.e~1" }, nil},
		{"base path without its slash", func(o *web.Options) { o.BasePath = "console" }, []string{"BasePath: must begin with /"}},
		{"base path with a slash at its end", func(o *web.Options) { o.BasePath = "/console/" }, []string{"BasePath: no / at its end"}},
		{"base path with two slashes", func(o *web.Options) { o.BasePath = "/a//b" }, []string{"BasePath: nor two in a row"}},
		{"base path of another host", func(o *web.Options) { o.BasePath = "//evil.example" }, []string{"BasePath: nor two in a row"}},
		{"base path climbing", func(o *web.Options) { o.BasePath = "/a/../b" }, []string{"BasePath: must begin"}},
		{"base path with markup", func(o *web.Options) { o.BasePath = `/"x` }, []string{"BasePath: must begin"}},
		{"base path with a query", func(o *web.Options) { o.BasePath = "/a?b" }, []string{"BasePath: must begin"}},
		{"base path with a parameter", func(o *web.Options) { o.BasePath = "/:a" }, []string{"BasePath: must begin"}},
		{"public URL", func(o *web.Options) { o.PublicURL, o.BasePath = mustURL(t, "https://e.vn/x/"), "/x" }, nil},
		{"public URL without a scheme", func(o *web.Options) { o.PublicURL = mustURL(t, "e.vn") }, []string{"PublicURL: not an origin"}},
		{"public URL with a password", func(o *web.Options) { o.PublicURL = mustURL(t, "https://u:hunter2@e.vn") }, []string{"PublicURL: not an origin"}},
		{"public URL of another path", func(o *web.Options) { o.PublicURL = mustURL(t, "https://e.vn/x") }, []string{"PublicURL: set BasePath to it"}},
		{"a network that is none", func(o *web.Options) { o.TrustedProxies = make([]netip.Prefix, 1) }, []string{"TrustedProxies: none"}},
		{"operator header", func(o *web.Options) { o.OperatorHeader, o.TrustedProxies = "X-User", proxy }, nil},
		{"operator header without proxies", func(o *web.Options) { o.OperatorHeader = "X-User" }, []string{"OperatorHeader: needs TrustedProxies"}},
		{"operator header that is none", func(o *web.Options) { o.OperatorHeader, o.TrustedProxies = "a b", proxy }, []string{"OperatorHeader: not a header's name"}},
		{"operator told twice", func(o *web.Options) {
			o.OperatorHeader, o.TrustedProxies = "X-User", proxy
			o.Operator = func(*http.Request) string { return "" }
		}, []string{"OperatorHeader: Operator names people"}},
		{"frames", func(o *web.Options) {
			o.FrameAncestors, o.PublicURL = []string{"https://*.example.vn:8443"}, mustURL(t, "https://e.vn")
		}, nil},
		{"frames without https", func(o *web.Options) {
			o.FrameAncestors, o.PublicURL = []string{"https://crm.example.vn"}, mustURL(t, "http://e.vn")
		}, []string{"FrameAncestors: needs an https PublicURL"}},
		{"sub-domains without https", func(o *web.Options) {
			o.HSTSSubDomains, o.PublicURL = true, mustURL(t, "http://e.vn")
		}, []string{"HSTSSubDomains: needs an https PublicURL"}},
		{"a rehearsal nowhere", func(o *web.Options) {
			o.WriteRehearsal = []string{o.Upstreams[0].Slug, "elsewhere"}
		}, []string{"WriteRehearsal: \"elsewhere\" is the short name of none of Upstreams"}},
		{"frames that break the policy", func(o *web.Options) {
			o.FrameAncestors, o.PublicURL = []string{"https://a;script-src", "*"}, mustURL(t, "https://e.vn")
		}, []string{"FrameAncestors: not an origin", "FrameAncestors: not an origin"}},
		{"negative durations", func(o *web.Options) {
			o.SessionIdle, o.SessionMax, o.JournalRetention, o.ShutdownTimeout = -1, -1, -1, -1
			o.ReadTimeout, o.AttemptTimeout, o.WriteTimeout = -1, -1, -1
			o.SnapshotMaxAge, o.SnapshotIdle, o.SentFor, o.ReadBackPause = -1, -1, -1, -1
		}, []string{
			"SessionIdle: negative", "SessionMax: negative", "JournalRetention: negative", "ShutdownTimeout: negative",
			"ReadTimeout: negative", "AttemptTimeout: negative", "WriteTimeout: negative",
			"SnapshotMaxAge: negative", "SnapshotIdle: negative", "SentFor: negative",
		}},
		{"idle above max", func(o *web.Options) { o.SessionIdle = 13 * time.Hour }, []string{"SessionMax: 12h0m0s is shorter than SessionIdle, 13h0m0s"}},
		{"reserve", func(o *web.Options) { o.Reserve = math.NaN() }, []string{"Reserve: below 1"}},
		{"all at once", func(o *web.Options) { *o = web.Options{BasePath: "x", SentFor: -1} }, []string{
			"Store: required", "Secrets: missing", "Upstreams: at least one", "BasePath: must begin", "SentFor: negative",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := sound(t)
			tt.change(&o)
			problems := o.Problems()
			if len(problems) != len(tt.want) {
				t.Fatalf("%d problems, want %d: %v", len(problems), len(tt.want), problems)
			}
			console, err := web.New(o)
			if (err == nil) != (len(tt.want) == 0) {
				t.Fatalf("New: %v", err)
			}
			if err == nil {
				console.Close()
			}
			for i, want := range tt.want {
				option, reason, _ := strings.Cut(want, ": ")
				p := problems[i]
				if p.Option != option || !strings.Contains(p.Error(), reason) {
					t.Errorf("%s: %q, want %q", p.Option, p, want)
				}
				if !strings.Contains(err.Error(), p.Error()) {
					t.Errorf("New does not say %q: %v", p, err)
				}
				if typed := (*web.OptionError)(nil); !errors.As(err, &typed) {
					t.Errorf("New's error is no OptionError: %v", err)
				}
			}
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Errorf("an error repeats a secret: %v", err)
			}
		})
	}
}

// TestProblemsByAnotherName: a program with settings of its own says theirs.
func TestProblemsByAnotherName(t *testing.T) {
	t.Parallel()
	o := sound(t)
	o.OperatorHeader, o.BasePath = "X-User", "x"
	var got []string
	for _, p := range o.Problems() {
		got = append(got, p.Named("<"+p.Option+">", "<"+p.With+">"))
	}
	slices.Sort(got)
	want := []string{
		`<BasePath>: "x" must begin with /, have no / at its end nor two in a row, and consist of letters, digits and - _ . ~`,
		"<OperatorHeader>: needs <TrustedProxies>: nobody else is believed",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
