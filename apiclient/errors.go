package apiclient

import (
	"errors"
	"fmt"
	"time"
)

// What a refusal is, for errors.Is. A *RefusedError matches exactly one.
var (
	// ErrUnauthorized: 401. The key is missing, wrong or expired.
	ErrUnauthorized = errors.New("unauthorized")
	// ErrUnconfirmed: a 401 to a write, by a key that was accepted before, which the read
	// made to confirm it did not bear out. Nothing was written.
	ErrUnconfirmed = errors.New("unauthorized this once")
	// ErrInsufficientScope: 403. The key is known and may not do this.
	ErrInsufficientScope = errors.New("insufficient scope")
	// ErrInvalidInput: 400. The upstream's sentence is in Message.
	ErrInvalidInput = errors.New("invalid input")
	// ErrNotFound: 404 in the API's envelope. The agent is gone.
	ErrNotFound = errors.New("not found")
	// ErrNoRoute: 404 in the gateway's own shape. The base URL is wrong.
	ErrNoRoute = errors.New("no such route at the gateway")
	// ErrRequestShape: 411, 413, 417 and other 4xx: the console's own fault.
	ErrRequestShape = errors.New("request not acceptable to the gateway")
	// ErrFailed: 500 FAIL, other 5xx, or a 200 whose success says "0" with FAIL or with
	// a code that the vendor's page does not have.
	ErrFailed = errors.New("upstream failed")
)

// CodeFail is the documented error_code of any other failure: "general error".
const CodeFail = "FAIL"

// RefusedError is an answer that says no. Kind is one of the sentinels above and
// what errors.Is compares with.
type RefusedError struct {
	Op        string // what was being done: "list agents"
	Kind      error
	Status    int    // HTTP status
	Code      string // error_code, "" where the body was not the API's envelope
	Message   string // error_message or the gateway's message: foreign text, key redacted
	RequestID string // the gateway's request_id, where it gave one
	Gateway   bool   // the body was the gateway's, not the API's
	// Local: refused here, before anything was sent (Status is 0). A key that
	// cannot be a header value is an ErrUnauthorized, an empty queue list an
	// ErrInvalidInput.
	Local bool
}

func (e *RefusedError) Error() string {
	if e.Local {
		return fmt.Sprintf("%s: %v (not sent): %s", e.Op, e.Kind, e.Message)
	}
	return fmt.Sprintf("%s: %v (HTTP %d %s): %s", e.Op, e.Kind, e.Status, e.Code, e.Message)
}

// Unwrap returns the sentinel.
func (e *RefusedError) Unwrap() error { return e.Kind }

// RateLimitError is a 429, or the budget's own "not now" (Local) that spared
// one. The call was not carried out.
type RateLimitError struct {
	Op         string
	RetryAfter time.Duration // at least one second
	Scope      string        // "tenant", "route" or "" where unknown
	Local      bool          // no request was sent
	Message    string
}

func (e *RateLimitError) Error() string {
	return fmt.Sprintf("%s: rate limited, retry after %s", e.Op, e.RetryAfter)
}

// Reach says why nothing usable came back.
type Reach string

// The reasons of an UnreachableError.
const (
	ReachDNS      Reach = "dns"
	ReachRefused  Reach = "refused"
	ReachTLS      Reach = "tls"
	ReachRedirect Reach = "redirect" // the upstream wanted to send us (and the key) elsewhere
	ReachReset    Reach = "reset"    // the connection ended before the answer did
	ReachTimeout  Reach = "timeout"
	ReachNotAPI   Reach = "not-api" // an answer, but not of the Agent Management API
	ReachTooLarge Reach = "too-large"
	ReachGateway  Reach = "gateway" // 502, 503, 504 of a gateway
	// ReachCancelled: not the upstream's doing. The caller's context was
	// cancelled (a deadline that passed is ReachTimeout).
	ReachCancelled Reach = "cancelled"
)

// TLSFault says which part of TLS failed, where Reason is ReachTLS.
type TLSFault string

// The parts that are told apart. TLSNone is any other.
const (
	TLSNone      TLSFault = ""
	TLSVersion   TLSFault = "version"   // the server has TLS 1.0 or 1.1 only
	TLSExpired   TLSFault = "expired"   // or not valid yet
	TLSName      TLSFault = "name"      // the certificate is another host's
	TLSUntrusted TLSFault = "untrusted" // nobody vouches for it who is trusted here
)

// UnreachableError says that the upstream could not be reached or understood.
type UnreachableError struct {
	Op     string
	Reason Reach
	TLS    TLSFault
	// Status is the HTTP status where an answer came, else 0.
	Status int
	// Sent is false only where it is certain that the request never left.
	Sent   bool
	Detail string // for the log; key redacted
	Err    error  // may be nil
}

func (e *UnreachableError) Error() string {
	return fmt.Sprintf("%s: upstream unreachable (%s): %s", e.Op, e.Reason, e.Detail)
}

// Unwrap returns the transport's error, if any.
func (e *UnreachableError) Unwrap() error { return e.Err }

// UnknownOutcomeError wraps the failure of a write that may or may not have been
// applied. It must be settled by reading, never by repeating. Ask for it before
// any other type: errors.As finds the wrapped cause too.
type UnknownOutcomeError struct {
	Op    string
	Cause error
}

func (e *UnknownOutcomeError) Error() string {
	return fmt.Sprintf("%s: outcome unknown: %v", e.Op, e.Cause)
}

// Unwrap returns the failure that left the outcome open.
func (e *UnknownOutcomeError) Unwrap() error { return e.Cause }
