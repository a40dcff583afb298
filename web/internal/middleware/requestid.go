package middleware

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/web/requestid"
)

// RequestID gives every request an id: in the user context (requestid.From) and
// in the answer's X-Request-ID. A trusted proxy's own id is taken over, so that
// both logs tell the same story; anybody else's is ignored.
func RequestID(proxies *Proxies) fiber.Handler {
	return func(c *fiber.Ctx) error {
		id := ""
		if given := c.Get(fiber.HeaderXRequestID); given != "" && proxies.Trust(c) && requestid.Valid(given) {
			id = strings.Clone(given)
		} else {
			id = requestid.New()
		}
		c.SetUserContext(requestid.With(c.UserContext(), id))
		c.Set(fiber.HeaderXRequestID, id)
		return c.Next()
	}
}
