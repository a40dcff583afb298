package apiclient

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

// Client speaks to one environment for any number of keys. It keeps the
// connections and the budget of each key. It is safe for concurrent use.
type Client struct {
	name      string
	base      string
	userAgent string
	auth      AuthHeaders
	transport http.RoundTripper

	readTimeout, writeTimeout, attemptTimeout time.Duration
	maxBody                                   int64

	now    func() time.Time
	rand   func() float64
	onCall func(context.Context, CallInfo)

	budgets *ledger
	breaker *breaker
	wire    wire
	bodies  sync.Pool // of *bytes.Buffer
	gzips   sync.Pool // of *gzip.Reader
}

// New returns a client of the environment cfg describes, or every problem with
// cfg at once.
func New(cfg Config) (*Client, error) {
	cfg = cfg.withDefaults()
	base, err := ParseBaseURL(cfg.BaseURL)
	auth, authErr := ParseAuthHeaders(string(cfg.AuthHeaders))
	if !(cfg.Reserve < 1) { // negated, so that NaN is refused too
		err = errors.Join(err, errors.New("reserve must be less than 1"))
	}
	if err := errors.Join(err, authErr); err != nil {
		return nil, fmt.Errorf("environment %q: %w", cfg.Name, err)
	}
	c := &Client{
		name:           cfg.Name,
		base:           base,
		userAgent:      "AgentConsole/" + cfg.Version,
		auth:           auth,
		transport:      cfg.Transport,
		readTimeout:    cfg.ReadTimeout,
		writeTimeout:   cfg.WriteTimeout,
		attemptTimeout: cfg.AttemptTimeout,
		maxBody:        cfg.MaxBody,
		now:            cfg.Now,
		rand:           cfg.Rand,
		onCall:         cfg.OnCall,
		bodies:         sync.Pool{New: func() any { return new(bytes.Buffer) }},
		gzips:          sync.Pool{New: func() any { return new(gzip.Reader) }},
	}
	if c.transport == nil {
		c.transport = newTransport()
	}
	if c.now == nil {
		c.now = time.Now
	}
	if c.rand == nil {
		c.rand = rand.Float64
	}
	if !printable(c.userAgent) {
		return nil, fmt.Errorf("environment %q: version must be printable ASCII", cfg.Name)
	}
	c.budgets = newLedger(c.now, cfg.Reserve)
	c.breaker = newBreaker(c.now)
	return c, nil
}

// Close ends a probe and lets go of idle connections. Calls under way are not disturbed.
func (c *Client) Close() {
	c.breaker.close()
	if t, ok := c.transport.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

// Caller makes calls with creds in a lane. It costs next to nothing: make one
// per request. All callers of one tenant share one budget, or, where Credentials name none,
// those of one key.
func (c *Client) Caller(creds Credentials, lane Lane) *Caller {
	return &Caller{client: c, creds: creds, lane: lane, account: c.budgets.account(creds), purse: c.budgets.purse(creds)}
}

// Caller is a Client bound to one key. Its methods are the API's endpoints.
type Caller struct {
	client  *Client
	creds   Credentials
	lane    Lane
	account account // whose key it is
	purse   account // whose limits
}

// Budget returns what is known of the rate limits of the caller's key.
func (a *Caller) Budget() Budget { return a.client.budgets.snapshot(a.purse, a.account) }

// Format implements fmt.Formatter: printed whole, a client would show the
// headers of the requests its transport holds.
func (c *Client) Format(f fmt.State, _ rune) { _, _ = fmt.Fprintf(f, "apiclient.Client(%q)", c.name) }

// Format implements fmt.Formatter and shows neither key nor client.
func (a Caller) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "apiclient.Caller(%q, lane %d)", a.client.name, a.lane)
}

// Tightest is what is left of each limit to whichever of the client's keys has the least
// of it. It names no key, and says how close the environment is to a 429.
func (c *Client) Tightest() Budget {
	out := Budget{At: c.now()}
	for _, b := range c.budgets.all() {
		s := b.snapshot(nil)
		out.Tenant, out.List = tighter(out.Tenant, s.Tenant), tighter(out.List, s.List)
		out.Queues, out.Recording = tighter(out.Queues, s.Queues), tighter(out.Recording, s.Recording)
		out.Gateway = tighter(out.Gateway, s.Gateway)
		out.HoldUntil = later(out.HoldUntil, s.HoldUntil)
	}
	for _, g := range [...]Gauge{out.List, out.Queues, out.Recording} {
		out.Route = tighter(out.Route, g)
	}
	return out
}

func (a *Caller) report(ctx context.Context, info CallInfo) {
	if a.client.onCall == nil {
		return
	}
	info.Environment, info.Lane = a.client.name, a.lane
	a.client.onCall(ctx, info)
}
