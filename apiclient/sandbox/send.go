package sandbox

import (
	"bytes"
	"compress/gzip"
	"context"
	"maps"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// pause waits, or reports false when the client left first.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// send gives the answer, as the fault distorts it.
func (s *Server) send(x *exchange, a answer, f Fault) {
	if f.Hang {
		<-x.r.Context().Done()
		return
	}
	if f.Reset {
		drop(x.w, true)
		return
	}
	a = f.distort(s.front.dress(a, x), x)
	if a.header.Get("Date") == "" {
		// net/http would have the machine's clock, which is not ours.
		a.header.Set("Date", s.clock().UTC().Format(http.TimeFormat))
	}
	maps.Copy(x.w.Header(), a.header)
	s.finish(x, a.status)
	switch {
	case f.GzipBomb:
		x.w.Header().Set("Content-Encoding", "gzip")
		sendBomb(x.w, a.status)
	case f.EndlessBody:
		sendEndless(x.w, a.status)
	case f.Cut:
		x.w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
		x.w.WriteHeader(a.status)
		if write(x.w, a.body[:len(a.body)/2]) && http.NewResponseController(x.w).Flush() == nil {
			// An aborting close could take back the half already sent.
			drop(x.w, false)
		}
	case f.Drip > 0:
		x.w.WriteHeader(a.status)
		sendDripping(x, a.body, f.Drip)
	default:
		// Without it net/http drops the length of a larger body and the client
		// could not tell a whole answer from a short one.
		x.w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
		x.w.WriteHeader(a.status)
		write(x.w, a.body)
	}
}

// distort makes the answer the fault wants out of the true one.
func (f Fault) distort(a answer, x *exchange) answer {
	header := a.header.Clone()
	if header == nil {
		header = make(http.Header)
	}
	if f.replaces() {
		fill := strings.NewReplacer("{key}", x.key, "{request_id}", x.id)
		a.status, a.body = f.Status, []byte(fill.Replace(f.Body))
		header.Set("Content-Type", contentType(f.Body))
		switch {
		case f.RedirectTo != "":
			header.Set("Location", f.RedirectTo)
			a.status = orElse(f.Status, http.StatusFound)
		default:
			a.status = orElse(f.Status, http.StatusOK)
		}
	}
	if f.RetryAfter != "" {
		header.Set("Retry-After", f.RetryAfter)
	}
	for name, values := range f.Headers {
		header[http.CanonicalHeaderKey(name)] = values
	}
	for _, name := range f.DropHeaders {
		header.Del(name)
	}
	if f.Rewrite != nil {
		a.body = f.Rewrite(bytes.Clone(a.body))
	}
	if f.Truncate {
		a.body = a.body[:len(a.body)/2]
	}
	if f.Gzip {
		a.body = compress(a.body)
		header.Set("Content-Encoding", "gzip")
	}
	a.header = header
	return a
}

func orElse(status, other int) int {
	if status == 0 {
		return other
	}
	return status
}

func contentType(body string) string {
	if strings.HasPrefix(strings.TrimSpace(body), "<") {
		return "text/html; charset=utf-8"
	}
	return "application/json"
}

func compress(body []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(body); err != nil {
		return nil
	}
	if err := w.Close(); err != nil {
		return nil
	}
	return out.Bytes()
}

// write has nobody to tell of a client that left.
func write(w http.ResponseWriter, body []byte) bool {
	_, err := w.Write(body)
	return err == nil
}

const (
	floodOpening = `{"success":"1","error_code":"SUCCESS","error_message":"SUCCESS","totalRecord":413,"data":[`
	// floodChunks of 1 MiB are far above any sane cap, and still an end for a
	// client that has none.
	floodChunks = 256
)

func sendBomb(w http.ResponseWriter, status int) {
	w.WriteHeader(status)
	if !write(w, compress([]byte(floodOpening))) {
		return
	}
	// A gzip stream may be made of several: one compressed MiB is enough.
	member := compress(bytes.Repeat([]byte(" "), 1<<20))
	for range floodChunks {
		if !write(w, member) {
			return
		}
	}
}

func sendEndless(w http.ResponseWriter, status int) {
	w.WriteHeader(status)
	if !write(w, []byte(floodOpening)) {
		return
	}
	chunk := bytes.Repeat([]byte(" "), 1<<20)
	for range floodChunks {
		if !write(w, chunk) {
			return
		}
	}
}

func sendDripping(x *exchange, body []byte, every time.Duration) {
	const portion = 64
	controller := http.NewResponseController(x.w)
	for len(body) > 0 {
		n := min(portion, len(body))
		if !write(x.w, body[:n]) || controller.Flush() != nil || !pause(x.r.Context(), every) {
			return
		}
		body = body[n:]
	}
}

// drop closes the connection under the client. Where it cannot be had (HTTP/2, a
// test's recorder) what was written so far is the whole answer.
func drop(w http.ResponseWriter, abort bool) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	if tcp, ok := conn.(*net.TCPConn); ok && abort {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
