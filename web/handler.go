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

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/alohub/agentconsole/web/internal/middleware"
)

// Handler is the console for a net/http server. Mount it at its BasePath, which it
// expects to see in the request's URL.
//
// The request's context is the one of the work done for it: what is asked upstream ends
// when the browser leaves, but a change that was sent is seen through. Bodies are limited
// as they are in Serve, answers that are made while they are sent come bit by bit, and
// the peer is the request's RemoteAddr. The server's own timeouts hold.
func (c *Console) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
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
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, middleware.BodyLimit))
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
	write(w, r, &ctx.Response)
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
