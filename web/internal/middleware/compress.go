package middleware

import (
	"bytes"
	"strconv"
	"strings"
	"sync"

	"github.com/gofiber/fiber/v2"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

const (
	// compressFrom is the size from which compressing is worth it: below it an
	// answer fits one packet anyway.
	compressFrom = 1 << 10
	gzipLevel    = 3
	// longFrom is what is packed by longLevel: a list of a hundred rows, where it costs a
	// tenth of a millisecond more and saves a kilobyte and a half. In a page of twenty rows
	// it would save half of one.
	longFrom  = 64 << 10
	longLevel = 6
	// zstdWindow is as far as zstd looks back: the largest pages are hardly larger.
	zstdWindow = 256 << 10
)

// Compress packs pages on the fly: with zstd where the browser takes it, which it says over
// TLS alone, and whose pages are a tenth to a fifth smaller at about the same cost. Answers that are small, already encoded
// (Static), streamed or not text are left alone.
//
// Compressing over TLS lets somebody who can put text into a page, and measure
// its size again and again, guess at a secret in the same page (BREACH). The
// console's pages hold none: the key stays in its cookie, and there is no CSRF
// token.
func Compress() fiber.Handler {
	packer, err := zstd.NewWriter(nil, zstd.WithWindowSize(zstdWindow), zstd.WithEncoderCRC(false), zstd.WithLowerEncoderMem(true))
	if err != nil {
		packer = nil // only by options that do not exist
	}
	usual, long := gzipPool(gzipLevel), gzipPool(longLevel)
	buffers := &sync.Pool{New: func() any { return new(bytes.Buffer) }}
	return func(c *fiber.Ctx) error {
		answer(c) // an error's page is a page too
		resp := c.Response()
		if resp.IsBodyStream() || len(resp.Header.ContentEncoding()) > 0 || !compressible(string(resp.Header.ContentType())) {
			return nil
		}
		c.Vary(fiber.HeaderAcceptEncoding)
		body := resp.Body()
		if len(body) < compressFrom {
			return nil
		}
		out := buffers.Get().(*bytes.Buffer)
		defer buffers.Put(out)
		out.Reset()
		accepted := c.Get(fiber.HeaderAcceptEncoding)
		if packer != nil && accepts(accepted, "zstd") {
			out.Grow(len(body) / 2) // more than a page needs
			resp.SetBody(packer.EncodeAll(body, out.AvailableBuffer()))
			resp.Header.SetContentEncoding("zstd")
			return nil
		}
		if !accepts(accepted, "gzip") {
			return nil
		}
		writers := usual
		if len(body) >= longFrom {
			writers = long
		}
		w := writers.Get().(*gzip.Writer)
		defer writers.Put(w)
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

func gzipPool(level int) *sync.Pool {
	return &sync.Pool{New: func() any {
		w, err := gzip.NewWriterLevel(nil, level)
		if err != nil {
			return gzip.NewWriter(nil)
		}
		return w
	}}
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
