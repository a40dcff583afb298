package session

import (
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/apiclient"
)

// TestKeyIsEncrypted looks for the key in every layer of base64 of the cookie.
// Signed but not encrypted, which is what gorilla does with one key, fails here.
func TestKeyIsEncrypted(t *testing.T) {
	t.Parallel()
	m := mustNew(t, nil)
	text := save(t, m, sample())[0].Value
	for range 3 {
		for _, secret := range []string{apiKey, apiKey[4:12], "production", "Nguy"} {
			if strings.Contains(text, secret) {
				t.Fatalf("%q is readable in the cookie", secret)
			}
		}
		// gorilla's value is base64(date|base64(ciphertext)|mac).
		decoded, err := base64.URLEncoding.DecodeString(text)
		if err != nil {
			return
		}
		text = string(decoded)
		if _, rest, ok := strings.Cut(text, "|"); ok {
			text, _, _ = strings.Cut(rest, "|")
		}
	}
}

func TestRotation(t *testing.T) {
	t.Parallel()
	before := mustNew(t, nil)
	during := mustNew(t, func(cfg *Config) { cfg.Secrets = []string{newSecret, oldSecret} })
	after := mustNew(t, func(cfg *Config) { cfg.Secrets = []string{newSecret} })

	old := save(t, before, sample())
	s, err := load(t, during, old)
	if err != nil {
		t.Fatalf("the old secret does not open any more: %v", err)
	}
	fresh := save(t, during, s)
	if _, err := load(t, after, fresh); err != nil {
		t.Errorf("a session saved during the rotation is not of the new secret: %v", err)
	}
	if _, err := load(t, after, old); !errors.Is(err, ErrNoSession) {
		t.Errorf("a session of a removed secret: %v", err)
	}
}

// TestRotatedName: the cookie of the older secret has another name. It is found, and
// goes when the session is saved again or signed out.
func TestRotatedName(t *testing.T) {
	t.Parallel()
	during := mustNew(t, func(cfg *Config) { cfg.Secrets = []string{newSecret, oldSecret} })
	old := save(t, mustNew(t, nil), sample())
	saved := within(t, old, func(c *fiber.Ctx) {
		s, err := during.Load(c)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(during.Save(c, s), during.Save(c, s)); err != nil {
			t.Error(err)
		}
	})
	if len(saved) != 2 || saved[0].Name == old[0].Name || saved[1].Name != old[0].Name || saved[1].MaxAge >= 0 {
		t.Fatalf("saving set %v", saved)
	}
	both := []*http.Cookie{old[0], saved[0]}
	if _, err := load(t, during, both); err != nil {
		t.Error(err)
	}
	cleared := within(t, both, during.Clear)
	if len(cleared) != 2 || cleared[0].Name != saved[0].Name || cleared[1].Name != old[0].Name || cleared[0].MaxAge >= 0 || cleared[1].MaxAge >= 0 {
		t.Errorf("clearing set %v", cleared)
	}
	// Of two the newer secret's counts, and where that is damaged the other.
	damaged := []*http.Cookie{{Name: saved[0].Name, Value: "damaged"}, old[0]}
	if _, err := load(t, during, damaged); err != nil {
		t.Errorf("behind a damaged one: %v", err)
	}
}

// TestNeighbours: consoles on two ports of one host share the browser's jar, and so do
// those at two prefixes for whatever is below both. None overwrites another's cookie.
func TestNeighbours(t *testing.T) {
	t.Parallel()
	names := map[string]string{}
	for what, change := range map[string]func(*Config){
		"one":            nil,
		"another secret": func(c *Config) { c.Secrets = []string{newSecret} },
		"a prefix":       func(c *Config) { c.BasePath = "/a" },
		"another prefix": func(c *Config) { c.BasePath = "/b" },
		"https":          func(c *Config) { c.PublicURL = &url.URL{Scheme: "https", Host: "e.vn"} },
		"https, prefix":  func(c *Config) { c.PublicURL, c.BasePath = &url.URL{Scheme: "https", Host: "e.vn"}, "/a" },
	} {
		name := save(t, mustNew(t, change), sample())[0].Name
		if other, taken := names[name]; taken {
			t.Errorf("%s and %s share the cookie %s", what, other, name)
		}
		names[name] = what
	}
}

