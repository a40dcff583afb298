package e2e

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
)

// watch notes whatever a page says that it should not: console messages, page
// errors, policy violations, dialogs nobody expected.
type watch struct {
	mu       sync.Mutex
	trouble  []string
	expected map[string]int // network errors that are the point of the test, and how often they came
	bytes    float64        // received since the last reset
	finished int            // and in how many answers
	urls     []string       // and for what
	sent     []string       // requests since the last reset: "GET /agents?…"
	dialogs  []string       // texts of the dialogs that opened
	leave    bool           // whether a dialog is answered with OK
	asks     bool           // whether dialogs are expected
	answer   func(accept bool)
}

func newWatch() *watch { return &watch{expected: map[string]int{}} }

// expectStatus allows the line that Chromium prints for an answer of that status.
// That none comes is an error then, too.
func (w *watch) expectStatus(codes ...int) {
	for _, code := range codes {
		w.expect(fmt.Sprintf("the server responded with a status of %d", code))
	}
}

func (w *watch) expect(text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.expected[text] += 0
}

// allow is expect of what need not come.
func (w *watch) allow(texts ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, text := range texts {
		w.expected[text]++
	}
}

// said is what the page has said so far that it should not.
func (w *watch) said() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.trouble)
}

// event is called on chromedp's own goroutine: it must neither block nor call the
// browser.
func (w *watch) event(ev any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch ev := ev.(type) {
	case *runtime.EventConsoleAPICalled:
		var args []string
		for _, a := range ev.Args {
			args = append(args, strings.TrimSpace(string(a.Value)+" "+a.Description))
		}
		w.note("console."+string(ev.Type), strings.Join(args, " "))
	case *runtime.EventExceptionThrown:
		text := ev.ExceptionDetails.Text
		if e := ev.ExceptionDetails.Exception; e != nil {
			text += " " + e.Description
		}
		w.note("page error", text)
	case *log.EventEntryAdded:
		if ev.Entry.Level == log.EntryLevelInfo && strings.HasPrefix(ev.Entry.Text, "Autofocus processing was blocked") {
			return // the test was quicker to click into the form than the browser was to focus it
		}
		if ev.Entry.Level == log.EntryLevelInfo && strings.Contains(ev.Entry.Text, "Clear-Site-Data header") {
			return // the browser did as the sign-out said
		}
		w.note(string(ev.Entry.Source)+" "+string(ev.Entry.Level), ev.Entry.Text+" "+ev.Entry.URL)
	case *audits.EventIssueAdded:
		if ev.Issue.Code == audits.InspectorIssueCodeContentSecurityPolicyIssue {
			w.note("CSP", fmt.Sprintf("%+v", ev.Issue.Details.ContentSecurityPolicyIssueDetails))
		}
	case *network.EventRequestWillBeSent:
		if rest, ok := strings.CutPrefix(ev.Request.URL, "http://127.0.0.1:"); ok {
			_, path, _ := strings.Cut(rest, "/")
			w.sent = append(w.sent, ev.Request.Method+" /"+path)
		} else if !strings.HasPrefix(ev.Request.URL, "data:") {
			w.note("foreign request", ev.Request.URL)
		}
	case *network.EventResponseReceived:
		w.urls = append(w.urls, fmt.Sprintf("%s %d", ev.Response.URL, ev.Response.Status))
	case *network.EventLoadingFinished:
		w.bytes += ev.EncodedDataLength
		w.finished++
	case *page.EventJavascriptDialogOpening:
		w.dialogs = append(w.dialogs, ev.Message)
		if !w.asks {
			w.note("dialog "+string(ev.Type), ev.Message)
		}
		w.answer(w.leave || !w.asks)
	}
}

func (w *watch) note(kind, text string) {
	for expected := range w.expected {
		if strings.Contains(text, expected) {
			w.expected[expected]++
			return
		}
	}
	w.trouble = append(w.trouble, kind+": "+text)
}

// onDialog says how the dialogs of the next actions are answered.
func (w *watch) onDialog(accept bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asks, w.leave, w.dialogs = true, accept, nil
}

func (w *watch) opened() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.dialogs)
}

// reset starts the counts of bytes and requests anew.
func (w *watch) reset() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.bytes, w.finished, w.urls, w.sent = 0, 0, nil, nil
}

// received is how many bytes came over the wire since reset, headers included, and
// for which URLs.
func (w *watch) received() (int, []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return int(w.bytes), w.urls
}

// quiet reports whether everything asked for since reset has come, and that it was
// that much at least.
func (w *watch) quiet(atLeast int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.sent) >= atLeast && w.finished >= len(w.sent)
}

// requests are those sent since reset whose "METHOD /path" begins so.
func (w *watch) requests(prefix string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, s := range w.sent {
		if strings.HasPrefix(s, prefix) {
			n++
		}
	}
	return n
}

func (w *watch) check(t *testing.T) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, line := range w.trouble {
		t.Errorf("the browser says: %s", line)
	}
	for text, came := range w.expected {
		if came == 0 && !t.Failed() {
			t.Errorf("the browser was expected to say %q, and did not", text)
		}
	}
}
