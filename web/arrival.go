package web

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/alohub/agentconsole/handlers"
	"github.com/alohub/agentconsole/typed"
	"github.com/alohub/agentconsole/web/internal/middleware"
	"github.com/alohub/agentconsole/web/paths"
)

// arrivalKey is where a request carries its arrival. What comes over a connection
// cannot set it: it is a key of this package's own among fasthttp's user values.
type arrivalKey struct{}

// arrival is what a request brings along that fasthttp has no place for. Under Mount
// there is none: the outer app's user context goes on as it is.
type arrival struct {
	ctx     context.Context
	request *http.Request // as net/http gave it to Handler, else nil
}

// receive is the first that a request passes. It puts the arrival's context under the
// request's own, and gives a peer without an IP address, which is a process of this
// machine on a Unix socket, the loopback address: fasthttp would say 0.0.0.0 of it,
// which is nobody's and cannot be trusted.
func receive(c *fiber.Ctx) error {
	if a, ok := c.Context().UserValue(arrivalKey{}).(*arrival); ok {
		c.SetUserContext(a.ctx)
	}
	if _, ok := c.Context().RemoteAddr().(*net.TCPAddr); !ok {
		c.Context().SetRemoteAddr(loopback())
	}
	return c.Next()
}

func loopback() *net.TCPAddr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// persons says who is at the other end: as the proxies tell, or as the program does.
type persons struct {
	*middleware.Proxies
	name         func(*http.Request) string // Options.Operator, may be nil
	authenticate func(*http.Request) Person // Options.Authenticate, may be nil
}

// personKey is where a request keeps whom Authenticate named.
type personKey struct{}

// person is whom Authenticate names, asked once in a request.
func (p persons) person(c *fiber.Ctx) Person {
	if known, ok := c.Context().UserValue(personKey{}).(Person); ok {
		return known
	}
	named := p.authenticate(outward(c))
	named.Operator = middleware.OperatorName(named.Operator)
	c.Context().SetUserValue(personKey{}, named)
	return named
}

// handover is what Authenticate hands over, nil where it is not set.
func (p persons) handover() handlers.Handover {
	if p.authenticate == nil {
		return nil
	}
	return func(c *fiber.Ctx) (handlers.Handed, bool) {
		named := p.person(c)
		return handlers.Handed{
			Key: named.Key, Environment: named.Environment, TenantID: named.TenantID,
			Operator: typed.Line(named.Operator, paths.MaxOperator),
		}, !named.Key.IsZero()
	}
}

// Operator is the person's name; fixed tells that no other counts.
func (p persons) Operator(c *fiber.Ctx) (name string, fixed bool) {
	if p.authenticate != nil {
		return p.person(c).Operator, true
	}
	if p.name == nil {
		return p.Proxies.Operator(c)
	}
	return middleware.OperatorName(p.name(outward(c))), true
}

// outward is the request as Options.Operator promises it.
func outward(c *fiber.Ctx) *http.Request {
	ctx := locals{Context: c.UserContext(), values: c.Context()}
	if a, ok := c.Context().UserValue(arrivalKey{}).(*arrival); ok && a.request != nil {
		r := a.request.Clone(ctx)
		r.Body = http.NoBody
		return r
	}
	in := &c.Request().Header
	r := &http.Request{
		Method: c.Method(), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Host: string(in.Host()), RequestURI: string(in.RequestURI()), RemoteAddr: c.Context().RemoteAddr().String(),
		Header: http.Header{}, Body: http.NoBody, TLS: c.Context().TLSConnectionState(),
	}
	for name, value := range in.All() {
		r.Header.Add(string(name), string(value))
	}
	r.Header.Del(fiber.HeaderHost) // as net/http has it
	if u, err := url.ParseRequestURI(r.RequestURI); err == nil {
		r.URL = u
	} else {
		r.URL = &url.URL{Path: strings.Clone(c.Path())}
	}
	return r.WithContext(ctx)
}

// locals is a request's context with the values that a Fiber app keeps beside it.
type locals struct {
	context.Context
	values *fasthttp.RequestCtx
}

// Value finds what Locals set where the context itself has nothing.
func (l locals) Value(key any) any {
	if v := l.Context.Value(key); v != nil {
		return v
	}
	return l.values.UserValue(key)
}
