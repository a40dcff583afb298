package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/probe"
	"github.com/alohub/agentconsole/sqlstore"
)

// The exit codes of `console probe`: what was found, or that nothing was asked.
const (
	probeDocumented = 0 // all of it is as the vendor's page has it
	probeFindings   = 1 // it can be used, and something is to be known
	probeUnusable   = 2
	probeNotAsked   = 3 // a mistake in how it was called, or a report that could not be kept
)

// Where a probe's keys come from: never from an argument, which others on the machine see.
const (
	probeKey          = "CONSOLE_PROBE_KEY"
	probeScopelessKey = "CONSOLE_PROBE_SCOPELESS_KEY"
)

// probeCall is `console probe` as it was called.
type probeCall struct {
	base, environment, tenant string
	asJSON, save              bool
	database                  string
	key, scopeless            apiclient.Secret
}

// runProbe is `console probe [flags]`. What is not of the call is in cfg already: nothing,
// but in a test.
func runProbe(ctx context.Context, env Environment, cfg probe.Config, out, problems io.Writer) int {
	call, err := parseProbe(env)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		fmt.Fprintln(problems, "console probe:", err)
		return probeNotAsked
	}
	var store *sqlstore.Store
	if call.save {
		// Before anything is asked: a report that cannot be kept costs calls for nothing.
		if store, err = sqlstore.Open(ctx, sqlstore.Config{Database: call.database, Shared: true}); err != nil {
			fmt.Fprintln(problems, "console probe: CONSOLE_DATABASE:", err)
			return probeNotAsked
		}
		defer func() { _ = store.Close() }()
	}
	cfg.BaseURL, cfg.Key, cfg.Scopeless, cfg.Tenant, cfg.Version = call.base, call.key, call.scopeless, call.tenant, version()
	report, err := probe.Run(ctx, cfg)
	if err != nil {
		fmt.Fprintln(problems, "console probe:", err)
		return probeNotAsked
	}
	raw, err := reportJSON(report)
	if err == nil && call.asJSON {
		_, err = out.Write(append(raw, '\n'))
	} else if err == nil {
		err = printReport(out, report)
	}
	if err == nil && store != nil {
		// Kept even when somebody has stopped it: what was asked is paid for.
		err = store.KeepProbe(context.WithoutCancel(ctx), call.environment, raw, report.At)
	}
	if err != nil {
		fmt.Fprintln(problems, "console probe:", err)
		return probeNotAsked
	}
	return exitOf(report)
}

func exitOf(r *probe.Report) int {
	switch r.Worst() {
	case probe.Unusable:
		return probeUnusable
	case probe.Differs:
		return probeFindings
	}
	return probeDocumented
}

// parseProbe reads flags, settings and keys. No error repeats an argument: it may be a key
// that somebody put there.
func parseProbe(env Environment) (probeCall, error) {
	var call probeCall
	fs := flag.NewFlagSet("console probe", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	for _, f := range probeFlags() {
		switch to := f.of(&call).(type) {
		case *string:
			fs.StringVar(to, f.name, "", "")
		case *bool:
			fs.BoolVar(to, f.name, false, "")
		}
	}
	var settingArgs []string
	for _, o := range probeSettings() {
		fs.Func(o.name, "", func(value string) error {
			settingArgs = append(settingArgs, "-"+o.name+"="+value)
			return nil
		})
	}
	switch err := fs.Parse(env.Args); {
	case errors.Is(err, flag.ErrHelp):
		probeUsage(env.Usage, env.program())
		return call, flag.ErrHelp
	case err != nil, fs.NArg() > 0:
		return call, errors.New("it is called: " + env.program() + " probe [-environment SLUG | -base-url URL] [-tenant ID] [-json] [-save]; the key is read from standard input or " + probeKey)
	}
	cfg, err := ParseConfig(Environment{Args: settingArgs, Environ: env.Environ, ReadFile: env.ReadFile, Usage: io.Discard})
	if err != nil {
		return call, err
	}
	if err := call.choose(cfg); err != nil {
		return call, err
	}
	if call.base, err = apiclient.ParseBaseURL(call.base); err != nil {
		return call, err
	}
	return call, call.readKeys(env)
}

// choose finds out whom to ask, and where to keep what they say.
func (call *probeCall) choose(cfg *Config) error {
	if call.save {
		switch {
		case cfg.broken["database"]:
			return errors.New("CONSOLE_DATABASE cannot be read; console -check-config says why")
		case call.environment == "" && call.base != "":
			return errors.New("-save wants to know of which environment the answers are: give -environment too")
		}
		call.database = cfg.Database
	}
	if call.base != "" && call.environment == "" {
		return nil
	}
	if cfg.broken["upstreams"] {
		return errors.New("CONSOLE_UPSTREAMS cannot be read; console -check-config says why")
	}
	var slugs []string
	for _, up := range cfg.Upstreams {
		slugs = append(slugs, up.Slug)
	}
	if call.environment == "" && len(slugs) == 1 {
		call.environment = slugs[0]
	}
	i := slices.Index(slugs, call.environment)
	if i < 0 {
		return fmt.Errorf("say which environment: -environment %s, or -base-url", strings.Join(slugs, " | "))
	}
	if call.base == "" {
		call.base = cfg.Upstreams[i].URL
	}
	return nil
}

// readKeys takes the key from the environment, or else the first line of standard input.
func (call *probeCall) readKeys(env Environment) error {
	vars := map[string]string{}
	for _, line := range env.Environ {
		name, value, _ := strings.Cut(line, "=")
		vars[name] = strings.TrimSpace(value)
	}
	call.scopeless = apiclient.NewSecret(vars[probeScopelessKey])
	text := vars[probeKey]
	if text == "" && env.Input != nil {
		if file, ok := env.Input.(*os.File); ok {
			if info, err := file.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
				fmt.Fprintln(env.Usage, "Type or paste the key, which is shown, and press Enter:")
			}
		}
		line, err := bufio.NewReader(io.LimitReader(env.Input, 64<<10)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("standard input: %w", err)
		}
		text = strings.TrimSpace(line)
	}
	if text == "" {
		return errors.New("there is no key on standard input, and none in " + probeKey)
	}
	if call.key = apiclient.NewSecret(text); !call.key.Sendable() {
		return errors.New("the key holds characters that no key has")
	}
	return nil
}

