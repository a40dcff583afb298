package middleware

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// tablePage is about as large as a page of the agents' table.
func tablePage() string {
	var b strings.Builder
	for i := range 80 {
		fmt.Fprintf(&b, `<tr data-agent-id="08%04d"><td class="mono">08%04d</td><td>Nguyễn Thị %d</td>`+
			`<td data-queues="callin"><span class="chip" data-queue-id="%d">%d-CSKH Miền Nam</span></td>`+
			`<td data-recording="sent-on">Đã gửi bật</td><td><a href="/agents/08%04d/queues?type=callin">Sửa</a></td></tr>`,
			i*37, i*37, i*7919, 1001226+i*13, 1001226+i*13, i*37)
	}
	return b.String()
}

// BenchmarkChain is what every request pays besides its handler: with an empty
// answer, and with a page that is compressed.
func BenchmarkChain(b *testing.B) {
	page := tablePage()
	for name, body := range map[string]string{"empty": "", fmt.Sprintf("page of %d bytes", len(page)): page} {
		b.Run(name, func(b *testing.B) {
			app := fiber.New(NewFiberConfig(nobody(), HeadersConfig{}, fiber.DefaultErrorHandler))
			if err := Use(app, Config{Log: AccessLogConfig{
				Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), Proxies: nobody(),
			}}); err != nil {
				b.Fatal(err)
			}
			app.Get("/", func(c *fiber.Ctx) error { return c.Type("html", "utf-8").SendString(body) })
			handler := app.Handler()
			size := 0
			b.ReportAllocs()
			for b.Loop() {
				var rc fasthttp.RequestCtx
				rc.Request.SetRequestURI("/")
				rc.Request.Header.Set("Accept-Encoding", "gzip")
				handler(&rc)
				size = len(rc.Response.Body())
			}
			b.ReportMetric(float64(size), "bytes/answer")
		})
	}
}
