package session

import (
	"net/http"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
)

func TestPrefs(t *testing.T) {
	t.Parallel()
	m := mustNew(t, func(c *Config) { c.Columns = []string{"name", "callin", "callout"} })
	for _, tt := range []struct {
		cookie string
		want   Prefs
	}{
		{"", Prefs{Language: "vi", Theme: System}},
		{"en.dark", Prefs{Language: "en", Theme: Dark}},
		{"vi.light", Prefs{Language: "vi", Theme: Light}},
		{"fr.dark", Prefs{Language: "vi", Theme: Dark}},
		{"en.neon", Prefs{Language: "en", Theme: System}},
		{"en", Prefs{Language: "en", Theme: System}},
		{".", Prefs{Language: "vi", Theme: System}},
		{"vi.light.1000000", Prefs{Language: "vi", Theme: Light, Told: time.UnixMicro(1_000_000)}},
		{"vi.light.-5", Prefs{Language: "vi", Theme: Light}},
		{"vi.light.9999999999999999", Prefs{Language: "vi", Theme: Light}}, // told of what is to come
		{"vi.light..comfortable", Prefs{Language: "vi", Theme: Light, Comfortable: true}},
		{"vi.light.1000000.comfortable.callout-name", Prefs{Language: "vi", Theme: Light, Told: time.UnixMicro(1_000_000), Comfortable: true, Columns: "callout-name"}},
		{"vi.light...callin", Prefs{Language: "vi", Theme: Light, Columns: "callin"}},
		{"vi.light..tall.callin-x-callin--name", Prefs{Language: "vi", Theme: Light, Columns: "callin-name"}},
		{"vi.light...name-callin-callout", Prefs{Language: "vi", Theme: Light}}, // as it is anyway
		{`"><script>.dark`, Prefs{Language: "vi", Theme: System}},
	} {
		within(t, []*http.Cookie{{Name: "console_prefs", Value: tt.cookie}}, func(c *fiber.Ctx) {
			if got := m.LoadPrefs(c); got != tt.want {
				t.Errorf("%q: %+v, want %+v", tt.cookie, got, tt.want)
			}
		})
	}
	for _, want := range []Prefs{
		{Language: "en", Theme: Dark, Comfortable: true},
		{Language: "en", Theme: Dark, Columns: "callout-name"},
		{Language: "en", Theme: Dark, Told: time.UnixMicro(1_000_000), Columns: "name"},
		{Language: "en", Theme: Dark, Told: time.UnixMicro(1_000_000), Comfortable: true, Columns: "name"},
	} {
		saved := within(t, nil, func(c *fiber.Ctx) { m.SavePrefs(c, want) })
		within(t, saved, func(c *fiber.Ctx) {
			if got := m.LoadPrefs(c); got != want {
				t.Errorf("%q: %+v, want %+v", saved[0].Value, got, want)
			}
		})
	}
	cookies := within(t, nil, func(c *fiber.Ctx) {
		if got := m.SavePrefs(c, Prefs{Language: "en\r\nX: y", Theme: Dark}); got != (Prefs{Language: "vi", Theme: Dark}) {
			t.Errorf("saved %+v", got)
		}
	})
	if want := "console_prefs=vi.dark; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax"; cookies[0].Raw != want {
		t.Errorf("cookie %q, want %q", cookies[0].Raw, want)
	}
}
