package main

import (
	"cmp"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"text/tabwriter"
	"time"
)

// Validate returns Problems with everything that is wrong, values and
// combinations alike, or nil. It adds to Warnings.
func (c *Config) Validate() error {
	problems := append(Problems(nil), c.problems...)
	add := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }

	// What the options of package web mean is said there, for every program alike. Zero
	// alone has another meaning here: it is no default.
	for _, limit := range []struct {
		name  string
		value time.Duration
	}{{"session-idle", c.SessionIdle}, {"session-max", c.SessionMax}} {
		if limit.value == 0 && !c.broken[limit.name] {
			c.broken[limit.name] = true
			add("%s: must be above zero", setting{name: limit.name}.env())
		}
	}
	settingOf := optionSettings()
	for _, p := range options(c, nil, nil).Problems() {
		name, with := settingOf[p.Option], settingOf[p.With]
		if name != "" && !c.broken[name] && !c.broken[with] {
			add("%s", p.Named(setting{name: name}.env(), setting{name: with}.env()))
		}
	}
	if c.MetricsListen != "" && c.MetricsListen == c.Listen && !strings.HasSuffix(c.Listen, ":0") {
		add("CONSOLE_METRICS_LISTEN: is the address of CONSOLE_LISTEN; /metrics is never served there")
	}
	c.suspect()
	if len(problems) == 0 {
		return nil
	}
	return problems
}

// optionSettings tells which setting becomes which option of package web.
func optionSettings() map[string]string {
	return map[string]string{
		"Upstreams": "upstreams", "AuthHeaders": "auth-headers", "Secrets": "secret", "BasePath": "base-path",
		"PublicURL": "public-url", "TrustedProxies": "trusted-proxies", "OperatorHeader": "operator-header",
		"FrameAncestors": "frame-ancestors", "HSTSSubDomains": "hsts-subdomains", "SessionIdle": "session-idle", "SessionMax": "session-max",
		"JournalRetention": "journal-retention", "ShutdownTimeout": "shutdown-timeout",
		"WriteRehearsal": "write-rehearsal",
	}
}

// suspect warns of what works but is seldom meant.
func (c *Config) suspect() {
	for _, up := range c.Upstreams {
		if u, err := url.Parse(up.URL); err == nil && u.Scheme == "http" && !loopback(u.Hostname()) {
			c.warn("CONSOLE_UPSTREAMS: %s is reached over http: keys travel readable", up.Name)
		}
	}
	places := map[string]string{}
	for _, up := range c.Upstreams {
		if other, twice := places[place(up.URL)]; twice {
			c.warn("CONSOLE_UPSTREAMS: %s and %s have the same address: what is done in one is not in the other's journal, and both count the API's limit as theirs", other, up.Name)
		}
		places[place(up.URL)] = up.Name
	}
	for i, secret := range c.Secrets {
		if !c.Demo && guessable(secret) {
			c.warn("CONSOLE_SECRET: secret %d of %d can be guessed, long as it is, and with it every session forged; make one with: openssl rand -base64 48", i+1, len(c.Secrets))
		}
	}
	if c.behindProxy() && len(c.TrustedProxies) == 0 {
		c.warn("CONSOLE_TRUSTED_PROXIES: none, but CONSOLE_PUBLIC_URL means that there is a proxy: log and sign-in limit take its address for everybody's")
	}
	for _, prefix := range c.TrustedProxies {
		if prefix.Bits() == 0 {
			c.warn("CONSOLE_TRUSTED_PROXIES: %s trusts everybody's X-Forwarded-* headers", prefix)
		}
	}
	if host, _, err := net.SplitHostPort(c.Listen); err == nil && !loopback(host) && !c.HTTPS() && !c.Demo {
		c.warn("CONSOLE_LISTEN: reachable from other machines, but CONSOLE_PUBLIC_URL is not https: API keys would travel readable")
	}
	if c.Demo && c.sources["upstreams"] != "default" {
		c.warn("CONSOLE_UPSTREAMS: not used in -demo, which has its own")
	}
}

// behindProxy reports whether people reach the console through something else: it speaks
// no https itself, and listens at one port.
func (c *Config) behindProxy() bool {
	if c.PublicURL == nil {
		return false
	}
	_, port, _ := net.SplitHostPort(c.Listen)
	return c.HTTPS() || cmp.Or(c.PublicURL.Port(), "80") != port
}

// place is an address such that two texts of one are the same.
func place(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return base
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return u.Scheme + "://" + strings.TrimSuffix(strings.ToLower(u.Hostname()), ".") + ":" + port + strings.TrimRight(u.EscapedPath(), "/")
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

// Print writes every setting with where it came from, secrets left out.
func (c *Config) Print(w io.Writer) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, s := range settings() {
		fmt.Fprintf(tw, "%s\t%s\t(%s)\n", s.env(), c.shown(s), c.sources[s.name])
	}
	_ = tw.Flush()
	fmt.Fprintln(w, c.Telemetry)
}

// shown is a setting's text as it may be printed.
func (c *Config) shown(s setting) string {
	text := c.raw[s.name]
	switch {
	case s.name == "secret":
		return fmt.Sprintf("[%d secret(s)]", len(c.Secrets))
	case s.name == "database" && strings.Contains(text, "://"):
		u, err := url.Parse(text)
		if err != nil {
			return "[redacted]"
		}
		// Query parameters may hold a password too.
		return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
	case s.name == "upstreams" && strings.Contains(text, "@"):
		return "[redacted]" // somebody put a password in: Validate says so
	}
	return text
}

// String lists the settings, secrets left out.
func (c Config) String() string {
	var b strings.Builder
	c.Print(&b)
	return b.String()
}

// Format implements fmt.Formatter, so that %+v and %#v leave secrets out too.
func (c Config) Format(f fmt.State, _ rune) { c.Print(f) }

// LogValue implements slog.LogValuer, secrets left out.
func (c Config) LogValue() slog.Value {
	var attrs []slog.Attr
	for _, s := range settings() {
		attrs = append(attrs, slog.String(s.name, c.shown(s)))
	}
	return slog.GroupValue(attrs...)
}

// MarshalText implements encoding.TextMarshaler, secrets left out.
func (c Config) MarshalText() ([]byte, error) { return []byte(c.String()), nil }
