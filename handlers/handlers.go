package handlers

import (
	"context"
	"log/slog"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/locale"
	"github.com/alohub/agentconsole/roster/live"
	"github.com/alohub/agentconsole/runs"
	"github.com/alohub/agentconsole/templates/layouts"
	"github.com/alohub/agentconsole/templates/pages"
	"github.com/alohub/agentconsole/web/demo"
	"github.com/alohub/agentconsole/web/paths"
	"github.com/alohub/agentconsole/web/session"
)

// Environment is one upstream that people may sign in to.
type Environment struct {
	Name       string
	Slug       string
	Production bool
	Client     *apiclient.Client
}

// environments are the upstreams in the order people see them.
type environments []Environment

// find returns the upstream of a slug.
func (all environments) find(slug string) (Environment, bool) {
	for _, e := range all {
		if e.Slug == slug {
			return e, true
		}
	}
	return Environment{}, false
}

// Config is what the handlers are made of. All fields are required but Rehearsal, Demo and
// Stage.
type Config struct {
	Paths        paths.Paths
	Assets       layouts.Assets
	Environments []Environment // in the order people see them
	Catalogues   *locale.Catalogues
	Sessions     Sessions
	Enders       Enders
	Failures     SignInFailures
	Clients      Clients
	Roster       *live.Roster
	Journal      Journal
	Recent       Recent
	Runs         runs.Store
	Runner       *runs.Runner
	Traits       Traits
	FilterSets   journal.FilterSets
	Asking       Asking
	// Rehearsal are the slugs of the environments in which a write may be rehearsed.
	Rehearsal []string
	// Salt keys the fingerprints by which the journal tells keys apart.
	Salt []byte
	Now  func() time.Time
	Log  *slog.Logger
	// Handed tells which key the program around hands over; nil where it never does.
	Handed Handover
	// Demo offers these keys on the sign-in page.
	Demo []pages.DemoKey
	// Stage is the upstream that a demo brings along, nil where there is none.
	Stage demo.Upstream
}

// Sessions opens, saves and clears the cookie that holds the key.
// *session.Manager is one.
type Sessions interface {
	Load(c *fiber.Ctx) (*session.Session, error)
	Save(c *fiber.Ctx, s *session.Session) error
	Fits(s *session.Session) error
	Touch(c *fiber.Ctx, s *session.Session) error
	Clear(c *fiber.Ctx)
	Until(s *session.Session) time.Time
	LoadPrefs(c *fiber.Ctx) session.Prefs
	SavePrefs(c *fiber.Ctx, p session.Prefs) session.Prefs
	Tags
}

// Journal is what pages read of the journal. What is sent is written to it by the
// domain.
type Journal interface {
	Find(ctx context.Context, scope journal.Scope, id string) (journal.Entry, error)
	List(ctx context.Context, f journal.Filter) (entries []journal.Entry, more bool, err error)
	Recordings(ctx context.Context, scope journal.Scope, agents ...string) (map[string]journal.RecordingState, error)
}

// Recent is what pages are shown of the journal and of runs. *recent.Reads is one.
type Recent interface {
	Journal
	openRuns
	notices
	savedFilters
}

// Handlers are the console's resources, each with a verb for each of its routes.
type Handlers struct {
	Door        *Door
	SignIn      *SignIn
	SignOut     *SignOut
	Preferences *Preferences
	Agents      *Agents
	Editor      *Editor
	Recording   *Recording
	FilterSets  *FilterSets
	Queues      *Queues
	Palette     *Palette
	Changes     *Changes
	Savings     *Savings
	Connection  *Connection
	Rehearsal   *Rehearsal // nil where no environment allows one
	Runs        *Runs
	Demo        *Demo // nil where this is no demo
}

// New gives each resource what it needs of the whole.
func New(cfg Config) *Handlers {
	desk := &Desk{Paths: cfg.Paths, Assets: cfg.Assets, Prefs: cfg.Sessions, Now: cfg.Now, Log: cfg.Log, Notices: cfg.Recent}
	var stage *Demo
	if cfg.Stage != nil {
		desk.DemoURL = cfg.Paths.Demo()
		stage = &Demo{Desk: desk, upstream: cfg.Stage}
	}
	if cfg.Handed == nil {
		cfg.Handed = func(*fiber.Ctx) (Handed, bool) { return Handed{}, false }
	} else {
		cfg.Sessions = &handedSessions{
			Sessions: cfg.Sessions, handed: cfg.Handed, environments: cfg.Environments, salt: cfg.Salt, now: cfg.Now,
			tenants: map[string]handedTenant{},
		}
	}
	endings := &endings{sessions: cfg.Sessions, snapshots: cfg.Roster, probes: cfg.Asking.Rounds, enders: cfg.Enders, log: cfg.Log}
	actors := &actors{tenants: cfg.Roster, salt: cfg.Salt}
	editor := &Editor{Desk: desk, journal: cfg.Recent}
	runs := &Runs{Desk: desk, journal: cfg.Journal, store: cfg.Runs, runner: cfg.Runner}
	queues := &Queues{Desk: desk, journal: cfg.Recent, runs: runs}
	rehearsal := newRehearsal(desk, cfg.Recent, cfg.Rehearsal)
	changes := &Changes{Desk: desk, journal: cfg.Recent, runs: cfg.Runs, shifts: cfg.Traits}
	return &Handlers{
		Door: &Door{
			Desk: desk, catalogues: cfg.Catalogues, sessions: cfg.Sessions, endings: endings, actors: actors,
			environments: cfg.Environments, clients: cfg.Clients,
		},
		SignIn: &SignIn{
			Desk: desk, sessions: cfg.Sessions, endings: endings, actors: actors, environments: cfg.Environments,
			failures: cfg.Failures, salt: cfg.Salt, handed: cfg.Handed, clients: cfg.Clients, demo: cfg.Demo,
		},
		SignOut: &SignOut{
			Desk: desk, sessions: cfg.Sessions, endings: endings, clients: cfg.Clients, environments: cfg.Environments,
			runner: cfg.Runner,
		},
		Preferences: &Preferences{Desk: desk, sessions: cfg.Sessions},
		Agents:      &Agents{Desk: desk, journal: cfg.Recent, runs: cfg.Recent, filterSets: cfg.Recent},
		FilterSets:  &FilterSets{Desk: desk, store: cfg.FilterSets, recent: cfg.Recent},
		Editor:      editor,
		Recording:   &Recording{Desk: desk, journal: cfg.Recent},
		Queues:      queues,
		Palette:     &Palette{Desk: desk, catalogues: cfg.Catalogues, filterSets: cfg.Recent},
		Changes:     changes,
		Savings:     &Savings{Desk: desk, editor: editor, queues: queues, changes: changes},
		Connection:  &Connection{Desk: desk, traits: cfg.Traits, asking: cfg.Asking, log: cfg.Log, browsers: cfg.Sessions, rehearsal: rehearsal},
		Rehearsal:   rehearsal,
		Runs:        runs,
		Demo:        stage,
	}
}
