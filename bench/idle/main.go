// Command idle starts a console again and again, says how long it takes to its first page
// and what it weighs while nobody uses it, and fails where either is more than it may be.
//
//	go build -o /tmp/console ./cmd/console && go run ./bench/idle -console /tmp/console
//
// It reads /proc, and so runs on Linux alone.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/alohub/agentconsole/bench/binary"
)

const (
	// maxFirst is how long after its start a console may have answered with a page, on a
	// machine that does other things too: a start that reads a dictionary or packs files
	// first takes longer.
	maxFirst = 500 * time.Millisecond
	// maxIdle is what it may weigh, in KB.
	maxIdle = 30 << 10
	// idle is how long nobody uses it before it is weighed.
	idle = 5 * time.Second
)

func main() {
	console := flag.String("console", "", "the binary")
	starts := flag.Int("starts", 10, "how often it is started; the fastest counts, for a machine has other things to do")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := measure(ctx, *console, *starts)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func measure(ctx context.Context, path string, starts int) error {
	first, alone := time.Hour, time.Hour
	for range starts {
		took, answered, err := once(ctx, path, nil)
		if err != nil {
			return err
		}
		first, alone = min(first, took), min(alone, answered)
	}
	var weighs, most int
	_, _, err := once(ctx, path, func(pid int) (err error) {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(idle):
		}
		weighs, most, err = weight(pid)
		return err
	})
	if err != nil {
		return err
	}
	fmt.Printf("first page after %v, of which %v to answer it (of %d starts the fastest), idle %.1f MB, at most %.1f MB\n",
		first.Round(100*time.Microsecond), alone.Round(100*time.Microsecond), starts, float64(weighs)/1024, float64(most)/1024)
	if first > maxFirst {
		err = fmt.Errorf("the first page takes %v, of at most %v", first, maxFirst)
	}
	if weighs > maxIdle {
		err = errors.Join(err, fmt.Errorf("an idle console weighs %d KB, of at most %d", weighs, maxIdle))
	}
	return err
}

// once starts a console with an empty database, asks for a page, has what is asked of it
// done, and ends it. It returns how long it took from the start to the page, and how long the
// page took of that.
func once(ctx context.Context, path string, meanwhile func(pid int) error) (took, answered time.Duration, err error) {
	dir, err := os.MkdirTemp("", "idle")
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	start := time.Now()
	console, err := binary.Start(ctx, path, dir, []string{
		"CONSOLE_SECRET=0O8yYxkPzJcUVUB0rzPqZJgyXr1ivPzr5NnFDPOEmqRTbOa2", "CONSOLE_DATABASE=" + filepath.Join(dir, "console.db"),
		"CONSOLE_LOG=text,warn",
	})
	if err != nil {
		return 0, 0, err
	}
	defer console.Stop()
	listens := time.Now()
	if err := page(ctx, console.URL+"/sign-in"); err != nil {
		return 0, 0, err
	}
	took, answered = time.Since(start), time.Since(listens)
	if meanwhile != nil {
		err = meanwhile(console.Pid)
	}
	return took, answered, err
}

func page(ctx context.Context, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, resp.Body)
	if err = errors.Join(err, resp.Body.Close()); err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", url, resp.Status)
	}
	return err
}

// weight is what a process has in memory, and the most it ever had, in KB.
func weight(pid int) (now, most int, err error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.Lines(string(status)) {
		name, rest, _ := strings.Cut(line, ":")
		figure := map[string]*int{"VmRSS": &now, "VmHWM": &most}[name]
		if figure == nil {
			continue
		}
		if *figure, err = strconv.Atoi(strings.Fields(rest)[0]); err != nil {
			return 0, 0, err
		}
	}
	return now, most, nil
}
