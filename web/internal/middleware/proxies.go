package middleware

import (
	"net"
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"
)

// maxOperator is how many bytes of a person's name are taken from a header.
const maxOperator = 200

// Proxies knows whose X-Forwarded-* headers count. Everybody can send them; only
// the peers listed here are believed.
type Proxies struct {
	trusted        []netip.Prefix
	operatorHeader string
}

// NewProxies trusts the given networks. operatorHeader is the header in which
// they name the person, "" for none.
func NewProxies(trusted []netip.Prefix, operatorHeader string) *Proxies {
	return &Proxies{trusted: trusted, operatorHeader: operatorHeader}
}

// Trust reports whether the request came straight from a trusted proxy.
func (p *Proxies) Trust(c *fiber.Ctx) bool {
	return p.contains(peer(c))
}

// ClientIP returns the address of the person's machine as far as it is known for
// sure: the right-most address of X-Forwarded-For that is not a trusted proxy's
// own. What stands left of it was written by the client and may be anything;
// that is why Fiber's c.IP(), which reads from the left, is not used.
func (p *Proxies) ClientIP(c *fiber.Ctx) string {
	addr := peer(c)
	if !p.contains(addr) {
		return addr.String()
	}
	lines := c.Request().Header.PeekAll(fiber.HeaderXForwardedFor)
	for i := len(lines) - 1; i >= 0; i-- {
		hops := strings.Split(string(lines[i]), ",")
		for j := len(hops) - 1; j >= 0; j-- {
			hop, ok := parseHop(hops[j])
			if !ok {
				return addr.String()
			}
			addr = hop
			if !p.contains(addr) {
				return addr.String()
			}
		}
	}
	return addr.String()
}

// Operator returns the person's name as a trusted proxy gave it. fixed tells that a
// header is configured for it: then a name that is not in it is no name at all.
func (p *Proxies) Operator(c *fiber.Ctx) (name string, fixed bool) {
	if p.operatorHeader == "" {
		return "", false
	}
	return p.operator(c), true
}

func (p *Proxies) operator(c *fiber.Ctx) string {
	if !p.Trust(c) {
		return ""
	}
	return OperatorName(c.Get(p.operatorHeader))
}

// OperatorName is a person's name as somebody else gave it, "" where it cannot be one.
func OperatorName(given string) string {
	name := strings.Clone(strings.TrimSpace(given))
	if len(name) > maxOperator || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) {
		return ""
	}
	return name
}

// strings returns the networks as Fiber's TrustedProxies wants them.
func (p *Proxies) strings() []string {
	out := make([]string, len(p.trusted))
	for i, prefix := range p.trusted {
		out[i] = prefix.String()
	}
	return out
}

func (p *Proxies) contains(addr netip.Addr) bool {
	for _, prefix := range p.trusted {
		if prefix.Contains(addr) {
			return true
		}
	}
	return false
}

// peer is the other end of the connection.
func peer(c *fiber.Ctx) netip.Addr {
	addr, _ := netip.AddrFromSlice(c.Context().RemoteIP())
	return addr.Unmap()
}

// parseHop reads one element of X-Forwarded-For, which some proxies write with a
// port or in brackets.
func parseHop(s string) (netip.Addr, bool) {
	s = strings.TrimSpace(s)
	if host, _, err := net.SplitHostPort(s); err == nil {
		s = host
	}
	addr, err := netip.ParseAddr(strings.Trim(s, "[]"))
	return addr.Unmap().WithZone(""), err == nil
}
