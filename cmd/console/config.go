package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/alohub/agentconsole/apiclient"
)

// Config is everything that can be set, parsed. Each setting is a flag and an
// environment variable; settings() is the list. Whatever way it is printed,
// secrets and the database's password are left out.
type Config struct {
	Listen         string
	Upstreams      []Upstream
	AuthHeaders    apiclient.AuthHeaders
	Secrets        []string // newest first; in a demo made up where none is given
	Database       string   // file, postgres:// URL, or InMemory
	BasePath       string   // "" or "/x", never with a slash at its end
	PublicURL      *url.URL // scheme and host only; nil where not set
	TrustedProxies []netip.Prefix
	OperatorHeader string
	FrameAncestors []string
	HSTSSubDomains bool
	SessionIdle    time.Duration
	SessionMax     time.Duration
	MetricsListen  string // "": no metrics
	LogFormat      string // "text" or "json"
	LogLevel       slog.Level
	DatabaseWait   time.Duration // for another console to let go of its SQLite file
	EvidenceAge    time.Duration // of queues that a change does not concern; 0 reads all
	WriteRehearsal []string      // slugs of the environments that allow one
	Retention      time.Duration // of the journal; 0 keeps it for ever
	Shutdown       time.Duration // how long requests under way may take to end
	Telemetry      Telemetry     // of the OTEL_* variables

	Demo        bool
	CheckConfig bool
	Version     bool
	Command     []string // words that are no flags: "healthcheck", "sessions end-all"

	// Warnings are what is probably a mistake but can be run with.
	Warnings []string

	problems []string
	broken   map[string]bool   // settings whose text could not be understood
	sources  map[string]string // setting's name: "default", "environment", …
	raw      map[string]string // setting's name: its text, for Print
}

// Upstream is one environment of the Agent Management API.
type Upstream struct {
	Name string // as people see it: "Production"
	Slug string // in forms, journal and cookie: "production"
	URL  string // base URL without a slash at its end
}

// InMemory is the Database that is gone when the process ends.
const InMemory = ":memory:"

// HTTPS reports whether people reach the console over https.
func (c *Config) HTTPS() bool { return c.PublicURL != nil && c.PublicURL.Scheme == "https" }

// Problems is everything that is wrong with a configuration, a sentence each.
type Problems []string

func (p Problems) Error() string {
	return fmt.Sprintf("%d problem(s) in the configuration:\n- %s", len(p), strings.Join(p, "\n- "))
}

// Environment is where ParseConfig reads from; the zero value is of no use, and
// processEnvironment the usual one.
type Environment struct {
	Program  string   // what it was called as, for what people are told to type; "" is console
	Args     []string // without the program's name
	Environ  []string // "NAME=value"
	ReadFile func(name string) ([]byte, error)
	Usage    io.Writer
	Input    io.Reader // nil: none
}

// processEnvironment is the process's own.
func processEnvironment() Environment {
	return Environment{
		Program: strings.TrimSuffix(filepath.Base(os.Args[0]), ".exe"),
		Args:    os.Args[1:], Environ: os.Environ(), ReadFile: os.ReadFile, Usage: os.Stderr, Input: os.Stdin,
	}
}

func (e Environment) program() string { return cmp.Or(e.Program, "console") }

// ParseConfig reads flags and environment: flags win over environment variables,
// these over defaults, and an empty variable counts as not set. The error is
// flag.ErrHelp or one of the flags' own; what is wrong with values is told by
// Validate, all at once.
func ParseConfig(env Environment) (*Config, error) {
	c := &Config{broken: map[string]bool{}, sources: map[string]string{}, raw: map[string]string{}}
	list := settings()

	fs := flag.NewFlagSet("console", flag.ContinueOnError)
	fs.SetOutput(env.Usage)
	fs.Usage = func() { usage(env.Usage, env.program()) }
	given := map[string]string{}
	for _, s := range list {
		fs.Func(s.name, "", keep(given, s.name))
		if s.secret {
			fs.Func(s.name+"-file", "", keep(given, s.name+"-file"))
		}
	}
	for _, t := range toggles() {
		fs.BoolVar(t.of(c), t.name, false, "")
	}

	args := env.Args
	for len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		c.Command, args = append(c.Command, args[0]), args[1:]
	}
	if err := fs.Parse(args); err != nil {
		return nil, err
	}
	c.Command = append(c.Command, fs.Args()...)

	vars := c.variables(env.Environ, list)
	for _, s := range list {
		text, source := c.lookUp(s, given, vars, env.ReadFile)
		if source == "" {
			text, source = s.fallback, "default"
			if c.Demo && s.demo != nil {
				text, source = s.demo(), "demo"
			}
		}
		c.raw[s.name], c.sources[s.name] = text, source
		if c.broken[s.name] {
			continue
		}
		if err := s.set(c, text); err != nil {
			c.problem(s.name, "%s: %v", s.env(), err)
		}
	}
	c.readTelemetry(env.Environ)
	return c, nil
}

// lookUp finds a setting's text in the flags, then the environment. source is ""
// where it is in neither.
func (c *Config) lookUp(s setting, given, vars map[string]string, readFile func(string) ([]byte, error)) (text, source string) {
	for _, place := range []struct {
		values     map[string]string
		name, file string
		source     string
	}{
		{given, s.name, s.name + "-file", "flag"},
		{vars, s.env(), s.env() + "_FILE", "environment"},
	} {
		text, direct := place.values[place.name]
		path, byFile := place.values[place.file]
		switch {
		case direct && byFile:
			c.problem(s.name, "%s and %s are both set; keep one", place.name, place.file)
			return "", place.source
		case direct:
			return text, place.source
		case byFile:
			raw, err := readFile(path)
			if err != nil {
				// The error names the path, never what is in the file.
				c.problem(s.name, "%s: %v", place.file, err)
			}
			return strings.TrimSpace(string(raw)), "file " + path
		}
	}
	return "", ""
}

// variables returns the CONSOLE_* variables that are not empty, and warns of
// those nobody reads.
func (c *Config) variables(environ []string, list []setting) map[string]string {
	known := map[string]bool{"CONSOLE_REQUIRE": true, "CONSOLE_TEST_POSTGRES": true, // of the tests
		probeKey: true, probeScopelessKey: true}
	for _, s := range list {
		known[s.env()] = true
		if s.secret {
			known[s.env()+"_FILE"] = true
		}
	}
	vars := map[string]string{}
	for _, line := range environ {
		name, value, _ := strings.Cut(line, "=")
		switch {
		case !strings.HasPrefix(name, "CONSOLE_"):
		case !known[name]:
			c.warn("%s is set, but there is no such setting", name)
		case strings.TrimSpace(value) != "":
			vars[name] = value
		}
	}
	return vars
}

func (c *Config) problem(name, format string, args ...any) {
	c.broken[name] = true
	c.problems = append(c.problems, fmt.Sprintf(format, args...))
}

func (c *Config) warn(format string, args ...any) {
	c.Warnings = append(c.Warnings, fmt.Sprintf(format, args...))
}

// keep returns a flag's function that notes its value.
func keep(given map[string]string, name string) func(string) error {
	return func(value string) error {
		if _, twice := given[name]; twice {
			return errors.New("given twice")
		}
		given[name] = value
		return nil
	}
}
