// Command guard fails when a page costs more than half as much again as it did a commit
// before. It builds that commit, runs both consoles against one upstream of its own, asks
// them for the same pages in turn, round by round, and compares the CPU seconds of the two
// processes: their ratio holds on a busy machine, and on any.
//
//	go run ./bench/guard [-now BINARY] [COMMIT]
//
// COMMIT is HEAD~1 where none is named. Where it is not there (the first commit, a shallow
// history) or cannot be asked, that is said in a line, and the guard passes. It needs
// Linux, for its /proc, and git.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"
)

func main() {
	var g guard
	flag.StringVar(&g.now, "now", "", "the binary of the working tree; built where none is named")
	flag.IntVar(&g.rounds, "rounds", 5, "rounds, an odd number")
	flag.IntVar(&g.requests, "n", 120, "requests of a page in a round")
	flag.Parse()
	g.commit, g.out = "HEAD~1", os.Stdout
	if flag.NArg() > 0 {
		g.commit = flag.Arg(0)
	}
	ctx, stop := context.WithTimeout(context.Background(), 5*time.Minute)
	err := g.run(ctx)
	stop()
	var nothing nothingError
	if errors.As(err, &nothing) {
		fmt.Fprintln(g.out, "guard: nothing to compare with:", nothing)
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "guard:", err)
		os.Exit(1)
	}
}

// guard is one comparison.
type guard struct {
	commit, now      string
	rounds, requests int
	out              io.Writer
}

// nothingError is why there is nothing to compare with.
type nothingError string

func (e nothingError) Error() string { return string(e) }

func (g *guard) run(ctx context.Context) error {
	scratch, err := os.MkdirTemp("", "guard-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(scratch) }()
	old := filepath.Join(scratch, "before")
	if err := buildCommit(ctx, ".", g.commit, old); err != nil {
		return err
	}
	if g.now == "" {
		g.now = filepath.Join(scratch, "now")
		if err := build(ctx, ".", g.now); err != nil {
			return err
		}
	}
	api := newUpstream()
	defer api.close()
	var (
		both               sync.WaitGroup
		before, after      *console
		oldError, nowError error
	)
	both.Go(func() { before, oldError = startConsole(ctx, old, filepath.Join(scratch, "before.db"), api) })
	both.Go(func() { after, nowError = startConsole(ctx, g.now, filepath.Join(scratch, "now.db"), api) })
	both.Wait()
	defer func() {
		for _, c := range []*console{before, after} {
			if c != nil {
				c.Stop()
			}
		}
	}()
	switch {
	case nowError != nil:
		return fmt.Errorf("the working tree: %w", nowError)
	case oldError != nil:
		return nothingError(fmt.Sprintf("%s cannot be asked: %v", g.commit, oldError))
	}
	return g.compare(ctx, before, after)
}

// compare measures every page, those that seem too dear twice as long, and prints what it
// saw.
func (g *guard) compare(ctx context.Context, before, after *console) error {
	var seen, suspects []*figures
	for _, p := range pages() {
		seen = append(seen, &figures{page: p})
	}
	if err := g.measure(ctx, seen, before, after); err != nil {
		return err
	}
	for _, f := range seen {
		if f.dear() {
			suspects = append(suspects, f)
		}
	}
	if err := g.measure(ctx, suspects, before, after); err != nil {
		return err
	}
	return report(g.out, g.commit, seen)
}

// measure asks both for every page, round by round, each round the other way about.
func (g *guard) measure(ctx context.Context, all []*figures, before, after *console) error {
	for round := range g.rounds {
		for _, f := range all {
			turns := []func() error{
				func() error {
					cost, status, err := before.cost(ctx, f.page, g.requests, round)
					if errors.Is(err, errStatus) {
						f.unasked = status // a page that was not there is new
						return nil
					}
					f.before = append(f.before, cost)
					return err
				},
				func() error {
					cost, _, err := after.cost(ctx, f.page, g.requests, round)
					f.after = append(f.after, cost)
					return err
				},
			}
			first := round % 2
			for _, turn := range []int{first, 1 - first} {
				if err := turns[turn](); err != nil {
					return fmt.Errorf("%s: %w", f.page.name, err)
				}
			}
		}
	}
	return nil
}
