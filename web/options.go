package web

import (
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/web/demo"
	"github.com/alohub/agentconsole/web/recent"
)

// Upstream is one Agent Management API that people may sign in to.
type Upstream struct {
	Name    string // as people see it: "Production"
	Slug    string // in forms, the journal and the cookie, of a-z, 0-9 and -: "production"
	BaseURL string // may carry a path: "https://host/api"
}

// Store is the database that a console works with: what an embedder hands in.
// sqlstore.Store is one. A store that wraps another answers for it in everything,
// SingleProcess included. No part of the console uses all of it: roster intends,
// settles, locks, and remembers queues (Intend, Settle, List, Unsettled, Lock,
// RememberQueues, QueueNames) and notes what the API shows (LearnTrait); handlers show (List,
// Find, Recordings, Traits, Shifts, the probes, FilterSets), keep filter sets and sign out
// (End); sessions ask Ended; upkeep calls Orphans, Prune and the runs' PruneRuns; a start
// asks Environments; the probe calls Ready. Pages are answered from memory for a moment:
// see package recent.
type Store = recent.Store

// Person is who makes a request, as Options.Authenticate tells. However it is printed, the
// key is left out.
type Person struct {
	Operator    string           // the name for the journal; "" is nobody
	Key         apiclient.Secret // made by apiclient.NewSecret; zero: the person gives one
	Environment string           // slug of the upstream that the key is of; "" is the first
	TenantID    string           // X-Tenant-ID, "" for none
}

// DemoKey is a key that the sign-in page offers. Never set one of a real upstream.
type DemoKey struct {
	ID    string // id of its button
	Key   string
	Label string // catalogue id
}

// Options is what a console is made of. Upstreams, Secrets and Store are required.
// Problems says what is wrong with them.
type Options struct {
	Upstreams   []Upstream
	AuthHeaders apiclient.AuthHeaders // apiclient.AuthBoth where empty
	Secrets     []string              // newest first, each of at least 32 bytes
	Store       Store                 // not closed by the console
	BasePath    string                // "" or "/x": where people see it, but see Mount
	PublicURL   *url.URL              // the origin people see, nil where not known
	// TrustedProxies are the peers whose X-Forwarded-* headers count. A peer on a Unix
	// socket is a process of this machine: it counts as 127.0.0.1.
	TrustedProxies []netip.Prefix
	// OperatorHeader is the header in which a trusted proxy names the person.
	OperatorHeader string
	// Operator names the person who makes a request, where the program knows: nobody
	// is asked for a name then, and no other counts, "" being nobody. Several lines, or
	// more than 200 bytes, are no name either.
	//
	// It is given the request as it came, without its body: Method, URL, Host, Header
	// and RemoteAddr, TLS where this process ended it, and a context with the values of
	// the one that http.Request brought to Handler, of the one that Serve was given, or,
	// under Mount, of the outer app's UserContext and Locals. It is called once or twice
	// in a request, by many requests at once, and must not keep the request.
	Operator func(*http.Request) string
	// Authenticate tells who makes a request, where the program has a sign-in of its own.
	// It names the person, as Operator does, in whose place it stands. Where it also hands
	// over a key, that is the sign-in for this request: there is no key form, no cookie
	// and no sign-out, and what changes anything is checked to come from the console's own
	// pages as ever. A zero Person is somebody the program says nothing of, who signs in
	// as if it were not set; whom it wants to keep out it does not let through.
	//
	// It is given what Operator is given, and called once in a request.
	Authenticate   func(*http.Request) Person
	FrameAncestors []string // origins; they need an https PublicURL
	// HSTSSubDomains has browsers use https for every name below PublicURL's too. It is
	// seldom the console's to say, and browsers remember it for a year.
	HSTSSubDomains bool
	SessionIdle    time.Duration // 30 min where zero
	SessionMax     time.Duration // 12 h where zero
	// WriteRehearsal are the slugs of the upstreams in which people may rehearse a write on
	// one agent: send what is there once more, to learn what only a write tells. None: nobody
	// may.
	WriteRehearsal []string
	// JournalRetention is how long settled changes are kept; 0 is for ever.
	JournalRetention time.Duration
	// ShutdownTimeout is how long requests under way may take to end when Serve is to
	// stop: 20 s where zero.
	ShutdownTimeout time.Duration
	Logger          *slog.Logger          // slog.Default() where nil
	Metrics         prometheus.Registerer // nil: none are kept. Consoles may share one
	// Traces is where spans go of requests, calls upstream and crawls; nil: none are made.
	// What they say is in docs/operations.md. A span in a request's context is theirs to go
	// on from, as Operator has its values. Of a database, see traces.Tracer.Trip.
	Traces   trace.TracerProvider
	Version  string
	DemoKeys []DemoKey
	// Demo is the upstream that a demo brings along. With it the console has a page, open
	// to anybody, that sets how that upstream behaves. Never set it but in a demo.
	Demo demo.Upstream

	// What follows is for those who know why; zero is what the console is tested with.

	// Transport carries the calls upstream; nil is a http.Transport of the console's own.
	Transport http.RoundTripper
	// ReadTimeout limits an upstream read with its repeats, AttemptTimeout one of them,
	// WriteTimeout a write.
	ReadTimeout, AttemptTimeout, WriteTimeout time.Duration
	// Reserve is the share of the upstream's limit, below 1, that what goes on in the
	// background leaves to others; negative is none.
	Reserve float64
	// SnapshotMaxAge is how old what is searched may be before it is read anew,
	// SnapshotIdle how long it is kept where nobody uses it (SessionIdle where zero).
	SnapshotMaxAge, SnapshotIdle time.Duration
	// SentFor is how long a change that no read shows yet is counted in.
	SentFor time.Duration
	// ReadBackPause is waited before the second look at a change that the first did not
	// show; negative is no second look.
	ReadBackPause time.Duration
	// AskOneShown has people confirm the first edit of each agent in a tenant whose rows
	// show one queue each, since another could be hidden.
	AskOneShown bool
	// EvidenceAge is how old what was read of a queue that a change does not concern may
	// be when the change is sent: 60 s where zero; negative reads everything for it.
	EvidenceAge time.Duration
	// RecentFor is how old an answer of the database may be that pages, and the question
	// whether a session was ended, are given from memory: 0.8 s where zero; negative asks
	// each time. What this console itself writes is seen at once.
	RecentFor time.Duration
	// Now and Rand stand in for time.Now and math/rand/v2.Float64, which spreads repeats.
	Now  func() time.Time
	Rand func() float64
}

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.SessionIdle == 0 {
		o.SessionIdle = 30 * time.Minute
	}
	if o.SessionMax == 0 {
		o.SessionMax = 12 * time.Hour
	}
	if o.ShutdownTimeout == 0 {
		o.ShutdownTimeout = 20 * time.Second
	}
	if o.RecentFor == 0 {
		o.RecentFor = recent.DefaultAge
	}
	if o.BasePath == "/" {
		o.BasePath = ""
	}
	return o
}
