package web

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/alohub/agentconsole/web/internal/middleware"
)

// Handler is the console for a net/http server. Mount it at its BasePath, which it
// expects to see in the request's URL.
//
// The request's context is the one of the work done for it: what is asked upstream ends
// when the browser leaves, but a change that was sent is seen through. Headers and bodies
// are limited as they are in Serve, answers that are made while they are sent come bit by
// bit, and the peer is the request's RemoteAddr. The server's own timeouts hold; where it
// has none, those of Serve do. Stop the console before the server: see Shutdown.
func (c *Console) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		leave, ok := c.door.enter()
		if !ok {
			w.Header().Set("Retry-After", stoppingFor)
			c.front.refuse(w, http.StatusServiceUnavailable)
			return
		}
		defer leave()
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		defer context.AfterFunc(c.life, cancel)()
		c.front.serve(w, r, &arrival{ctx: ctx, request: r})
	})
}

// serve answers a request of net/http. A fasthttp.RequestCtx is filled in and handed to
// the app, and what comes of it is written: docs/adr/0002-handler.md says why no connection stands
// between the two.
func (f *front) serve(w http.ResponseWriter, r *http.Request, a *arrival) {
	if headerSize(r) > middleware.HeaderLimit {
		f.refuse(w, http.StatusRequestHeaderFieldsTooLarge)
		return
	}
	times := timesOf(w, r)
	times.read()
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, int64(middleware.BodyMost(r.Method, r.URL.Path, f.base+runsPath))))
	times.done()
	if err != nil {
		f.refuse(w, unreadable(err))
		return
	}
	var ctx fasthttp.RequestCtx
	ctx.Init(&fasthttp.Request{}, peer(r), nil)
	ctx.SetUserValue(arrivalKey{}, a)
	in := &ctx.Request
	in.Header.SetMethod(r.Method)
	in.SetRequestURI(r.URL.RequestURI())
	for name, values := range r.Header {
		for _, value := range values {
			in.Header.Add(name, value)
		}
	}
	in.Header.SetHost(r.Host)
	in.SetBodyRaw(body)
	in.Header.SetContentLength(len(body))

	f.handle(&ctx)
	times.write()
	write(w, r, &ctx.Response)
	times.written()
}

// headerSize is about how many bytes a request's header had.
func headerSize(r *http.Request) int {
	size := len(r.Method) + len(r.RequestURI) + len(r.Host)
	for name, values := range r.Header {
		for _, value := range values {
			size += len(name) + len(value) + len(": \r\n")
		}
	}
	return size
}

// times limits how long one request may take to be read and answered, where its server
// does not. A writer that knows no deadlines has none.
type times struct {
	conn          *http.ResponseController
	reads, writes bool
}

func timesOf(w http.ResponseWriter, r *http.Request) times {
	t := times{conn: http.NewResponseController(w)}
	if server, ok := r.Context().Value(http.ServerContextKey).(*http.Server); ok {
		t.reads, t.writes = server.ReadTimeout == 0, server.WriteTimeout == 0
	}
	return t
}

func (t times) read() {
	if t.reads {
		_ = t.conn.SetReadDeadline(time.Now().Add(middleware.ReadTimeout))
	}
}

// done is after the body: what is read from then on only tells that the browser left.
func (t times) done() {
	if t.reads {
		_ = t.conn.SetReadDeadline(time.Time{})
	}
}

func (t times) write() {
	if t.writes {
		_ = t.conn.SetWriteDeadline(time.Now().Add(middleware.WriteTimeout))
	}
}

// written leaves the connection to the next request as it was, once all has left.
func (t times) written() {
	if t.writes {
		_ = t.conn.Flush()
		_ = t.conn.SetWriteDeadline(time.Time{})
	}
}

// peer is the other end of the connection; an address without an IP, as of a Unix
// socket, is none that receive would know.
func peer(r *http.Request) net.Addr {
	addr, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return &net.UnixAddr{Name: r.RemoteAddr, Net: "unix"}
	}
	return net.TCPAddrFromAddrPort(addr)
}

// unreadable is the status for a body that could not be read.
func unreadable(err error) int {
	switch {
	case errors.As(err, new(*http.MaxBytesError)):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, os.ErrDeadlineExceeded):
		return http.StatusRequestTimeout
	}
	return http.StatusBadRequest
}

// refuse answers what never reaches the app as Serve does: bare, but with the headers.
func (f *front) refuse(w http.ResponseWriter, status int) {
	for _, h := range middleware.SecurityHeaders(f.bare) {
		w.Header().Set(h[0], h[1])
	}
	w.Header().Set(fiber.HeaderConnection, "close")
	w.Header().Set(fiber.HeaderContentType, fiber.MIMETextPlainCharsetUTF8)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, http.StatusText(status))
}

// write sends the app's answer.
func write(w http.ResponseWriter, r *http.Request, out *fasthttp.Response) {
	header, status := w.Header(), out.StatusCode()
	seen := map[string]bool{}
	for k, v := range out.Header.All() {
		switch name := http.CanonicalHeaderKey(string(k)); name {
		case fiber.HeaderContentLength, fiber.HeaderTransferEncoding, fiber.HeaderTrailer:
			// Said anew below, or by net/http.
		case fiber.HeaderSetCookie, fiber.HeaderVary:
			// Beside what a middleware of the program has set.
			header.Add(name, string(v))
		default:
			if !seen[name] {
				header.Del(name)
			}
			seen[name] = true
			header.Add(name, string(v))
		}
	}
	bodiless := status < http.StatusOK || status == http.StatusNoContent || status == http.StatusNotModified
	if out.IsBodyStream() {
		defer func() { _ = out.CloseBodyStream() }()
		w.WriteHeader(status)
		if !bodiless && r.Method != http.MethodHead {
			pour(w, out.BodyStream())
		}
		return
	}
	body := out.Body()
	if !bodiless {
		header.Set(fiber.HeaderContentLength, strconv.Itoa(len(body)))
	}
	w.WriteHeader(status)
	if !bodiless && r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}

// pour sends what is there as soon as it is there. Where it ends early, so does the
// connection: a whole answer must not look like one that was cut off.
func pour(w http.ResponseWriter, from io.Reader) {
	flush := http.NewResponseController(w)
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			if _, err := w.Write(buf[:n]); err != nil {
				return // nobody reads it any more
			}
			_ = flush.Flush() // a writer that cannot is sent to at its end
		}
		switch {
		case errors.Is(err, io.EOF):
			return
		case err != nil:
			panic(http.ErrAbortHandler) //nolint:forbidigo // net/http's own way to break an answer off
		}
	}
}
