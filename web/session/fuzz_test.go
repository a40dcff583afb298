package session

import (
	"errors"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

func FuzzCookie(f *testing.F) {
	m := mustNew(f, nil)
	good := save(f, m, sample())[0].Value
	f.Add(good)
	f.Add(good[:40])
	f.Add("")
	f.Add("MTcwMDAwMDAwMHxBQUFBfA==")
	app := fiber.New()
	f.Fuzz(func(t *testing.T, value string) {
		c := app.AcquireCtx(&fasthttp.RequestCtx{})
		defer app.ReleaseCtx(c)
		c.Request().Header.SetCookie(m.names[0], value)
		s, err := m.Load(c)
		if (s == nil) == (err == nil) || err != nil && !errors.Is(err, ErrNoSession) {
			t.Errorf("Load(%q) = %v, %v", value, s, err)
		}
	})
}

// FuzzPayload feeds what comes after decryption: nothing but a bug of ours can
// put rubbish there, and it must not panic either.
func FuzzPayload(f *testing.F) {
	s := sample()
	s.ID = "id"
	f.Add(appendPayload(nil, s))
	f.Add([]byte{payloadVersion, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := parsePayload(b)
		if err != nil {
			return
		}
		again, err := parsePayload(appendPayload(nil, s))
		if err != nil || *again != *s {
			t.Errorf("%q: %v, then %v, %v", b, s, again, err)
		}
	})
}
