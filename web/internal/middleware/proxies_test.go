package middleware

import (
	"net"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// from returns a request that came from the peer with the given header lines.
func from(t *testing.T, peer string, header ...string) *fiber.Ctx {
	t.Helper()
	app := fiber.New(fiber.Config{Immutable: true})
	var rc fasthttp.RequestCtx
	rc.Init(&fasthttp.Request{}, &net.TCPAddr{IP: net.ParseIP(peer), Port: 1}, nil)
	c := app.AcquireCtx(&rc)
	t.Cleanup(func() { app.ReleaseCtx(c) })
	for i := 0; i+1 < len(header); i += 2 {
		c.Request().Header.Add(header[i], header[i+1])
	}
	return c
}

func TestClientIP(t *testing.T) {
	t.Parallel()
	const xff = "X-Forwarded-For"
	proxies := trusting("10.0.0.0/8", "fd00::/8")
	for _, tt := range []struct {
		name, peer string
		header     []string
		want       string
	}{
		{"no proxy", "203.0.113.9", nil, "203.0.113.9"},
		{"forged without a proxy", "203.0.113.9", []string{xff, "1.1.1.1"}, "203.0.113.9"},
		{"proxy", "10.0.0.1", []string{xff, "203.0.113.9"}, "203.0.113.9"},
		{"forged through a proxy that appends", "10.0.0.1", []string{xff, "1.1.1.1, 203.0.113.9"}, "203.0.113.9"},
		{"forged on a line of its own", "10.0.0.1", []string{xff, "1.1.1.1", xff, "203.0.113.9"}, "203.0.113.9"},
		{"two proxies", "10.0.0.1", []string{xff, "1.1.1.1, 203.0.113.9, 10.0.0.2"}, "203.0.113.9"},
		{"all inside", "10.0.0.1", []string{xff, "10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
		{"proxy without the header", "10.0.0.1", nil, "10.0.0.1"},
		{"rubbish", "10.0.0.1", []string{xff, "203.0.113.9, rubbish"}, "10.0.0.1"},
		{"rubbish further left", "10.0.0.1", []string{xff, "rubbish, 203.0.113.9"}, "203.0.113.9"},
		{"with a port", "10.0.0.1", []string{xff, "203.0.113.9:4711"}, "203.0.113.9"},
		{"IPv6 in brackets with a port", "fd00::1", []string{xff, "[2001:db8::7]:4711"}, "2001:db8::7"},
		{"IPv6", "fd00::1", []string{xff, "2001:db8::7"}, "2001:db8::7"},
		{"IPv4 in IPv6", "::ffff:10.0.0.1", []string{xff, "::ffff:203.0.113.9"}, "203.0.113.9"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := proxies.ClientIP(from(t, tt.peer, tt.header...)); got != tt.want {
				t.Errorf("ClientIP = %s, want %s", got, tt.want)
			}
		})
	}
}

func TestOperator(t *testing.T) {
	t.Parallel()
	proxies := trusting("10.0.0.0/8")
	for _, tt := range []struct{ name, peer, value, want string }{
		{"trusted", "10.0.0.1", "Đào", "Đào"},
		{"trimmed", "10.0.0.1", " lan@example.vn ", "lan@example.vn"},
		{"anybody", "203.0.113.9", "Đào", ""},
		{"not UTF-8", "10.0.0.1", "\xff\xfe", ""},
		{"control characters", "10.0.0.1", "a\x1bb", ""},
		{"endless", "10.0.0.1", string(make([]byte, 201)), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got, fixed := proxies.Operator(from(t, tt.peer, "X-Forwarded-User", tt.value)); got != tt.want || !fixed {
				t.Errorf("Operator = %q, want %q", got, tt.want)
			}
		})
	}
	if got, fixed := NewProxies(proxies.trusted, "").Operator(from(t, "10.0.0.1", "", "x")); got != "" || fixed {
		t.Errorf("without a header configured: %q", got)
	}
}
