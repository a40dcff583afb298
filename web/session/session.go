package session

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/alohub/agentconsole/apiclient"
)

// Session is one signed-in person at one tenant of one environment.
type Session struct {
	// ID is random and new for every sign-in. Save fills it in when it is "".
	ID          string
	Environment string // slug: "production"
	Key         apiclient.Secret
	TenantID    string // X-Tenant-ID as the person gave it, "" where they gave none
	Tenant      string // the tenantId the upstream answered: digits, or ""
	TenantName  string
	Operator    string // the person's name, for the journal
	Generation  int64  // how often all sessions had been ended when it began (Ender)
	Created     time.Time
	Seen        time.Time // when the cookie was last issued: the idle limit counts from here
	// Handed: there is no cookie; the program around the console hands the key over with
	// each request.
	Handed bool
}

// Errors of Load and Save, for errors.Is.
var (
	// ErrNoSession: sign in. There is no cookie, or one that cannot be read:
	// damaged, of another secret, or of another version of the console.
	ErrNoSession = errors.New("no session")
	// ErrExpired is an ErrNoSession whose cookie is past its idle or absolute
	// limit.
	ErrExpired = fmt.Errorf("%w: expired", ErrNoSession)
	// ErrEnded is an ErrNoSession that was signed out, here or elsewhere.
	ErrEnded = fmt.Errorf("%w: ended", ErrNoSession)
	// ErrUnavailable: the list of ended sessions could not be asked, so nobody
	// can tell whether the cookie is still good. A 503, not a sign-in.
	ErrUnavailable = errors.New("session: list of ended sessions unavailable")
	// ErrHanded: the key that the program around handed over is of no use. It is not the
	// person's to mend.
	ErrHanded = errors.New("session: a key was handed over")
	// ErrTooLarge: the session does not fit into a cookie, which in practice
	// means that the key is too long.
	ErrTooLarge = errors.New("session: does not fit into a cookie")
)

// Ender knows which sessions ended before their cookie did. journal.Sessions
// is one.
type Ender interface {
	// Generation is how often all sessions were ended.
	Generation(ctx context.Context) (int64, error)
	// Ended reports whether the session with that id, begun in that generation, is
	// refused.
	Ended(ctx context.Context, id string, generation int64) (bool, error)
}