// probeFlags are those of `console probe` alone.
func probeFlags() []probeFlag {
	return []probeFlag{
		{option{name: "environment", value: "SLUG", usage: "one of CONSOLE_UPSTREAMS; may be left out where there is one"}, func(c *probeCall) any { return &c.environment }},
		{option{name: "base-url", value: "URL", usage: "ask this address instead"}, func(c *probeCall) any { return &c.base }},
		{option{name: "tenant", value: "ID", usage: "sent as X-Tenant-ID"}, func(c *probeCall) any { return &c.tenant }},
		{option{name: "json", usage: "print the report for machines"}, func(c *probeCall) any { return &c.asJSON }},
		{option{name: "save", usage: "keep it for the environment in CONSOLE_DATABASE"}, func(c *probeCall) any { return &c.save }},
	}
}

// probeFlag is a flag and where its value goes: a *string or a *bool.
type probeFlag struct {
	option
	of func(*probeCall) any
}

// probeSettings are the settings that a probe has use for.
func probeSettings() (list []option) {
	for _, s := range settings() {
		if s.name == "upstreams" || s.name == "database" {
			list = append(list, s.options()...)
		}
	}
	return list
}

func probeOptions() (list []option) {
	for _, f := range probeFlags() {
		list = append(list, f.option)
	}
	return append(append(list, helpOption()), probeSettings()...)
}

const probeDetail = `It reads and never writes, makes at most 40 calls and uses at most half of what the limit
leaves. The key is read from ` + probeKey + ` or the first line of standard input.
` + probeScopelessKey + ` may hold a key without the scope "agent", to see how it is refused.

Exit code: 0 all as documented, 1 usable with findings, 2 not usable, 3 not asked (a mistake
in the call) or not kept.`

func probeUsage(w io.Writer, program string) {
	fmt.Fprintf(w, "%s probe: find out which answers an API gives to what its page leaves open.\n\n%s\n\n", program, probeDetail)
	printOptions(w, probeOptions())
}

// printed is a report with what follows from each finding.
type printed struct {
	*probe.Report
	Verdict  probe.Verdict    `json:"verdict"`
	Exit     int              `json:"exit"`
	Findings []printedFinding `json:"findings"`
}

type printedFinding struct {
	probe.Finding
	Question string `json:"question"`
	Setting  string `json:"setting"`
}

func reportJSON(r *probe.Report) ([]byte, error) {
	p := printed{Report: r, Verdict: r.Worst(), Exit: exitOf(r)}
	for _, f := range r.Findings {
		p.Findings = append(p.Findings, printedFinding{f, question(f.Code), follows(f, r.BaseURL)})
	}
	return json.MarshalIndent(p, "", "  ")
}

// printReport prints the table, and one sentence on the whole.
func printReport(w io.Writer, r *probe.Report) error {
	fmt.Fprintf(w, "%s, asked %s: %d calls in %s.\n", r.BaseURL, r.At.Format("2006-01-02 15:04:05 UTC"), r.Calls, r.Took)
	if why := stopped(r.Stopped); why != "" {
		fmt.Fprintf(w, "It ended early: %s\n", why)
	}
	fmt.Fprintln(w)
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "\tQUESTION\tFOUND\tASKED\tCAME BACK\tWHAT FOLLOWS")
	for _, f := range r.Findings {
		value := f.Value
		switch {
		case f.Verdict == probe.Unknown && value == "":
			value = "cannot be told"
		case f.Verdict == probe.Unknown:
			value = "cannot be told (" + value + ")"
		case value == "":
			value = "no"
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\t%s\n", mark(f.Verdict), question(f.Code), value, dash(f.Asked), dash(f.Answered), dash(follows(f, r.BaseURL)))
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n%s\n", conclusion(r))
	return err
}

func dash(text string) string {
	if text == "" {
		return "–"
	}
	return text
}
