package session

import (
	"net/http"
	"testing"

	"github.com/gofiber/fiber/v2"
)

func TestPrefs(t *testing.T) {
	t.Parallel()
	m := mustNew(t, nil)
	for _, tt := range []struct {
		cookie string
		want   Prefs
	}{
		{"", Prefs{"vi", System}},
		{"en.dark", Prefs{"en", Dark}},
		{"vi.light", Prefs{"vi", Light}},
		{"fr.dark", Prefs{"vi", Dark}},
		{"en.neon", Prefs{"en", System}},
		{"en", Prefs{"en", System}},
		{".", Prefs{"vi", System}},
		{`"><script>.dark`, Prefs{"vi", System}},
	} {
		within(t, []*http.Cookie{{Name: "console_prefs", Value: tt.cookie}}, func(c *fiber.Ctx) {
			if got := m.LoadPrefs(c); got != tt.want {
				t.Errorf("%q: %+v, want %+v", tt.cookie, got, tt.want)
			}
		})
	}
	cookies := within(t, nil, func(c *fiber.Ctx) {
		if got := m.SavePrefs(c, Prefs{Language: "en\r\nX: y", Theme: Dark}); got != (Prefs{"vi", Dark}) {
			t.Errorf("saved %+v", got)
		}
	})
	if want := "console_prefs=vi.dark; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax"; cookies[0].Raw != want {
		t.Errorf("cookie %q, want %q", cookies[0].Raw, want)
	}
}
