// Command console serves Agent Console, the web admin console for AloHub's Agent
// Management API. `console -demo` needs nothing else; see the README for the
// settings.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"

	"go.opentelemetry.io/otel/trace"
)

func main() {
	collectLess(processEnvironment().Environ)
	os.Exit(untilSignal(run))
}

// collectLess has garbage collected half as often, unless GOGC says how often: most of what a
// page takes is garbage once it is sent. It costs a tenth less then, for as much memory again
// as is in use (docs/adr/0037-rows-by-hand.md).
func collectLess(environ []string) {
	if !slices.ContainsFunc(environ, func(s string) bool { return strings.HasPrefix(s, "GOGC=") }) {
		debug.SetGCPercent(200)
	}
}

// untilSignal calls do with the process's own environment and a context that a
// signal to stop ends. It is apart from main because os.Exit skips what is deferred.
func untilSignal(do func(ctx context.Context, env Environment, out, problems io.Writer) int) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return do(ctx, processEnvironment(), os.Stdout, os.Stderr)
}

// run is main without the process: it returns the exit code. 2 is a mistake in how
// it was called, 1 anything that failed.
func run(ctx context.Context, env Environment, out, problems io.Writer) int {
	if sub, rest := named(env.Args); sub != nil && sub.own != nil {
		own := env
		own.Args = rest
		return sub.own(ctx, own, out, problems)
	}
	cfg, err := ParseConfig(env)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		return 2
	}
	if cfg.Version {
		info, _ := debug.ReadBuildInfo()
		fmt.Fprintln(out, built(info))
		return 0
	}
	sub, operands, err := chosen(cfg.Command, env.program())
	if err != nil {
		fmt.Fprintln(problems, err)
		return 2
	}
	if sub != nil && sub.bare {
		if err := sub.act(ctx, cfg, operands, out); err != nil {
			fmt.Fprintln(problems, err)
			return 1
		}
		return 0
	}
	if err := cfg.Validate(); err != nil {
		fmt.Fprintln(problems, err)
		return 2
	}
	log := newLogger(cfg, problems)
	for _, w := range cfg.Warnings {
		log.Warn(w)
	}
	switch {
	case cfg.CheckConfig:
		cfg.Print(out)
		if err := checkDatabase(ctx, cfg, log, out); err != nil {
			fmt.Fprintln(problems, "CONSOLE_DATABASE:", err)
			return 1
		}
		return 0
	case sub != nil:
		err = sub.act(ctx, cfg, operands, out)
	default:
		err = observed(ctx, cfg, log, func(log *slog.Logger, traces trace.TracerProvider) error {
			return serve(ctx, cfg, log, traces, out)
		})
	}
	if err != nil {
		log.Error("stopped", "error", err)
		return 1
	}
	return 0
}

func newLogger(cfg *Config, w io.Writer) *slog.Logger {
	opts := &slog.HandlerOptions{Level: cfg.LogLevel}
	if cfg.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, opts))
	}
	return slog.New(slog.NewTextHandler(w, opts))
}

// built says what a binary was made of.
func built(info *debug.BuildInfo) string {
	if info == nil {
		return "Agent Console, unknown version, " + runtime.Version()
	}
	module, commit, changed := info.Main.Version, "unknown", ""
	if module == "" || module == "(devel)" {
		module = "devel"
	}
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision" && s.Value != "":
			commit = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = " and changes"
		}
	}
	return fmt.Sprintf("Agent Console %s, commit %s%s, %s %s/%s", module, commit, changed, info.GoVersion, runtime.GOOS, runtime.GOARCH)
}

// version is the module's, or the commit the binary was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return s.Value[:12]
		}
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	return "devel"
}
