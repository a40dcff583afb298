package session

import (
	"context"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gorilla/securecookie"
	"github.com/gorilla/sessions"
)

// maxCookie is what browsers keep of one cookie: name, value and attributes.
const maxCookie = 4096

const setCookie = fiber.HeaderSetCookie + ": \r\n"

// refresh is how old Seen may be before Touch issues the cookie again. A page
// that polls every few seconds therefore saves the session once a minute.
const refresh = time.Minute

// askWithin is how long the list of ended sessions may take to answer: people who click
// while the database is away are told so, and do not wait for its deadlines.
const askWithin = 2500 * time.Millisecond

// Config says how sessions are kept.
type Config struct {
	// Secrets, newest first, of at least MinSecret bytes each. The first signs
	// and encrypts, all of them open, which is how a secret is rotated.
	Secrets []string
	// PublicURL is the origin people see, nil where none is configured. The
	// cookie is Secure where it is https.
	PublicURL *url.URL
	// BasePath is "" or "/x".
	BasePath string
	// CrossSite lets the cookie into a frame on another site (SameSite=None;
	// Partitioned). It needs an https PublicURL.
	CrossSite bool
	// Room is how many bytes of an answer's header the cookie's line may take; what
	// browsers keep where zero.
	Room int
	// Idle ends a session that was not used for so long, Max ends every session.
	Idle, Max time.Duration
	// Languages are the allowed values of Prefs.Language, the default first.
	Languages []string
	// Columns are the allowed values of Prefs.Columns, in the usual order. They hold
	// neither "-" nor ".".
	Columns []string
	Now     func() time.Time // time.Now where nil
	Ended   Ender            // may be nil: then signing out only clears the cookie
}

// Manager opens and saves sessions. It is safe for concurrent use.
type Manager struct {
	store     *sessions.CookieStore
	names     []string // of the cookie: one for each secret, newest first
	room      int
	idle, max time.Duration
	languages []string
	columns   []string
	now       func() time.Time
	ended     Ender
	sealers   []sealer // of tags, newest first
}

// New returns a Manager, or a sentence about what is wrong with cfg.
func New(cfg Config) (*Manager, error) {
	secure := cfg.PublicURL != nil && cfg.PublicURL.Scheme == "https"
	switch err := CheckSecrets(cfg.Secrets); {
	case err != nil:
		return nil, err
	case cfg.Idle <= 0 || cfg.Max < cfg.Idle:
		return nil, fmt.Errorf("session limits: idle %s must be above zero and at most max %s", cfg.Idle, cfg.Max)
	case cfg.CrossSite && !secure:
		return nil, errors.New("a session inside a frame of another site needs an https public URL")
	}
	pairs, err := keyPairs(cfg.Secrets)
	if err != nil {
		return nil, err
	}
	sealers, err := newSealers(cfg.Secrets)
	if err != nil {
		return nil, err
	}
	names, err := cookieNames(cfg.Secrets, secure, cfg.BasePath)
	if err != nil {
		return nil, err
	}
	m := &Manager{
		store:     sessions.NewCookieStore(pairs...),
		names:     names,
		room:      maxCookie,
		idle:      cfg.Idle,
		max:       cfg.Max,
		languages: cfg.Languages,
		columns:   cfg.Columns,
		now:       cfg.Now,
		ended:     cfg.Ended,
		sealers:   sealers,
	}
	if m.now == nil {
		m.now = time.Now
	}
	if cfg.Room > 0 {
		m.room = min(maxCookie, cfg.Room-len(setCookie))
	}
	if len(m.languages) == 0 {
		m.languages = []string{"vi", "en"}
	}
	for _, codec := range m.store.Codecs {
		sc, ok := codec.(*securecookie.SecureCookie)
		if !ok {
			return nil, fmt.Errorf("session: unexpected codec %T", codec)
		}
		// A second lock: no cookie issued longer ago than Max opens, whatever
		// its payload says.
		sc.SetSerializer(serializer{}).MaxAge(int(cfg.Max/time.Second) + 1)
	}
	m.store.Options = &sessions.Options{
		Path:     cfg.BasePath + "/",
		HttpOnly: true,
		Secure:   secure,
		SameSite: http.SameSiteLaxMode,
	}
	if cfg.BasePath != "" {
		m.store.Options.Path = cfg.BasePath
	}
	if cfg.CrossSite {
		m.store.Options.SameSite, m.store.Options.Partitioned = http.SameSiteNoneMode, true
	}
	// A wrong block key shows only when something is saved: find out now.
	if _, err := m.encode(&Session{ID: "probe"}); err != nil {
		return nil, fmt.Errorf("session: %w", err)
	}
	return m, nil
}

// cookieNames are the names of the cookie, newest secret first. Each has something of
// the secret and the base path: browsers keep one jar for all ports of a host, and
// consoles there must not overwrite each other's cookie. For the rest it is the strictest
// prefix that browsers accept for the place: a __Host- cookie cannot be set by a sibling
// domain or over http.
func cookieNames(secrets []string, secure bool, basePath string) ([]string, error) {
	prefix := "console_session"
	switch {
	case secure && basePath == "":
		prefix = "__Host-console"
	case secure:
		prefix = "__Secure-console"
	}
	names := make([]string, len(secrets))
	for i, secret := range secrets {
		mark, err := hkdf.Key(sha256.New, []byte(secret), nil, "agentconsole cookie name v1 "+basePath, 4)
		if err != nil {
			return nil, fmt.Errorf("derive cookie name: %w", err)
		}
		names[i] = prefix + "_" + hex.EncodeToString(mark)
	}
	return names, nil
}

