package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

type options struct {
	listen      string
	style       sandbox.Style
	limitTenant int
	limitRoute  int
	window      time.Duration
	windowKind  sandbox.WindowKind
	limitNames  sandbox.LimitNames
	agents      int
	seed        uint64
	hostile     bool
	migration   bool
	drift       time.Duration
	maxSize     int
	recording   bool
	authHeaders sandbox.AuthHeaders
	strict      bool
	grace       time.Duration
	pace        sandbox.Pace
}

func parseOptions(args []string, out io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("sandbox", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.StringVar(&o.listen, "listen", "127.0.0.1:9080", "`address`; keep it on loopback")
	flags.Func("style", "how rows show several queues: first, joined, rows or varying (default first)", func(word string) (err error) {
		o.style, err = sandbox.ParseStyle(word)
		return err
	})
	flags.IntVar(&o.limitTenant, "limit-tenant", 100, "requests per window and tenant; 0 is unlimited")
	flags.IntVar(&o.limitRoute, "limit-route", 60, "requests per window, tenant and route; 0 is unlimited")
	flags.DurationVar(&o.window, "window", 10*time.Second, "length of the limit window")
	flags.Func("window-kind", "aligned, first, sliding or estimate (default aligned)", func(word string) (err error) {
		o.windowKind, err = sandbox.ParseWindowKind(word)
		return err
	})
	flags.Func("limit-names", "headers that tell the limits: page, kong or draft (default page)", func(word string) (err error) {
		o.limitNames, err = sandbox.ParseLimitNames(word)
		return err
	})
	flags.IntVar(&o.agents, "agents", 413, "agents of tenant AloHub")
	flags.Uint64Var(&o.seed, "seed", 1, "of names, queues and drift")
	flags.BoolVar(&o.hostile, "hostile", false, "add agents and queues with hostile names")
	flags.BoolVar(&o.migration, "migration", true, "migration_add_is_record.sql was run; false: recording answers 500")
	flags.DurationVar(&o.drift, "drift", time.Minute, "about how long a status lasts; 0 keeps it")
	flags.IntVar(&o.maxSize, "max-size", 100, "largest page; negative is no cap")
	flags.BoolVar(&o.recording, "show-recording", false, "rows carry isRecord")
	flags.Func("auth-headers", "both, x-api-key or authorization (default both)", func(word string) (err error) {
		o.authHeaders, err = authHeaders(word)
		return err
	})
	flags.BoolVar(&o.strict, "reject-unknown-queues", false, "400 for a queue id the tenant does not have")
	flags.StringVar((*string)(&o.pace), "second-admin", string(sandbox.PaceOff), "somebody else who changes agents at random: off, slow or fast")
	flags.DurationVar(&o.grace, "grace", 5*time.Second, "time for open requests when stopping")
	if err := flags.Parse(args); err != nil {
		return options{}, err
	}
	if flags.NArg() > 0 {
		return options{}, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	return o, o.validate()
}

func (o options) validate() error {
	var problems []error
	if o.agents < 4 || o.agents > 100_000 {
		problems = append(problems, fmt.Errorf("-agents %d: want 4 to 100000", o.agents))
	}
	if o.window <= 0 {
		problems = append(problems, fmt.Errorf("-window %s: want more than 0", o.window))
	}
	if o.drift < 0 || (o.drift > 0 && o.drift < time.Second) {
		problems = append(problems, fmt.Errorf("-drift %s: want 0, or 1s or more", o.drift))
	}
	if !slices.Contains(sandbox.Paces(), o.pace) {
		problems = append(problems, fmt.Errorf("-second-admin %q: want off, slow or fast", o.pace))
	}
	return errors.Join(problems...)
}

func (o options) config() sandbox.Config {
	c := sandbox.Demo(sandbox.DemoOptions{Agents: o.agents, Seed: o.seed, Hostile: o.hostile}).Config
	c.Limits = sandbox.Limits{Tenant: o.limitTenant, Route: o.limitRoute, Window: o.window, Kind: o.windowKind, Names: o.limitNames}
	c.Behaviour = sandbox.Behaviour{
		Style:               o.style,
		AuthHeaders:         o.authHeaders,
		RejectUnknownQueues: o.strict,
		MigrationPending:    !o.migration,
		MaxSize:             o.maxSize,
		ShowRecording:       o.recording,
		Drift:               o.drift,
	}
	return c
}

func authHeaders(word string) (sandbox.AuthHeaders, error) {
	switch word {
	case "both":
		return sandbox.EitherHeader, nil
	case "x-api-key":
		return sandbox.OnlyXAPIKey, nil
	case "authorization":
		return sandbox.OnlyAuthorization, nil
	default:
		return 0, fmt.Errorf("want both, x-api-key or authorization")
	}
}
