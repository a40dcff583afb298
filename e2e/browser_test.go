package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	code := m.Run()
	chrome.close()
	whole.close()
	if code == 0 {
		// fasthttp's clock never stops, and its sweeper notices a shutdown only
		// after its ten seconds' sleep.
		err := goleak.Find(
			goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"),
			goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*workerPool).Start.func2"),
		)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// chrome is the one browser of all tests: starting it takes longer than most of
// them. Each test has a browser context of its own, with its own cookies.
var chrome = &browser{seats: make(chan struct{}, min(4, max(2, runtime.NumCPU())))}

// whole is a second one, for what only a browser with windows does: it asks for a page's
// icon, and blocks cookies of third parties. Certificates made for a test are good there.
var whole = &browser{seats: make(chan struct{}, 1), windows: true, options: []chromedp.ExecAllocatorOption{
	chromedp.Flag("ignore-certificate-errors", true),
	chromedp.Flag("test-third-party-cookie-phaseout", true),
}}

type browser struct {
	windows bool                           // a Chromium with an interface of its own
	options []chromedp.ExecAllocatorOption // beside the usual ones
	start   sync.Once
	ctx     context.Context
	err     error
	stop    []context.CancelFunc
	seats   chan struct{} // a browser with many pages at once is slower, not faster
}

// require returns the running browser's context, and skips or fails the test where
// there is none.
func (b *browser) require(t *testing.T) context.Context {
	t.Helper()
	path := b.path()
	if path == "" {
		required := strings.FieldsFunc(os.Getenv("CONSOLE_REQUIRE"), func(r rune) bool { return r == ',' || r == ' ' })
		if slices.Contains(required, "browser") {
			t.Fatal("no chromium in the PATH, and CONSOLE_REQUIRE names browser")
		}
		t.Skip("no chromium in the PATH: browser tests are skipped")
	}
	b.start.Do(func() { b.launch(path) })
	if b.err != nil {
		t.Fatalf("start chromium: %v", b.err)
	}
	b.seats <- struct{}{}
	t.Cleanup(func() { <-b.seats })
	return b.ctx
}

// path is that of a Chromium. One without windows is the same browser at half the cost: no
// toolbars are drawn for each page that nobody looks at.
func (b *browser) path() string {
	names := []string{"chromium", "chromium-browser", "google-chrome-stable", "google-chrome"}
	if !b.windows {
		names = append([]string{"chromium-headless-shell", "chrome-headless-shell"}, names...)
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

func (b *browser) launch(path string) {
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(path),
		chromedp.Flag("headless", "new"),
		chromedp.NoSandbox, // as root there is none; the pages are our own
		chromedp.DisableGPU,
		// Most people's settings are neither here nor there: both are tried, see doc.go.
		chromedp.Flag("force-prefers-reduced-motion", os.Getenv("CONSOLE_TEST_MOTION") == ""),
		// A machine without a mouse is taken for a telephone: rows show what they keep for
		// pointing at them.
		chromedp.Flag("blink-settings", "primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4"),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		// The pages' times are the same wherever the tests run.
		chromedp.Env("TZ=Asia/Ho_Chi_Minh"),
	)
	options = append(options, b.options...)
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stop := chromedp.NewContext(alloc)
	b.ctx, b.stop = ctx, []context.CancelFunc{stop, stopAlloc}
	b.err = chromedp.Do(ctx)
}

func (b *browser) close() {
	if b.ctx != nil && b.err == nil {
		ctx, cancel := context.WithTimeout(b.ctx, 10*time.Second)
		defer cancel()
		// What is left after this is killed below.
		_ = chromedp.Cancel(ctx)
	}
	for _, stop := range b.stop {
		stop()
	}
}
