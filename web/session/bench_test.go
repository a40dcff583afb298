package session

import (
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

func BenchmarkLoad(b *testing.B) {
	m := mustNew(b, nil)
	value := save(b, m, sample())[0].Value
	app := fiber.New()
	c := app.AcquireCtx(&fasthttp.RequestCtx{})
	defer app.ReleaseCtx(c)
	c.Request().Header.SetCookie(m.names[0], value)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := m.Load(c); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSave(b *testing.B) {
	m := mustNew(b, nil)
	app := fiber.New()
	c := app.AcquireCtx(&fasthttp.RequestCtx{})
	defer app.ReleaseCtx(c)
	s := sample()
	b.ReportAllocs()
	for b.Loop() {
		if err := m.Save(c, s); err != nil {
			b.Fatal(err)
		}
	}
}
