// Command sandbox serves an in-memory Agent Management API for people and
// browser tests to point the console at. Beside the API it binds the control
// endpoint (see package sandbox) to the same listener, so listen on loopback
// only.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "sandbox:", err)
		os.Exit(1)
	}
}

// run serves until the context ends.
func run(ctx context.Context, args []string, out io.Writer) error {
	o, err := parseOptions(args, out)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", o.listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	api := sandbox.New(o.config())
	announce(out, listener.Addr().String(), o)

	if err := api.SecondAdmin().SetPace(o.pace); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	var second sync.WaitGroup
	second.Go(func() { api.SecondAdmin().Run(ctx) })
	defer func() {
		stop()
		second.Wait()
	}()
	server := &http.Server{Handler: handler(api), ReadHeaderTimeout: 10 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err := <-served:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	// A fault may keep a request open for ever: what is left after the grace is
	// cut.
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), o.grace)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		return server.Close()
	}
	return nil
}

// handler does not use ServeMux for the API: it would clean paths that the
// gateway answers as they are.
func handler(api *sandbox.Server) http.Handler {
	control := api.Control()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, sandbox.ControlPath) {
			control.ServeHTTP(w, r)
			return
		}
		api.ServeHTTP(w, r)
	})
}

func announce(out io.Writer, address string, o options) {
	fmt.Fprintf(out, `Agent Management API sandbox on http://%[1]s (also below http://%[1]s/api)
  tenant %[2]d  key %[3]s
  tenant %[2]d  key %[4]s  without scope agent
  tenant %[5]d  key %[6]s
  both tenants     key %[7]s
  control          http://%[1]s%[8]s
  style %[9]s, %[10]d agents, limits per %[11]s: %[12]s per tenant, %[13]s per route
`,
		address, sandbox.AloHub, sandbox.DemoKey, sandbox.DemoKeyNoScope, sandbox.Another, sandbox.DemoKeyAnother,
		sandbox.DemoKeyVendor, sandbox.ControlPath, o.style, o.agents, o.window, limitWord(o.limitTenant), limitWord(o.limitRoute))
}

func limitWord(n int) string {
	if n <= 0 {
		return "unlimited"
	}
	return fmt.Sprint(n)
}
