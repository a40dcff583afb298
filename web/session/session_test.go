package session

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/alohub/agentconsole/apiclient"
)

const (
	oldSecret = "q3Zt8Jv0xY5uLr2WmKc7Hb1PdNf6SgAe"
	newSecret = "Zx9Wv8Ut7Sr6Qp5On4Ml3Kj2Ih1Gf0Ed"
	apiKey    = "alo_live_5f2c1e9b7a6d4c3f8e0b1a2d"
)

// clock is a time that a test moves by hand.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Now().UTC().Truncate(time.Second)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// endedFunc is an Ender.
type endedFunc func(id string, generation int64) (bool, error)

func (f endedFunc) Ended(_ context.Context, id string, generation int64) (bool, error) {
	return f(id, generation)
}

// Generation is 7 for those that begin.
func (f endedFunc) Generation(context.Context) (int64, error) { return 7, nil }

func mustNew(tb testing.TB, change func(*Config)) *Manager {
	tb.Helper()
	cfg := Config{Secrets: []string{oldSecret}, Idle: 30 * time.Minute, Max: 12 * time.Hour}
	if change != nil {
		change(&cfg)
	}
	m, err := New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

func sample() *Session {
	return &Session{
		Environment: "production",
		Key:         apiclient.NewSecret(apiKey),
		TenantID:    "7", Tenant: "1002", TenantName: "Tổng đài Miền Nam", Operator: "Nguyễn Thị Đào",
	}
}

// within runs fn inside a request with the given cookies and returns the cookies
// the answer sets.
func within(tb testing.TB, cookies []*http.Cookie, fn func(c *fiber.Ctx)) []*http.Cookie {
	tb.Helper()
	app := fiber.New(fiber.Config{Immutable: true, DisableStartupMessage: true, ReadBufferSize: 16 << 10})
	app.Get("/", func(c *fiber.Ctx) error {
		fn(c)
		return nil
	})
	req := httptest.NewRequest(http.MethodGet, "/", nil)
	for _, cookie := range cookies {
		// Not AddCookie, which cleans what a test wants dirty.
		req.Header.Add("Cookie", cookie.Name+"="+cookie.Value)
	}
	resp, err := app.Test(req, -1)
	if err != nil {
		tb.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.Cookies()
}

// save returns the cookies of a saved session.
func save(tb testing.TB, m *Manager, s *Session) []*http.Cookie {
	tb.Helper()
	return within(tb, nil, func(c *fiber.Ctx) {
		if err := m.Save(c, s); err != nil {
			tb.Error(err)
		}
	})
}

func load(tb testing.TB, m *Manager, cookies []*http.Cookie) (s *Session, err error) {
	tb.Helper()
	within(tb, cookies, func(c *fiber.Ctx) { s, err = m.Load(c) })
	return s, err
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	clock := newClock()
	m := mustNew(t, func(cfg *Config) { cfg.Now = clock.Now })
	s := sample()
	cookies := save(t, m, s)
	if len(s.ID) < 26 || !s.Created.Equal(clock.Now()) || !s.Seen.Equal(clock.Now()) {
		t.Errorf("a new session has ID %q, created %s, seen %s", s.ID, s.Created, s.Seen)
	}
	got, err := load(t, m, cookies)
	if err != nil {
		t.Fatal(err)
	}
	if got.Key.Reveal() != apiKey {
		t.Error("the key did not survive")
	}
	if diff := cmp.Diff(s, got, cmpopts.EquateComparable(apiclient.Secret{})); diff != "" {
		t.Errorf("(-saved +loaded):\n%s", diff)
	}
	if again := sample(); len(save(t, m, again)) != 1 || again.ID == s.ID {
		t.Error("two sign-ins share an id")
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	clock := newClock()
	m := mustNew(t, func(cfg *Config) { cfg.Now = clock.Now })
	cookies := save(t, m, sample())

	clock.Advance(30 * time.Minute)
	if _, err := load(t, m, cookies); err != nil {
		t.Errorf("at the idle limit: %v", err)
	}
	clock.Advance(time.Second)
	if _, err := load(t, m, cookies); !errors.Is(err, ErrExpired) || !errors.Is(err, ErrNoSession) {
		t.Errorf("past the idle limit: %v", err)
	}

	// A session in use slides past the idle limit, but not past the absolute one.
	cookies = save(t, m, sample())
	for range 24 {
		clock.Advance(29 * time.Minute)
		cookies = within(t, cookies, func(c *fiber.Ctx) {
			s, err := m.Load(c)
			if err != nil {
				t.Fatal(err)
			}
			if err := m.Touch(c, s); err != nil {
				t.Error(err)
			}
		})
	}
	clock.Advance(25 * time.Minute)
	if _, err := load(t, m, cookies); !errors.Is(err, ErrExpired) {
		t.Errorf("past the absolute limit: %v", err)
	}
}

func TestTouchSavesOnceAMinute(t *testing.T) {
	t.Parallel()
	clock := newClock()
	m := mustNew(t, func(cfg *Config) { cfg.Now = clock.Now })
	s := sample()
	cookies := save(t, m, s)
	touch := func() []*http.Cookie {
		return within(t, cookies, func(c *fiber.Ctx) {
			loaded, err := m.Load(c)
			if err != nil {
				t.Fatal(err)
			}
			if err := m.Touch(c, loaded); err != nil {
				t.Error(err)
			}
			if loaded.ID != s.ID || !loaded.Created.Equal(s.Created) {
				t.Error("touching changed the session")
			}
		})
	}
	clock.Advance(59 * time.Second)
	if got := touch(); len(got) != 0 {
		t.Errorf("saved after 59 s: %v", got)
	}
	clock.Advance(time.Second)
	if got := touch(); len(got) != 1 {
		t.Errorf("not saved after a minute: %v", got)
	}
}

func TestEnded(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk full")
	for _, tt := range []struct {
		name  string
		ended bool
		err   error
		want  error
	}{
		{"running", false, nil, nil},
		{"ended", true, nil, ErrEnded},
		{"store broken", false, broken, ErrUnavailable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := sample()
			m := mustNew(t, func(cfg *Config) {
				cfg.Ended = endedFunc(func(id string, generation int64) (bool, error) {
					if id != s.ID || generation != 7 {
						t.Errorf("asked for %q of generation %d", id, generation)
					}
					return tt.ended, tt.err
				})
			})
			_, err := load(t, m, save(t, m, s))
			if !errors.Is(err, tt.want) || tt.err != nil && !errors.Is(err, tt.err) {
				t.Errorf("Load: %v, want %v", err, tt.want)
			}
			if tt.want == ErrUnavailable && errors.Is(err, ErrNoSession) {
				t.Error("an unreachable list signs people out")
			}
		})
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Config){
		"no secret":           func(c *Config) { c.Secrets = nil },
		"short secret":        func(c *Config) { c.Secrets = []string{"short"} },
		"second secret short": func(c *Config) { c.Secrets = append(c.Secrets, "short") },
		"no idle limit":       func(c *Config) { c.Idle = 0 },
		"max below idle":      func(c *Config) { c.Max = time.Minute },
		"frame without https": func(c *Config) { c.CrossSite = true },
	} {
		cfg := Config{Secrets: []string{oldSecret}, Idle: 30 * time.Minute, Max: 12 * time.Hour}
		change(&cfg)
		_, err := New(cfg)
		if err == nil {
			t.Errorf("%s: accepted", name)
		} else if strings.Contains(name, "secret") && !strings.Contains(err.Error(), "openssl rand -base64 48") {
			t.Errorf("%s: %v does not say how to make one", name, err)
		}
	}
}

func TestDeriveSalt(t *testing.T) {
	t.Parallel()
	a, err := DeriveSalt([]string{oldSecret}, "fingerprint")
	if err != nil {
		t.Fatal(err)
	}
	b, _ := DeriveSalt([]string{oldSecret, newSecret}, "fingerprint")
	c, _ := DeriveSalt([]string{oldSecret}, "something else")
	if len(a) != 32 || string(a) != string(b) || string(a) == string(c) {
		t.Error("salts do not depend on the newest secret and the purpose alone")
	}
}

// bounded notes how long its questions may take.
type bounded struct{ most time.Duration }

func (b *bounded) note(ctx context.Context) {
	at, ok := ctx.Deadline()
	if left := time.Until(at); !ok || left > b.most {
		b.most = left
		if !ok {
			b.most = time.Hour
		}
	}
}

func (b *bounded) Ended(ctx context.Context, _ string, _ int64) (bool, error) {
	b.note(ctx)
	return false, nil
}

func (b *bounded) Generation(ctx context.Context) (int64, error) {
	b.note(ctx)
	return 7, nil
}

// TestNobodyWaitsLongForTheList of ended sessions, neither on a page nor to sign in.
func TestNobodyWaitsLongForTheList(t *testing.T) {
	t.Parallel()
	ended := &bounded{}
	m := mustNew(t, func(cfg *Config) { cfg.Ended = ended })
	cookies := save(t, m, sample())
	if _, err := load(t, m, cookies); err != nil || ended.most == 0 || ended.most > askWithin {
		t.Errorf("waits up to %s, %v", ended.most, err)
	}
}
