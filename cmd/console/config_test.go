package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/alohub/agentconsole/apiclient"
)

const (
	goodSecret  = "q3Zt8Jv0xY5uLr2WmKc7Hb1PdNf6SgAe"
	otherSecret = "Zx9Wv8Ut7Sr6Qp5On4Ml3Kj2Ih1Gf0Ed"
)

// parse reads a configuration from words and variables, with files that exist
// only in the test.
func parse(t *testing.T, args, environ []string) *Config {
	t.Helper()
	files := map[string]string{
		"/run/secret":   otherSecret + "\n" + goodSecret + "\n",
		"/run/database": "postgres://console:hunter2@db/console\n",
	}
	c, err := ParseConfig(Environment{
		Args:    args,
		Environ: environ,
		Usage:   io.Discard,
		ReadFile: func(name string) ([]byte, error) {
			text, ok := files[name]
			if !ok {
				return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
			}
			return []byte(text), nil
		},
	})
	if err != nil {
		t.Fatalf("ParseConfig(%q): %v", args, err)
	}
	return c
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	c := parse(t, nil, []string{"CONSOLE_SECRET=" + goodSecret, "PATH=/bin"})
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	if len(c.Warnings) != 0 {
		t.Errorf("warnings: %q", c.Warnings)
	}
	got := map[string]any{
		"listen": c.Listen, "upstreams": c.Upstreams, "auth": c.AuthHeaders, "secrets": c.Secrets,
		"database": c.Database, "base": c.BasePath, "https": c.HTTPS(), "idle": c.SessionIdle,
		"max": c.SessionMax, "metrics": c.MetricsListen, "format": c.LogFormat, "level": c.LogLevel,
		"retention": c.Retention, "evidence": c.EvidenceAge, "wait": c.DatabaseWait, "shutdown": c.Shutdown,
	}
	want := map[string]any{
		"listen": "127.0.0.1:8080",
		"upstreams": []Upstream{
			{Name: "Production", Slug: "production", URL: "https://xapi.alohub.vn"},
			{Name: "Development", Slug: "development", URL: "https://xapi-dev.alohub.vn"},
		},
		"auth": apiclient.AuthBoth, "secrets": []string{goodSecret},
		"database": "console.db", "base": "", "https": false, "idle": 30 * time.Minute,
		"max": 12 * time.Hour, "metrics": "", "format": "text", "level": slog.LevelInfo,
		"retention": time.Duration(0), "evidence": time.Minute, "wait": 30 * time.Second, "shutdown": 20 * time.Second,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("defaults (-want +got):\n%s", diff)
	}
}

func TestDemoNeedsNothing(t *testing.T) {
	t.Parallel()
	c := parse(t, []string{"-demo"}, nil)
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	if c.Database != InMemory || len(c.Secrets) != 1 {
		t.Errorf("database %q, %d secrets", c.Database, len(c.Secrets))
	}
	if again := parse(t, []string{"-demo"}, nil); again.Secrets[0] == c.Secrets[0] {
		t.Error("two demos share a secret")
	}
	if c := parse(t, []string{"-demo", "-database", "demo.db"}, nil); c.Database != "demo.db" {
		t.Errorf("a database given in a demo is ignored: %q", c.Database)
	}
}

