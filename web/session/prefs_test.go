package session

import (
	"net/http"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
)

func TestPrefs(t *testing.T) {
	t.Parallel()
	m := mustNew(t, nil)
	for _, tt := range []struct {
		cookie string
		want   Prefs
	}{
		{"", Prefs{"vi", System, time.Time{}}},
		{"en.dark", Prefs{"en", Dark, time.Time{}}},
		{"vi.light", Prefs{"vi", Light, time.Time{}}},
		{"fr.dark", Prefs{"vi", Dark, time.Time{}}},
		{"en.neon", Prefs{"en", System, time.Time{}}},
		{"en", Prefs{"en", System, time.Time{}}},
		{".", Prefs{"vi", System, time.Time{}}},
		{"vi.light.1000000", Prefs{"vi", Light, time.UnixMicro(1_000_000)}},
		{"vi.light.-5", Prefs{"vi", Light, time.Time{}}},
		{"vi.light.9999999999999999", Prefs{"vi", Light, time.Time{}}}, // told of what is to come
		{`"><script>.dark`, Prefs{"vi", System, time.Time{}}},
	} {
		within(t, []*http.Cookie{{Name: "console_prefs", Value: tt.cookie}}, func(c *fiber.Ctx) {
			if got := m.LoadPrefs(c); got != tt.want {
				t.Errorf("%q: %+v, want %+v", tt.cookie, got, tt.want)
			}
		})
	}
	cookies := within(t, nil, func(c *fiber.Ctx) {
		if got := m.SavePrefs(c, Prefs{Language: "en\r\nX: y", Theme: Dark}); got != (Prefs{"vi", Dark, time.Time{}}) {
			t.Errorf("saved %+v", got)
		}
	})
	if want := "console_prefs=vi.dark; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax"; cookies[0].Raw != want {
		t.Errorf("cookie %q, want %q", cookies[0].Raw, want)
	}
}
