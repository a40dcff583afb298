package middleware

import (
	"strings"

	"github.com/gofiber/fiber/v2"
)

// HeadersConfig says which headers every answer carries.
type HeadersConfig struct {
	// FrameAncestors are the origins that may frame the console; none where empty.
	FrameAncestors []string
	// HTTPS is whether people reach the console over https.
	HTTPS bool
	// SubDomains is whether all names below the console's are https too.
	SubDomains bool
}

// Headers sets the security headers and Cache-Control: no-store, which handlers
// of public content (Static) replace. They are set before the handler runs, so an
// error page has them too.
func Headers(cfg HeadersConfig) fiber.Handler {
	headers := SecurityHeaders(cfg)
	return func(c *fiber.Ctx) error {
		for _, h := range headers {
			c.Set(h[0], h[1])
		}
		return c.Next()
	}
}

// SecurityHeaders are the same as pairs, for answers that do not pass Headers.
func SecurityHeaders(cfg HeadersConfig) [][2]string {
	ancestors := "'none'"
	if len(cfg.FrameAncestors) > 0 {
		ancestors = strings.Join(cfg.FrameAncestors, " ")
	}
	headers := [][2]string{
		{fiber.HeaderContentSecurityPolicy, strings.Join([]string{
			"default-src 'none'",
			"script-src 'self'",
			"style-src 'self'",
			"img-src 'self' data:",
			"connect-src 'self'",
			"font-src 'self'",
			"manifest-src 'self'",
			"form-action 'self'",
			"base-uri 'none'",
			"frame-ancestors " + ancestors,
		}, "; ")},
		{fiber.HeaderXContentTypeOptions, "nosniff"},
		// Not no-referrer: that would make browsers send "Origin: null" with
		// our own forms, which CrossOrigin refuses.
		{fiber.HeaderReferrerPolicy, "same-origin"},
		{"Cross-Origin-Opener-Policy", "same-origin"},
		{"Cross-Origin-Resource-Policy", "same-origin"},
		{fiber.HeaderPermissionsPolicy, "camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
		{fiber.HeaderCacheControl, "no-store"},
	}
	if len(cfg.FrameAncestors) == 0 {
		// The header has no way to name origins; CSP does that.
		headers = append(headers, [2]string{fiber.HeaderXFrameOptions, "DENY"})
	}
	if cfg.HTTPS {
		// The console does not own what is below its name unless it is told so.
		hsts := "max-age=31536000"
		if cfg.SubDomains {
			hsts += "; includeSubDomains"
		}
		headers = append(headers, [2]string{fiber.HeaderStrictTransportSecurity, hsts})
	}
	return headers
}