// TestUndecodable: whatever stands in the cookie, people sign in again.
func TestUndecodable(t *testing.T) {
	t.Parallel()
	m := mustNew(t, nil)
	good := save(t, m, sample())[0]
	flip := func(i int) string {
		b := []byte(good.Value)
		if b[i] == 'A' {
			b[i] = 'B'
		} else {
			b[i] = 'A'
		}
		return string(b)
	}
	secure := mustNew(t, func(cfg *Config) { cfg.PublicURL = &url.URL{Scheme: "https", Host: "e.vn"} })
	for name, value := range map[string]string{
		"nothing":    "",
		"rubbish":    "rubbish",
		"first byte": flip(0),
		"middle":     flip(len(good.Value) / 2),
		// The last group's first byte: its last ones may hold bits that base64
		// throws away, and then a changed cookie is the same cookie.
		"last group":      flip(len(good.Value) - 4),
		"cut":             good.Value[:len(good.Value)/2],
		"too long":        strings.Repeat("A", 5000),
		"another name's":  save(t, secure, sample())[0].Value,
		"not base64":      "!!!!",
		"percent escapes": "%00%ff",
	} {
		if _, err := load(t, m, []*http.Cookie{{Name: good.Name, Value: value}}); !errors.Is(err, ErrNoSession) {
			t.Errorf("%s: %v, want ErrNoSession", name, err)
		}
	}
}

func TestTooLarge(t *testing.T) {
	t.Parallel()
	m := mustNew(t, func(cfg *Config) {
		cfg.PublicURL, cfg.CrossSite = &url.URL{Scheme: "https", Host: "e.vn"}, true
	})
	longest := 0
	for size := 1000; size < 4000; size += 50 {
		s := sample()
		s.Key = apiclient.NewSecret(strings.Repeat("k", size))
		var err error
		cookies := within(t, nil, func(c *fiber.Ctx) { err = m.Save(c, s) })
		switch {
		case err == nil && longest != size-50 && longest != 0:
			t.Errorf("a key of %d bytes fits and a shorter one does not", size)
		case err == nil:
			longest = size
			if got, loadErr := load(t, m, cookies); loadErr != nil || got.Key.Reveal() != s.Key.Reveal() {
				t.Errorf("a key of %d bytes was saved but does not load: %v", size, loadErr)
			}
			if raw := cookies[0].Raw; len(raw) > 4096 {
				t.Errorf("a cookie of %d bytes was sent", len(raw))
			}
		case !errors.Is(err, ErrTooLarge):
			t.Errorf("key of %d bytes: %v", size, err)
		default:
			if len(cookies) != 0 || s.ID != "" {
				t.Error("a session that was refused left traces")
			}
		}
	}
	if longest < 2000 {
		t.Errorf("the longest key is %d bytes, want at least 2,000", longest)
	}
	t.Logf("longest key tried that fits: %d bytes", longest)
}

func TestAttributes(t *testing.T) {
	t.Parallel()
	https := &url.URL{Scheme: "https", Host: "e.vn"}
	for _, tt := range []struct {
		name   string
		change func(*Config)
		want   string // the header but for the value
	}{
		{"http at the root", nil, "console_session_XXXXXXXX=; Path=/; HttpOnly; SameSite=Lax"},
		{"http below a path", func(c *Config) { c.BasePath = "/x" }, "console_session_XXXXXXXX=; Path=/x; HttpOnly; SameSite=Lax"},
		{"https at the root", func(c *Config) { c.PublicURL = https }, "__Host-console_XXXXXXXX=; Path=/; HttpOnly; Secure; SameSite=Lax"},
		{"https below a path", func(c *Config) { c.PublicURL, c.BasePath = https, "/x" }, "__Secure-console_XXXXXXXX=; Path=/x; HttpOnly; Secure; SameSite=Lax"},
		{"in a frame", func(c *Config) { c.PublicURL, c.CrossSite = https, true }, "__Host-console_XXXXXXXX=; Path=/; HttpOnly; Secure; SameSite=None; Partitioned"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := mustNew(t, tt.change)
			cookie := save(t, m, sample())[0]
			mark := regexp.MustCompile(`_[0-9a-f]{8}=`)
			if got := mark.ReplaceAllLiteralString(strings.Replace(cookie.Raw, cookie.Value, "", 1), "_XXXXXXXX="); got != tt.want {
				t.Errorf("saved   %q\nwant    %q", got, tt.want)
			}
			cleared := within(t, nil, m.Clear)[0]
			name, attributes, _ := strings.Cut(tt.want, "=; Path=")
			path, attributes, _ := strings.Cut(attributes, "; ")
			want := name + "=; Path=" + path + "; Expires=Thu, 01 Jan 1970 00:00:01 GMT; Max-Age=0; " + attributes
			if got := mark.ReplaceAllLiteralString(cleared.Raw, "_XXXXXXXX="); got != want {
				t.Errorf("cleared %q\nwant    %q", cleared.Raw, want)
			}
		})
	}
}

// TestSavedOnce: a handler that saves after the middleware touched must not send
// two cookies of one name, of which the older might win.
func TestSavedOnce(t *testing.T) {
	t.Parallel()
	m := mustNew(t, nil)
	cookies := within(t, nil, func(c *fiber.Ctx) {
		first, second := sample(), sample()
		if err := errors.Join(m.Save(c, first), m.Save(c, second)); err != nil {
			t.Error(err)
		}
		m.SavePrefs(c, Prefs{Language: "en", Theme: Dark})
	})
	if len(cookies) != 2 {
		t.Errorf("cookies: %v", cookies)
	}
}
