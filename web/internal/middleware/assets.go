package middleware

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/static"
)

// Static serves GET /static/*: an asset under its hashed name for ever, anything
// else that Lookup finds with a revalidation each time.
func Static(assets *static.Assets) fiber.Handler {
	return func(c *fiber.Ctx) error {
		asset, immutable, ok := assets.Lookup(c.Params("*"))
		if !ok {
			return fiber.ErrNotFound
		}
		body, encoding := asset.Body(assetEncoding(c.Get(fiber.HeaderAcceptEncoding)))
		cache, etag := "no-cache", `"`+asset.Hash+`"`
		if immutable {
			cache = "public, max-age=31536000, immutable"
		}
		if encoding != static.Identity {
			etag = `"` + asset.Hash + "-" + string(encoding) + `"`
			c.Set(fiber.HeaderContentEncoding, string(encoding))
		}
		c.Set(fiber.HeaderCacheControl, cache)
		c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
		c.Set(fiber.HeaderETag, etag)
		if strings.Contains(c.Get(fiber.HeaderIfNoneMatch), etag) {
			c.Response().Header.Del(fiber.HeaderContentEncoding)
			return c.SendStatus(fiber.StatusNotModified)
		}
		c.Set(fiber.HeaderContentType, asset.Type)
		// The body is shared and never changes: no copy is needed.
		c.Response().SetBodyRaw(body)
		return nil
	}
}

func assetEncoding(accept string) static.Encoding {
	switch {
	case accepts(accept, "br"):
		return static.Brotli
	case accepts(accept, "gzip"):
		return static.Gzip
	}
	return static.Identity
}
