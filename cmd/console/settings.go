package main

import (
	"crypto/rand"
	"strings"

	"github.com/alohub/agentconsole/apiclient"
)

// setting is one row of the table in docs: a flag, an environment variable, a
// default, and how its text becomes a field of Config.
type setting struct {
	name     string   // of the flag; env() is the variable
	value    string   // what it is given, in capitals: "SPAN"
	words    []string // values that a shell offers; nil where it knows none
	usage    string
	fallback string
	demo     func() string // the default in -demo, where it differs
	secret   bool          // never printed; may be given as a file
	set      func(*Config, string) error
}

// env is CONSOLE_ and the name in capitals: "base-path" is CONSOLE_BASE_PATH.
func (s setting) env() string {
	return "CONSOLE_" + strings.ToUpper(strings.ReplaceAll(s.name, "-", "_"))
}

// settings is the one list of all settings.
func settings() []setting {
	return []setting{
		{
			name: "listen", value: "ADDRESS", usage: "address to listen on", fallback: "127.0.0.1:8080",
			set: func(c *Config, text string) (err error) {
				c.Listen, err = parseListen(text)
				return err
			},
		},
		{
			name: "upstreams", value: "LIST", usage: "environments of the API: Name=baseURL, or slug:Name=baseURL to keep the journal when the name changes, comma-separated",
			fallback: "Production=https://xapi.alohub.vn,Development=https://xapi-dev.alohub.vn",
			set: func(c *Config, text string) (err error) {
				c.Upstreams, err = parseUpstreams(text)
				return err
			},
		},
		{
			name: "auth-headers", value: "WORD", words: []string{string(apiclient.AuthBoth), string(apiclient.AuthXAPIKey), string(apiclient.AuthAuthorization)}, usage: "headers that carry the key: both, x-api-key or authorization", fallback: "both",
			set: func(c *Config, text string) (err error) {
				c.AuthHeaders, err = apiclient.ParseAuthHeaders(text)
				return err
			},
		},
		{
			name: "secret", value: "LIST", usage: "session secrets of at least 32 bytes, newest first, comma-separated; required but in -demo",
			secret: true,
			demo:   func() string { return rand.Text() + rand.Text() },
			set: func(c *Config, text string) error {
				c.Secrets = parseList(text)
				return nil
			},
		},
		{
			name: "database", value: "FILE", usage: "SQLite file, or postgres:// URL", fallback: "console.db", secret: true,
			demo: func() string { return InMemory },
			set: func(c *Config, text string) (err error) {
				c.Database, err = parseDatabase(text)
				return err
			},
		},
		{
			name: "database-wait", value: "SPAN", usage: "how long a start waits for another console to let go of its SQLite file", fallback: "30s",
			set: func(c *Config, text string) (err error) {
				c.DatabaseWait, err = parseSpan(text)
				return err
			},
		},
		{
			name: "evidence-age", value: "SPAN", usage: "how old a fact about a queue that a change does not concern may be when it is sent; 0 reads all", fallback: "60s",
			set: func(c *Config, text string) (err error) {
				c.EvidenceAge, err = parseSpan(text)
				return err
			},
		},
		{
			name: "write-rehearsal", value: "LIST", usage: "short names of the environments in which the Connection page rehearses a write on one agent, comma-separated; off where empty",
			set: func(c *Config, text string) error {
				c.WriteRehearsal = parseList(text)
				return nil
			},
		},
		{
			name: "base-path", value: "PATH", usage: "path prefix behind a reverse proxy", fallback: "/",
			set: func(c *Config, text string) error {
				c.BasePath = parseBasePath(text)
				return nil
			},
		},
		{
			name: "public-url", value: "URL", usage: "origin people see: decides Secure cookies, HSTS and trusted origins",
			set: func(c *Config, text string) (err error) {
				c.PublicURL, err = parsePublicURL(text)
				return err
			},
		},
		{
			name: "trusted-proxies", value: "LIST", usage: "networks (CIDR) whose X-Forwarded-* headers count, comma-separated",
			set: func(c *Config, text string) (err error) {
				c.TrustedProxies, err = parseNetworks(text)
				return err
			},
		},
		{
			name: "operator-header", value: "NAME", usage: "header in which a trusted proxy names the person",
			set: func(c *Config, text string) error {
				c.OperatorHeader = text
				return nil
			},
		},
		{
			name: "frame-ancestors", value: "LIST", usage: "origins that may frame the console, comma-separated",
			set: func(c *Config, text string) error {
				c.FrameAncestors = parseList(text)
				return nil
			},
		},
		{
			name: "hsts-subdomains", value: "WORD", words: []string{"true", "false"}, usage: "true: browsers are to use https for all names below the public URL's too", fallback: "false",
			set: func(c *Config, text string) (err error) {
				c.HSTSSubDomains, err = parseSwitch(text)
				return err
			},
		},
		{
			name: "session-idle", value: "SPAN", usage: "a session ends when it was not used for so long", fallback: "30m",
			set: func(c *Config, text string) (err error) {
				c.SessionIdle, err = parseSpan(text)
				return err
			},
		},
		{
			name: "session-max", value: "SPAN", usage: "a session ends after so long", fallback: "12h",
			set: func(c *Config, text string) (err error) {
				c.SessionMax, err = parseSpan(text)
				return err
			},
		},
		{
			name: "metrics-listen", value: "ADDRESS", usage: "address of a separate listener for /metrics; off where empty",
			set: func(c *Config, text string) (err error) {
				if text != "" {
					c.MetricsListen, err = parseListen(text)
				}
				return err
			},
		},
		{
			name: "log", value: "LIST", usage: "text or json, and a level (debug, info, warn, error), comma-separated", fallback: "text",
			set: func(c *Config, text string) (err error) {
				c.LogFormat, c.LogLevel, err = parseLog(text)
				return err
			},
		},
		{
			name: "journal-retention", value: "SPAN", usage: "how long changes are kept (90d, 2160h); 0 for ever", fallback: "0",
			set: func(c *Config, text string) (err error) {
				c.Retention, err = parseSpan(text)
				return err
			},
		},
		{
			name: "shutdown-timeout", value: "SPAN", usage: "how long requests under way may take to end", fallback: "20s",
			set: func(c *Config, text string) (err error) {
				c.Shutdown, err = parseSpan(text)
				return err
			},
		},
	}
}
