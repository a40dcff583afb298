package handlers

import (
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/web/render"
)

// justRead is how old a scan of the tenant may be that a reload does not begin anew.
// Without script the page is reloaded while a scan runs, and the last of these reloads
// comes when it has just ended.
const justRead = 5 * time.Second

// reloads reports whether a person had the browser load the page again: then they want to
// know how things are by now, and what is known already does not do. Browsers say so by
// what they ask of caches on the way.
func reloads(c *fiber.Ctx) bool {
	asks := c.Get(fiber.HeaderCacheControl)
	return c.Method() == fiber.MethodGet && !render.HTMX(c) &&
		(strings.Contains(asks, "max-age=0") || strings.Contains(asks, "no-cache"))
}

// scanAgain has the tenant read again for a page that is loaded again.
func (v *visit) scanAgain(c *fiber.Ctx) {
	if reloads(c) && v.desk.Now().Sub(v.tenant.Progress().CompletedAt) > justRead {
		v.tenant.Refresh(v.access)
	}
}

// readAge is how old the evidence may be that a page shows: as old as it may be for the
// page, and not at all for one that is loaded again.
func readAge(c *fiber.Ctx, age time.Duration) time.Duration {
	if reloads(c) {
		return 0
	}
	return age
}
