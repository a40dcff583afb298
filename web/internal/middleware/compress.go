package middleware

import (
	"bytes"
	"strconv"
	"strings"
	"sync"

	"github.com/gofiber/fiber/v2"
	"github.com/klauspost/compress/gzip"
)

const (
	// compressFrom is the size from which compressing is worth it: below it an
	// answer fits one packet anyway.
	compressFrom = 1 << 10
	gzipLevel    = 3
)

// Compress packs pages on the fly. Answers that are small, already encoded
// (Static), streamed or not text are left alone.
//
// Compressing over TLS lets somebody who can put text into a page, and measure
// its size again and again, guess at a secret in the same page (BREACH). The
// console's pages hold none: the key stays in its cookie, and there is no CSRF
// token.
func Compress() fiber.Handler {
	writers := &sync.Pool{New: func() any {
		w, err := gzip.NewWriterLevel(nil, gzipLevel)
		if err != nil {
			return gzip.NewWriter(nil)
		}
		return w
	}}
	buffers := &sync.Pool{New: func() any { return new(bytes.Buffer) }}
	return func(c *fiber.Ctx) error {
		answer(c) // an error's page is a page too
		resp := c.Response()
		if resp.IsBodyStream() || len(resp.Header.ContentEncoding()) > 0 || !compressible(string(resp.Header.ContentType())) {
			return nil
		}
		c.Vary(fiber.HeaderAcceptEncoding)
		body := resp.Body()
		if len(body) < compressFrom || !accepts(c.Get(fiber.HeaderAcceptEncoding), "gzip") {
			return nil
		}
		w, out := writers.Get().(*gzip.Writer), buffers.Get().(*bytes.Buffer)
		defer writers.Put(w)
		defer buffers.Put(out)
		out.Reset()
		w.Reset(out)
		if _, err := w.Write(body); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
		// SetBody copies: out goes back to the pool, and an aliased buffer would
		// end up in somebody else's answer.
		resp.SetBody(out.Bytes())
		resp.Header.SetContentEncoding("gzip")
		return nil
	}
}

func compressible(contentType string) bool {
	return strings.HasPrefix(contentType, "text/") || strings.HasPrefix(contentType, "application/json")
}

// accepts reports whether an Accept-Encoding header allows the coding: it is
// named, and not with q=0. The wildcard is not honoured, since nobody sends it
// alone but those who want no compression.
func accepts(header, coding string) bool {
	for item := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(item, ";")
		if !strings.EqualFold(strings.TrimSpace(name), coding) {
			continue
		}
		weight, given := strings.CutPrefix(strings.ReplaceAll(strings.ToLower(params), " ", ""), "q=")
		if !given {
			return true
		}
		q, err := strconv.ParseFloat(weight, 64)
		return err == nil && q > 0
	}
	return false
}
