package apiclient

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

var (
	errTooLarge = errors.New("answer too large")
	errEncoding = errors.New("answer in an encoding that was not asked for")
)

// maxErrorBody is as much of a refusal's body as is read.
const maxErrorBody = 64 << 10

// answer is a response whose body has been read, as far as it was wanted.
type answer struct {
	status     int
	header     http.Header
	body       []byte
	at         time.Time
	reading    reading
	retryAfter time.Duration // of a 429

	buffer *bytes.Buffer
}

// fill reads the body into a pooled buffer; release gives it back.
func (c *Client) fill(ans *answer, resp *http.Response) error {
	limit := c.maxBody
	if ans.status >= 300 {
		limit = min(limit, maxErrorBody)
	}
	ans.buffer = c.bodies.Get().(*bytes.Buffer)
	ans.buffer.Reset()
	err := c.decode(ans.buffer, resp, limit)
	ans.body = ans.buffer.Bytes()
	if ans.status >= 300 {
		// The status has decided; what could be read of the reason must do.
		ans.body = ans.body[:min(int64(len(ans.body)), limit)]
		return nil
	}
	return err
}

func (c *Client) release(ans *answer) {
	const keep = 1 << 20 // a rare huge answer must not stay in the pool
	if ans.buffer != nil && ans.buffer.Cap() <= keep {
		c.bodies.Put(ans.buffer)
	}
	ans.buffer, ans.body = nil, nil
}

func (c *Client) decode(into *bytes.Buffer, resp *http.Response, limit int64) error {
	switch enc := strings.ToLower(strings.TrimSpace(resp.Header.Get("Content-Encoding"))); enc {
	case "", "identity":
		return copyAtMost(into, resp.Body, limit)
	case "gzip", "x-gzip":
	default:
		return fmt.Errorf("%w: %q", errEncoding, enc)
	}
	// The source is capped too: endless empty members decompress to nothing.
	source := &cappedReader{from: resp.Body, left: limit + 64<<10}
	z := c.gzips.Get().(*gzip.Reader)
	defer c.gzips.Put(z)
	if err := z.Reset(source); err != nil {
		if errors.Is(err, io.EOF) {
			return nil // an empty body says so itself, whatever its encoding
		}
		return gzipError(err)
	}
	return gzipError(copyAtMost(into, z, limit))
}

// gzipError tells a body that is no gzip from a connection that broke.
func gzipError(err error) error {
	if errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) {
		return fmt.Errorf("%w: %w", errEncoding, err)
	}
	return err
}

func copyAtMost(into *bytes.Buffer, from io.Reader, limit int64) error {
	_, err := into.ReadFrom(io.LimitReader(from, limit+1))
	if err == nil && int64(into.Len()) > limit {
		return errTooLarge
	}
	return err
}

// cappedReader fails where io.LimitReader would end quietly.
type cappedReader struct {
	from io.Reader
	left int64
}

func (r *cappedReader) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, errTooLarge
	}
	if int64(len(p)) > r.left {
		p = p[:r.left]
	}
	n, err := r.from.Read(p)
	r.left -= int64(n)
	return n, err
}
