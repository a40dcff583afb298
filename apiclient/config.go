package apiclient

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// AuthHeaders says in which headers the key travels; the vendor's page names
// both (docs/api, decision 1).
type AuthHeaders string

// The three ways to send the key. It is always the bare key, without a scheme.
const (
	AuthBoth          AuthHeaders = "both"
	AuthXAPIKey       AuthHeaders = "x-api-key"
	AuthAuthorization AuthHeaders = "authorization"
)

// ParseAuthHeaders reads the configured word; "" is AuthBoth.
func ParseAuthHeaders(word string) (AuthHeaders, error) {
	switch h := AuthHeaders(strings.ToLower(strings.TrimSpace(word))); h {
	case "":
		return AuthBoth, nil
	case AuthBoth, AuthXAPIKey, AuthAuthorization:
		return h, nil
	}
	return "", fmt.Errorf("auth headers %q: want %q, %q or %q", word, AuthBoth, AuthXAPIKey, AuthAuthorization)
}

// What a zero field of Config means.
const (
	DefaultReadTimeout    = 15 * time.Second
	DefaultWriteTimeout   = 20 * time.Second
	DefaultAttemptTimeout = 8 * time.Second
	DefaultReserve        = 0.2
	DefaultMaxBody        = 8 << 20
)

// Config is what New needs to know of one environment. Only BaseURL must be set.
type Config struct {
	// Name is the environment's name, as it appears in CallInfo.
	Name string
	// BaseURL is where the API lives: http or https, optionally with a path
	// ("https://host/api"), to which the client appends /v1/….
	BaseURL string
	// Version is what User-Agent names after "AgentConsole/".
	Version     string
	AuthHeaders AuthHeaders

	// ReadTimeout limits a read with its repeats, WriteTimeout a write,
	// AttemptTimeout one attempt of a read. Time a Background call spends
	// waiting for the budget does not count; only its context limits that.
	ReadTimeout, WriteTimeout, AttemptTimeout time.Duration

	// Transport carries the calls. Nil is a *http.Transport of the client's own,
	// which honours HTTP_PROXY, HTTPS_PROXY and NO_PROXY. Redirects are never
	// followed, whatever the transport.
	Transport http.RoundTripper

	// Now and Rand stand in for the clock and for math/rand/v2.Float64.
	Now  func() time.Time
	Rand func() float64

	// Reserve is the share of a limit that Background calls leave to the
	// tenant's other clients; 0 is DefaultReserve, negative is none.
	Reserve float64

	// OnCall is told of every attempt when it is over, and of every call refused
	// here, with the context that the call was made with. It runs on the caller's
	// goroutine and must not block.
	OnCall func(context.Context, CallInfo)

	// MaxBody caps an answer after decompression.
	MaxBody int64
}

// CallInfo is what OnCall learns of one attempt: never the key.
type CallInfo struct {
	Environment string
	Op          string // one of the Op constants
	Lane        Lane
	Attempt     int // from 1; 0 where nothing was sent
	Status      int // HTTP status, 0 where no answer came
	Duration    time.Duration
	Waited      time.Duration // what the budget made this attempt wait
	Err         error         // nil, or one of this package's errors
}

// Endpoint is the method and the path that the vendor's page gives the call: a pattern,
// without any agent's id. Both are "" for an Op that is none.
func (i CallInfo) Endpoint() (method, path string) {
	switch i.Op {
	case OpListAgents:
		return http.MethodGet, "/v1/agents"
	case OpReplaceQueues:
		return http.MethodPut, "/v1/agents/{agentId}/queues"
	case OpSetRecording:
		return http.MethodPut, "/v1/agents/{agentId}/recording"
	}
	return "", ""
}

// What is being done, in errors and in CallInfo.
const (
	OpListAgents    = "list agents"
	OpReplaceQueues = "replace queues"
	OpSetRecording  = "set recording"
)

func (cfg Config) withDefaults() Config {
	if cfg.ReadTimeout <= 0 {
		cfg.ReadTimeout = DefaultReadTimeout
	}
	if cfg.WriteTimeout <= 0 {
		cfg.WriteTimeout = DefaultWriteTimeout
	}
	if cfg.AttemptTimeout <= 0 {
		cfg.AttemptTimeout = DefaultAttemptTimeout
	}
	if cfg.MaxBody <= 0 {
		cfg.MaxBody = DefaultMaxBody
	}
	if cfg.Version == "" {
		cfg.Version = "dev"
	}
	switch {
	case cfg.Reserve == 0:
		cfg.Reserve = DefaultReserve
	case cfg.Reserve < 0:
		cfg.Reserve = 0
	}
	return cfg
}

// ParseBaseURL returns a base URL as New takes it, without a slash at its end, or
// everything that is wrong with it. The error never repeats a user or password.
func ParseBaseURL(text string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil {
		// url.Error repeats its input, and a mistaken one may hold a password.
		return "", errors.New("base URL cannot be parsed")
	}
	var problems []error
	if u.Scheme != "http" && u.Scheme != "https" {
		problems = append(problems, errors.New("base URL must begin with http:// or https://"))
	}
	if u.Hostname() == "" {
		problems = append(problems, errors.New("base URL names no host"))
	}
	if u.User != nil {
		problems = append(problems, errors.New("base URL must not carry a user or password"))
	}
	if u.RawQuery != "" || u.ForceQuery {
		problems = append(problems, errors.New("base URL must end with its path, without a query"))
	}
	if u.Fragment != "" || strings.Contains(text, "#") {
		problems = append(problems, errors.New("base URL must not carry a fragment"))
	}
	if len(problems) > 0 {
		return "", errors.Join(problems...)
	}
	return strings.TrimRight(u.String(), "/"), nil
}
