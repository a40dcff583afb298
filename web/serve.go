package web

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/valyala/fasthttp"
)

// cutOff is how long requests whose time is over may take to notice.
const cutOff = 2 * time.Second

// Serve answers what comes in at l, over TCP or a Unix socket, until ctx ends. Then it
// takes no more, lets the requests under way finish within Options.ShutdownTimeout, and
// returns nil; those that did not are cut off, and the error says so. It closes l, and
// returns early where l fails. Requests have ctx's values, but not its end. Several may
// run at once, each with a listener of its own. Close the console afterwards.
func (c *Console) Serve(ctx context.Context, l net.Listener) error {
	requests, abandon := context.WithCancel(context.WithoutCancel(ctx))
	defer abandon()
	defer context.AfterFunc(c.life, abandon)()

	conns := &connections{open: map[net.Conn]bool{}, closed: make(chan struct{}, 1)}
	server := c.front.server(requests, conns.note)
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()

	var err error
	select {
	case err = <-served:
		if err == nil { // l was closed by somebody else
			err = net.ErrClosed
		}
	case <-ctx.Done():
		// Not by Shutdown alone: it knows nothing of a listener that Serve did not
		// come to yet.
		_ = l.Close()
		err = <-served
	}
	if err != nil {
		err = fmt.Errorf("serve at %s: %w", l.Addr(), err)
	}
	_ = l.Close()
	if !drained(server, c.options.ShutdownTimeout) {
		abandon()
		conns.cut(cutOff)
		if err == nil {
			err = fmt.Errorf("serve at %s: requests under way were cut off after %s: %w",
				l.Addr(), c.options.ShutdownTimeout, context.DeadlineExceeded)
		}
	}
	return err
}

// drained waits until all connections of a server that takes no more are closed. It
// reports false where that takes longer.
func drained(server *fasthttp.Server, limit time.Duration) bool {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	// Any other error is of the listener, which is closed already.
	return !errors.Is(server.ShutdownWithContext(ctx), context.DeadlineExceeded)
}

// server is one for a single call of Serve: the app's own would end all listeners at
// once. Its settings are the app's.
func (f *front) server(requests context.Context, note func(net.Conn, fasthttp.ConnState)) *fasthttp.Server {
	own := f.app.Server()
	arrived := &arrival{ctx: requests}
	return &fasthttp.Server{
		Handler: func(ctx *fasthttp.RequestCtx) {
			ctx.SetUserValue(arrivalKey{}, arrived)
			f.handle(ctx)
		},
		ErrorHandler: own.ErrorHandler, Logger: own.Logger, ConnState: note,
		Concurrency: own.Concurrency, MaxRequestBodySize: own.MaxRequestBodySize,
		ReadBufferSize: own.ReadBufferSize, WriteBufferSize: own.WriteBufferSize,
		ReadTimeout: own.ReadTimeout, WriteTimeout: own.WriteTimeout, IdleTimeout: own.IdleTimeout,
		NoDefaultServerHeader: own.NoDefaultServerHeader,
		// Fiber parses forms itself, when a handler asks for one.
		DisablePreParseMultipartForm: own.DisablePreParseMultipartForm,
	}
}

// connections are those of one server. fasthttp closes the idle ones alone.
type connections struct {
	mu     sync.Mutex
	open   map[net.Conn]bool
	closed chan struct{} // has a token where some were closed
}

// note is the server's ConnState.
func (c *connections) note(conn net.Conn, state fasthttp.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch state {
	case fasthttp.StateNew:
		c.open[conn] = true
	case fasthttp.StateClosed, fasthttp.StateHijacked:
		delete(c.open, conn)
		select {
		case c.closed <- struct{}{}:
		default:
		}
	}
}

// cut closes all, and waits until what runs for them has returned, but no longer than
// limit.
func (c *connections) cut(limit time.Duration) {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	for c.closeAll() > 0 {
		select {
		case <-c.closed:
		case <-timer.C:
			return
		}
	}
}

// closeAll returns how many are open still: one is until its request has returned.
func (c *connections) closeAll() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	for conn := range c.open {
		_ = conn.Close()
	}
	return len(c.open)
}
