package handlers

import (
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// field is a field of a POST's body, trimmed. Unlike Fiber's FormValue it never
// looks at the address, which is logged, kept in histories and sent on as a
// referrer: no key, and no consent, may come from there.
func field(c *fiber.Ctx, name string) string {
	values := fieldValues(c, name)
	if len(values) == 0 {
		return ""
	}
	return strings.TrimSpace(values[0])
}

// fieldValues are all values of a field of a POST's body, nil where the form does
// not have it.
func fieldValues(c *fiber.Ctx, name string) []string {
	if raw := c.Request().PostArgs().PeekMulti(name); len(raw) > 0 {
		values := make([]string, len(raw))
		for i, v := range raw {
			// A copy: these arguments are reused by the next request, Immutable or not.
			values[i] = string(v)
		}
		return values
	}
	if form, err := c.MultipartForm(); err == nil {
		return form.Value[name]
	}
	return nil
}

// queryValues are all values of a field of the address, nil where it is not there.
func queryValues(c *fiber.Ctx, name string) []string {
	var values []string
	for _, v := range c.Request().URI().QueryArgs().PeekMulti(name) {
		values = append(values, string(v))
	}
	return values
}

// fieldsOf reads single fields of the address, as web/paths wants them.
func fieldsOf(c *fiber.Ctx) func(string) string {
	return func(name string) string { return c.Query(name) }
}

// param returns a path parameter, unescaped.
func param(c *fiber.Ctx, name string) string {
	raw := c.Params(name)
	if s, err := url.PathUnescape(raw); err == nil {
		return s
	}
	return raw
}
