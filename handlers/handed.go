package handlers

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/web/session"
)

// Handed is a key that the program around the console hands over for one request, with
// whose it is.
type Handed struct {
	Key         apiclient.Secret
	Environment string // slug, the first one's where ""
	TenantID    string // X-Tenant-ID, "" for none
	Operator    string
}

// Handover returns what came with a request. ok is false where that is no key: then it is
// a matter between the person and the console.
type Handover func(c *fiber.Ctx) (h Handed, ok bool)

// handedFor is how long it is believed to which tenant a handed key belongs; whoever uses
// the console meanwhile asks the API with it anyway.
const handedFor = 30 * time.Minute

// handedMost is of how many keys that is remembered.
const handedMost = 10_000

// handedSessions are the sessions of a program that hands keys over: such a request has a
// session without a cookie, and nothing is saved of it.
type handedSessions struct {
	Sessions
	handed       Handover
	environments environments
	salt         []byte
	now          func() time.Time

	mu      sync.Mutex
	tenants map[string]handedTenant // by the id of the session
}

type handedTenant struct {
	id, name string
	asked    time.Time
}

// Load implements Sessions. What the key is refused with comes as a session.ErrHanded.
func (h *handedSessions) Load(c *fiber.Ctx) (*session.Session, error) {
	given, ok := h.handed(c)
	if !ok {
		return h.Sessions.Load(c)
	}
	if given.Environment == "" {
		given.Environment = h.environments[0].Slug
	}
	env, ok := h.environments.find(given.Environment)
	switch {
	case !ok:
		return nil, fmt.Errorf("%w for the environment %q, which is not configured", session.ErrHanded, given.Environment)
	case len(given.TenantID) > maxTenant || strings.Trim(given.TenantID, "0123456789") != "":
		return nil, fmt.Errorf("%w for a tenant that is not named in digits", session.ErrHanded)
	}
	now := h.now().UTC()
	s := &session.Session{
		ID: h.id(given), Environment: env.Slug, Key: given.Key, TenantID: given.TenantID, Operator: given.Operator,
		Created: now, Seen: now, Handed: true,
	}
	tenant, known := h.known(s.ID, now)
	if !known {
		creds := apiclient.Credentials{Key: s.Key, TenantID: s.TenantID}
		page, err := env.Client.Caller(creds, apiclient.Person).ListAgents(c.UserContext(), apiclient.AgentQuery{Size: 20})
		if err != nil {
			return nil, fmt.Errorf("%w: %w", session.ErrHanded, err)
		}
		tenant = handedTenant{asked: now}
		tenant.id, tenant.name = tenantOf(page)
		h.remember(s.ID, tenant)
	}
	s.Tenant, s.TenantName = tenant.id, tenant.name
	return s, nil
}

// Touch implements Sessions: there is no cookie to renew.
func (h *handedSessions) Touch(c *fiber.Ctx, s *session.Session) error {
	if s.Handed {
		return nil
	}
	return h.Sessions.Touch(c, s)
}

// Clear implements Sessions. What is known of a handed key is forgotten.
func (h *handedSessions) Clear(c *fiber.Ctx) {
	given, ok := h.handed(c)
	if !ok {
		h.Sessions.Clear(c)
		return
	}
	if given.Environment == "" {
		given.Environment = h.environments[0].Slug
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.tenants, h.id(given))
}

// id is one for all requests of a person with a key, and tells nothing of it.
func (h *handedSessions) id(given Handed) string {
	mac := hmac.New(sha256.New, h.salt)
	for _, part := range []string{"handed", given.Environment, given.TenantID, given.Operator, given.Key.Reveal()} {
		fmt.Fprintf(mac, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

func (h *handedSessions) known(id string, now time.Time) (handedTenant, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t, ok := h.tenants[id]
	return t, ok && now.Sub(t.asked) < handedFor
}

func (h *handedSessions) remember(id string, t handedTenant) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for other := range h.tenants {
		if len(h.tenants) < handedMost {
			break
		}
		delete(h.tenants, other) // any: it is only asked again
	}
	h.tenants[id] = t
}

// tenantOf is the tenant that an answer is of, "" where no row says one.
func tenantOf(page *apiclient.AgentPage) (id, name string) {
	for _, row := range page.Rows {
		if row.TenantID != nil {
			return strconv.FormatInt(*row.TenantID, 10), row.TenantName
		}
	}
	return "", ""
}