// Load opens the request's session. It returns ErrNoSession (perhaps as
// ErrExpired or ErrEnded) where the person must sign in, and ErrUnavailable
// where that cannot be told. Nothing in a cookie leads to another error.
func (m *Manager) Load(c *fiber.Ctx) (*Session, error) {
	s := m.find(c)
	if s == nil {
		return nil, ErrNoSession
	}
	now := m.now()
	if now.Sub(s.Seen) > m.idle || now.Sub(s.Created) > m.max {
		return nil, ErrExpired
	}
	if m.ended != nil {
		ctx, cancel := context.WithTimeout(c.UserContext(), askWithin)
		defer cancel()
		over, err := m.ended.Ended(ctx, s.ID, s.Generation)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
		if over {
			return nil, ErrEnded
		}
	}
	return s, nil
}

// find is the session of the newest cookie that can be read, nil where there is none.
func (m *Manager) find(c *fiber.Ctx) *Session {
	for _, name := range m.names {
		if value := c.Cookies(name); value != "" {
			if s, err := m.decode(name, value); err == nil {
				return s
			}
		}
	}
	return nil
}

// Save writes the session's cookie. A session without an ID is new: it gets one,
// and its limits begin. ErrTooLarge where it does not fit; ErrUnavailable where a new one
// cannot be told from those that all were ended.
func (m *Manager) Save(c *fiber.Ctx, s *Session) error {
	now := m.now().UTC().Truncate(time.Second)
	saved := *s
	if saved.ID == "" {
		saved.ID, saved.Created = rand.Text(), now
		if m.ended != nil {
			ctx, cancel := context.WithTimeout(c.UserContext(), askWithin)
			defer cancel()
			var err error
			if saved.Generation, err = m.ended.Generation(ctx); err != nil {
				return fmt.Errorf("%w: %w", ErrUnavailable, err)
			}
		}
	}
	saved.Seen = now
	cookie, err := m.encode(&saved)
	if err != nil {
		return err
	}
	*s = saved
	m.write(c, m.names[0], cookie)
	m.clearOlder(c)
	return nil
}

// Fits returns ErrTooLarge where a new session would not fit its cookie.
func (m *Manager) Fits(s *Session) error {
	probe := *s
	now := m.now()
	probe.ID, probe.Created, probe.Seen = rand.Text(), now, now
	_, err := m.encode(&probe)
	return err
}

// Touch moves the idle limit, by saving a session that was last saved more than
// a minute ago. Others are left alone: saving costs time and bandwidth.
func (m *Manager) Touch(c *fiber.Ctx, s *Session) error {
	if m.now().Sub(s.Seen) < min(refresh, m.idle/4) {
		return nil
	}
	return m.Save(c, s)
}

// Clear takes the cookie from the browser. A copy of it stays good until its
// limits unless its ID is also given to journal.Sessions.End.
func (m *Manager) Clear(c *fiber.Ctx) {
	m.write(c, m.names[0], m.gone(m.names[0]))
	m.clearOlder(c)
}

// clearOlder takes the cookies of older secrets from the browser.
func (m *Manager) clearOlder(c *fiber.Ctx) {
	for _, name := range m.names[1:] {
		if c.Cookies(name) != "" {
			m.write(c, name, m.gone(name))
		}
	}
}

// gone is the value of a Set-Cookie header that deletes.
func (m *Manager) gone(name string) string {
	opts := *m.store.Options
	opts.MaxAge = -1
	return sessions.NewCookie(name, "", &opts).String()
}

// Until is when the session's cookie dies by itself at the latest: the time to
// give to journal.Sessions.End.
func (m *Manager) Until(s *Session) time.Time { return s.Created.Add(m.max) }

// encode returns the value of the Set-Cookie header.
func (m *Manager) encode(s *Session) (string, error) {
	gs := sessions.NewSession(m.store, m.names[0])
	opts := *m.store.Options
	gs.Options = &opts
	gs.Values[payloadKey] = s
	w := headerWriter{}
	if err := m.store.Save(&http.Request{}, w, gs); err != nil {
		// The codec's only failure with a proper key is the value's length.
		return "", fmt.Errorf("%w: %w", ErrTooLarge, err)
	}
	cookie := http.Header(w).Get("Set-Cookie")
	if len(cookie) > m.room {
		return "", fmt.Errorf("%w: %d bytes", ErrTooLarge, len(cookie))
	}
	return cookie, nil
}

// decode opens the value of the cookie of that name.
func (m *Manager) decode(name, value string) (*Session, error) {
	// CookieStore wants an *http.Request. The value is cloned because it may
	// point into Fiber's reused buffers.
	r := &http.Request{Header: http.Header{"Cookie": {name + "=" + strings.Clone(value)}}}
	gs, err := m.store.New(r, name)
	if err != nil {
		return nil, err
	}
	s, ok := gs.Values[payloadKey].(*Session)
	if !ok {
		return nil, errPayload
	}
	return s, nil
}

// write sets the cookie once, however often the request saved it.
func (m *Manager) write(c *fiber.Ctx, name, cookie string) {
	c.Response().Header.DelCookie(name)
	c.Response().Header.Add(fiber.HeaderSetCookie, cookie)
}

// headerWriter is the http.ResponseWriter that CookieStore.Save wants, of which
// it uses the header only.
type headerWriter http.Header

func (w headerWriter) Header() http.Header         { return http.Header(w) }
func (w headerWriter) Write(b []byte) (int, error) { return len(b), nil }
func (w headerWriter) WriteHeader(int)             {}
