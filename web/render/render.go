// Package render is the only place that decides between a whole page and a
// partial, and the only one that writes HTML into an answer.
package render

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/templates/layouts"
)

// HTMX reports whether htmx asks for a part of a page. Going back in history is a
// request for the whole one.
func HTMX(c *fiber.Ctx) bool {
	return c.Get("HX-Request") == "true" && c.Get("HX-History-Restore-Request") != "true"
}

// For reports whether htmx asks for the part whose root has that id.
func For(c *fiber.Ctx, id string) bool {
	if !HTMX(c) {
		return false
	}
	_, target, _ := strings.Cut(c.Get("HX-Target"), "#")
	return target == id
}

// Page answers with a whole page around body.
func Page(c *fiber.Ctx, status int, chrome layouts.Chrome, body templ.Component) error {
	page := templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return layouts.Page(chrome).Render(templ.WithChildren(ctx, body), w)
	})
	return write(c, status, page)
}

// Parts answers with partials, one after the other.
func Parts(c *fiber.Ctx, status int, parts ...templ.Component) error {
	return write(c, status, templ.Join(parts...))
}

// write renders straight into the answer's own body: a pooled buffer handed to
// Send would be another request's page by the time it is written. An answer that
// failed half-way leaves no half page behind.
func write(c *fiber.Ctx, status int, component templ.Component) error {
	c.Status(status)
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	c.Vary("HX-Request", "HX-Target")
	// Past the deadline the page that says so must still be rendered.
	ctx := context.WithoutCancel(c.UserContext())
	if err := component.Render(ctx, c.Response().BodyWriter()); err != nil {
		c.Response().ResetBody()
		return fmt.Errorf("render: %w", err)
	}
	return nil
}

// Redirect sends the browser to a page of this console: with 303 after a POST, and
// by HX-Redirect where htmx asks, which would else swap the page into a part.
func Redirect(c *fiber.Ctx, url string) error {
	if HTMX(c) {
		c.Set("HX-Redirect", url)
		return c.SendStatus(fiber.StatusNoContent)
	}
	return c.Redirect(url, fiber.StatusSeeOther)
}

// Retarget has htmx put the answer elsewhere than it meant to.
func Retarget(c *fiber.Ctx, selector, swap string) {
	c.Set("HX-Retarget", selector)
	c.Set("HX-Reswap", swap)
}