// TestPrecedence: flag over environment over file over default.
func TestPrecedence(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name      string
		args, env []string
		field     func(*Config) any
		want      any
	}{
		{"environment over default", nil, []string{"CONSOLE_LISTEN=:9"}, func(c *Config) any { return c.Listen }, ":9"},
		{"flag over environment", []string{"-listen", ":7"}, []string{"CONSOLE_LISTEN=:9"}, func(c *Config) any { return c.Listen }, ":7"},
		{"two dashes", []string{"--listen=:7"}, nil, func(c *Config) any { return c.Listen }, ":7"},
		{"empty is not set", nil, []string{"CONSOLE_LISTEN= "}, func(c *Config) any { return c.Listen }, "127.0.0.1:8080"},
		{"an empty flag is set", []string{"-metrics-listen="}, []string{"CONSOLE_METRICS_LISTEN=:9"}, func(c *Config) any { return c.MetricsListen }, ""},
		{"file by environment", nil, []string{"CONSOLE_SECRET_FILE=/run/secret"}, func(c *Config) any { return len(c.Secrets) }, 2},
		{"file by flag", []string{"-database-file", "/run/database"}, []string{"CONSOLE_DATABASE=x.db"}, func(c *Config) any { return c.Database }, "postgres://console:hunter2@db/console"},
		{"words before flags", []string{"sessions", "end-all", "-listen", ":7"}, nil, func(c *Config) any { return strings.Join(c.Command, " ") + c.Listen }, "sessions end-all:7"},
		{"words after flags", []string{"-listen", ":7", "healthcheck"}, nil, func(c *Config) any { return strings.Join(c.Command, " ") + c.Listen }, "healthcheck:7"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, tt.field(parse(t, tt.args, tt.env))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestValues(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		setting, text string
		field         func(*Config) any
		want          any
	}{
		{"base-path", "/", func(c *Config) any { return c.BasePath }, ""},
		{"base-path", "/agents-console/", func(c *Config) any { return c.BasePath }, "/agents-console"},
		{"base-path", "/a/b", func(c *Config) any { return c.BasePath }, "/a/b"},
		{"public-url", "https://Console.example.vn/", func(c *Config) any { return c.PublicURL.String() }, "https://console.example.vn"},
		{
			"upstreams", "Sản xuất = https://a.example/api/ ,Đà Nẵng 2=http://127.0.0.1:8000",
			func(c *Config) any { return c.Upstreams },
			[]Upstream{
				{Name: "Sản xuất", Slug: "san-xuat", URL: "https://a.example/api"},
				{Name: "Đà Nẵng 2", Slug: "da-nang-2", URL: "http://127.0.0.1:8000"},
			},
		},
		{
			"upstreams", "prod:Sản xuất: miền Nam=https://a.example, b-2 : B=https://b.example",
			func(c *Config) any { return c.Upstreams },
			[]Upstream{
				{Name: "Sản xuất: miền Nam", Slug: "prod", URL: "https://a.example"},
				{Name: "B", Slug: "b-2", URL: "https://b.example"},
			},
		},
		{"auth-headers", "authorization", func(c *Config) any { return c.AuthHeaders }, apiclient.AuthAuthorization},
		{"secret", goodSecret + ", " + otherSecret + ",", func(c *Config) any { return c.Secrets }, []string{goodSecret, otherSecret}},
		{
			"trusted-proxies", "10.0.0.0/8, 127.0.0.1,::1,fd00::/8",
			func(c *Config) any { return fmt.Sprint(c.TrustedProxies) },
			fmt.Sprint([]netip.Prefix{
				netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("127.0.0.1/32"),
				netip.MustParsePrefix("::1/128"), netip.MustParsePrefix("fd00::/8"),
			}),
		},
		{"log", "json,debug", func(c *Config) any { return c.LogFormat + c.LogLevel.String() }, "jsonDEBUG"},
		{"log", "debug", func(c *Config) any { return c.LogFormat + c.LogLevel.String() }, "textDEBUG"},
		{"log", "warn,json", func(c *Config) any { return c.LogFormat + c.LogLevel.String() }, "jsonWARN"},
		{"database-wait", "5s", func(c *Config) any { return c.DatabaseWait }, 5 * time.Second},
		{"evidence-age", "0", func(c *Config) any { return evidenceAge(c.EvidenceAge) }, time.Duration(-1)},
		{"evidence-age", "5m", func(c *Config) any { return evidenceAge(c.EvidenceAge) }, 5 * time.Minute},
		{"journal-retention", "90d", func(c *Config) any { return c.Retention }, 90 * 24 * time.Hour},
		{"write-rehearsal", "development, staging", func(c *Config) any { return c.WriteRehearsal }, []string{"development", "staging"}},
		{"hsts-subdomains", "true", func(c *Config) any { return c.HSTSSubDomains }, true},
		{"frame-ancestors", "https://crm.example.vn,https://*.example.com:8443", func(c *Config) any { return c.FrameAncestors }, []string{"https://crm.example.vn", "https://*.example.com:8443"}},
	} {
		t.Run(tt.setting+" "+tt.text, func(t *testing.T) {
			t.Parallel()
			c := parse(t, []string{"-" + tt.setting, tt.text}, nil)
			if len(c.problems) > 0 {
				t.Fatalf("problems: %q", c.problems)
			}
			if diff := cmp.Diff(tt.want, tt.field(c)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	const good = "CONSOLE_SECRET=" + goodSecret
	for _, tt := range []struct {
		name string
		env  []string
		want string // part of the only problem
	}{
		{"no secret", nil, "openssl rand -base64 48"},
		{"short secret", []string{"CONSOLE_SECRET=short"}, "too short"},
		{"one of two short", []string{good + ",short"}, "secret 2 of 2"},
		{"regular secret", []string{"CONSOLE_SECRET=" + strings.Repeat("ab", 20)}, "too regular"},
		{"secret twice", []string{good, "CONSOLE_SECRET_FILE=/run/secret"}, "both set"},
		{"secret file missing", []string{"CONSOLE_SECRET_FILE=/nowhere"}, "CONSOLE_SECRET_FILE: open /nowhere"},
		{"listen without port", []string{good, "CONSOLE_LISTEN=localhost"}, "CONSOLE_LISTEN"},
		{"listen on a bad port", []string{good, "CONSOLE_LISTEN=:99999"}, "between 0 and 65535"},
		{"upstream without name", []string{good, "CONSOLE_UPSTREAMS=https://a.example"}, "Name=baseURL"},
		{"upstream of another scheme", []string{good, "CONSOLE_UPSTREAMS=A=ftp://a.example"}, "https://"},
		{"upstream with a password", []string{good, "CONSOLE_UPSTREAMS=A=https://u:hunter2@a.example"}, "user or password"},
		{"upstream with a query", []string{good, "CONSOLE_UPSTREAMS=A=https://a.example?x=1"}, "query"},
		{"upstream with a fragment", []string{good, "CONSOLE_UPSTREAMS=A=https://a.example#x"}, "fragment"},
		{"upstream with an empty fragment", []string{good, "CONSOLE_UPSTREAMS=A=https://a.example#"}, "fragment"},
		{"upstream with a port alone", []string{good, "CONSOLE_UPSTREAMS=A=https://:8443/api"}, "no host"},
		{"same short name", []string{good, "CONSOLE_UPSTREAMS=A b=https://a.example,a-B=https://b.example"}, `short name "a-b"`},
		{"no short name", []string{good, "CONSOLE_UPSTREAMS=???=https://a.example"}, "letter or digit"},
		{"a short name that is none", []string{good, "CONSOLE_UPSTREAMS=Sản xuất:A=https://a.example"}, "before the colon"},
		{"no name after the short one", []string{good, "CONSOLE_UPSTREAMS=a:=https://a.example"}, "Name=baseURL"},
		{"a chosen short name twice", []string{good, "CONSOLE_UPSTREAMS=b:A=https://a.example,B=https://b.example"}, `short name "b"`},
		{"auth headers", []string{good, "CONSOLE_AUTH_HEADERS=bearer"}, "CONSOLE_AUTH_HEADERS"},
		{"mysql", []string{good, "CONSOLE_DATABASE=mysql://db/x"}, "postgres://"},
		{"postgres without host", []string{good, "CONSOLE_DATABASE=postgres:///x"}, "no host"},
		{"base path without slash", []string{good, "CONSOLE_BASE_PATH=x"}, "begin with /"},
		{"base path climbing", []string{good, "CONSOLE_BASE_PATH=/a/../b"}, "begin with /"},
		{"base path with markup", []string{good, `CONSOLE_BASE_PATH=/"x`}, "begin with /"},
		{"public URL without scheme", []string{good, "CONSOLE_PUBLIC_URL=console.example.vn"}, "not an origin"},
		{"public URL with another path", []string{good, "CONSOLE_PUBLIC_URL=https://e.vn/x"}, "CONSOLE_BASE_PATH"},
		{"proxy", []string{good, "CONSOLE_TRUSTED_PROXIES=proxy.local"}, "not a network"},
		{"proxy with host bits", []string{good, "CONSOLE_TRUSTED_PROXIES=10.1.2.3/8"}, "is 10.0.0.0/8 meant?"},
		{"operator without proxies", []string{good, "CONSOLE_OPERATOR_HEADER=X-Forwarded-User"}, "CONSOLE_TRUSTED_PROXIES"},
		{"operator header's name", []string{good, "CONSOLE_OPERATOR_HEADER=a b", "CONSOLE_TRUSTED_PROXIES=::1"}, "header's name"},
		{"frames without https", []string{good, "CONSOLE_FRAME_ANCESTORS=https://crm.example.vn"}, "https CONSOLE_PUBLIC_URL"},
		{"frames that break the policy", []string{good, "CONSOLE_FRAME_ANCESTORS=https://a;script-src", "CONSOLE_PUBLIC_URL=https://e.vn"}, "not an origin"},
		{"idle zero", []string{good, "CONSOLE_SESSION_IDLE=0"}, "above zero"},
		{"max zero", []string{good, "CONSOLE_SESSION_MAX=0"}, "CONSOLE_SESSION_MAX: must be above zero"},
		{"no upstreams", []string{good, "CONSOLE_UPSTREAMS=,"}, "CONSOLE_UPSTREAMS: there must be at least one"},
		{"public URL with a password", []string{good, "CONSOLE_PUBLIC_URL=https://u:hunter2@e.vn"}, "not an origin"},
		{"public URL of any host", []string{good, "CONSOLE_PUBLIC_URL=https://"}, "not an origin"},
		{"idle above max", []string{good, "CONSOLE_SESSION_IDLE=13h"}, "shorter than"},
		{"negative duration", []string{good, "CONSOLE_SESSION_MAX=-1h"}, "CONSOLE_SESSION_MAX"},
		{"no duration", []string{good, "CONSOLE_JOURNAL_RETENTION=forever"}, "not a duration"},
		{"metrics on the same address", []string{good, "CONSOLE_METRICS_LISTEN=127.0.0.1:8080"}, "never served there"},
		{"log", []string{good, "CONSOLE_LOG=xml"}, "neither a format"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := parse(t, nil, tt.env)
			var problems Problems
			if err := c.Validate(); !errors.As(err, &problems) {
				t.Fatalf("Validate() = %v, want problems", err)
			}
			if len(problems) != 1 || !strings.Contains(problems[0], tt.want) {
				t.Errorf("problems %q, want one with %q", problems, tt.want)
			}
			if strings.Contains(problems.Error(), "hunter2") {
				t.Error("a problem repeats a password")
			}
		})
	}
}

func TestAllProblemsAtOnce(t *testing.T) {
	t.Parallel()
	c := parse(t, nil, []string{
		"CONSOLE_LISTEN=x", "CONSOLE_BASE_PATH=x", "CONSOLE_LOG=x", "CONSOLE_SESSION_IDLE=x",
		"CONSOLE_TRUSTED_PROXIES=x", "CONSOLE_UPSTREAMS=x", "CONSOLE_PUBLIC_URL=x",
	})
	var problems Problems
	if err := c.Validate(); !errors.As(err, &problems) || len(problems) != 8 {
		t.Errorf("want 7 bad values and a missing secret, got %d: %v", len(problems), problems)
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	c := parse(t, nil, []string{
		"CONSOLE_SECRET=" + goodSecret, "CONSOLE_LISTN=:1", "CONSOLE_LISTEN=:8080",
		"CONSOLE_TRUSTED_PROXIES=0.0.0.0/0", "CONSOLE_UPSTREAMS=A=http://a.example",
	})
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	all := strings.Join(c.Warnings, "\n")
	for _, want := range []string{"CONSOLE_LISTN", "0.0.0.0/0", "over http", "reachable from other machines"} {
		if !strings.Contains(all, want) {
			t.Errorf("no warning with %q in:\n%s", want, all)
		}
	}
}

// TestSuspicions: each of what is seldom meant is said, and only that.
func TestSuspicions(t *testing.T) {
	t.Parallel()
	const good, proxy = "CONSOLE_SECRET=" + goodSecret, "CONSOLE_TRUSTED_PROXIES=127.0.0.1"
	for _, tt := range []struct {
		name string
		env  []string
		want string // part of the only warning, "" for none
	}{
		{"a word again and again", []string{"CONSOLE_SECRET=changeme-changeme-changeme-changeme-"}, "secret 1 of 1 can be guessed"},
		{"rows of keys", []string{good + ",0123456789abcdef0123456789abcdefQWERTYzz"}, "secret 2 of 2 can be guessed"},
		{"words", []string{"CONSOLE_SECRET=agent-console-production-secret-2026"}, "openssl rand"},
		{"a sentence to be replaced", []string{"CONSOLE_SECRET=replace-this-with-a-long-random-secret!!"}, "can be guessed"},
		{"hex", []string{"CONSOLE_SECRET=f47ac10b58cc4372a5670e02b2c3d479"}, ""},
		{"base64", []string{"CONSOLE_SECRET=0O8yYxkPzJcUVUB0rzPqZJgyXr1ivPzr5NnFDPOEmqRTbOa2m1GnGgHZcIKWlqP5"}, ""},
		{"https without proxies", []string{good, "CONSOLE_PUBLIC_URL=https://e.vn"}, "address for everybody's"},
		{"https behind one", []string{good, "CONSOLE_PUBLIC_URL=https://e.vn", proxy}, ""},
		{"http at another port", []string{good, "CONSOLE_PUBLIC_URL=http://e.vn"}, "CONSOLE_TRUSTED_PROXIES"},
		{"http without a proxy", []string{good, "CONSOLE_PUBLIC_URL=http://e.vn:8080"}, ""},
		{"one address twice", []string{good, "CONSOLE_UPSTREAMS=A=https://a.example/api/,B=https://A.example:443/api"}, "A and B have the same address"},
		{"two paths of one host", []string{good, "CONSOLE_UPSTREAMS=A=https://a.example/a,B=https://a.example/b"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := parse(t, nil, tt.env)
			if err := c.Validate(); err != nil {
				t.Fatal(err)
			}
			if n := len(c.Warnings); (n > 0) != (tt.want != "") || n > 1 || n == 1 && !strings.Contains(c.Warnings[0], tt.want) {
				t.Errorf("warnings %q, want one with %q", c.Warnings, tt.want)
			}
			for _, w := range c.Warnings {
				if strings.Contains(w, "changeme") || strings.Contains(w, "QWERTY") {
					t.Error("a warning repeats a secret")
				}
			}
		})
	}
}

func TestSecretsAreNeverPrinted(t *testing.T) {
	t.Parallel()
	c := parse(t, nil, []string{
		"CONSOLE_SECRET=" + goodSecret,
		"CONSOLE_DATABASE=postgres://console:hunter2@db/console?sslpassword=hunter2",
		"CONSOLE_UPSTREAMS=A=https://u:hunter2@a.example",
	})
	var out strings.Builder
	c.Print(&out)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("config", "c", c, "v", *c)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		fmt.Fprintf(&out, verb, c)
		fmt.Fprintf(&out, verb, *c)
	}
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	out.Write(text)
	out.WriteString(fmt.Sprint(c.Validate(), c.Warnings))
	for _, secret := range []string{goodSecret, "hunter2"} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("%q is printed in:\n%s", secret, out.String())
		}
	}
	if !strings.Contains(out.String(), "postgres://db/console") {
		t.Error("the database's place is not shown")
	}
}

func TestFlagErrors(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"-nonsense"}, {"-listen"}, {"-listen", ":1", "-listen", ":2"}} {
		if _, err := ParseConfig(Environment{Args: args, Usage: io.Discard}); err == nil {
			t.Errorf("ParseConfig(%q) accepted", args)
		}
	}
	var out strings.Builder
	if _, err := ParseConfig(Environment{Args: []string{"-help"}, Usage: &out}); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("-help: %v", err)
	}
	for _, s := range settings() {
		if !strings.Contains(out.String(), s.env()) {
			t.Errorf("-help does not name %s", s.env())
		}
	}
}
