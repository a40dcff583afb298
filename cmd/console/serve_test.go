package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// start runs the binary and returns where its pages are, and a way to stop it that
// returns its exit code.
func start(t *testing.T, args ...string) (place string, stop func() int) {
	t.Helper()
	return startWith(t, nil, io.Discard, args...)
}

// startWith is start with variables, and a log that is whole once stop has returned.
func startWith(t *testing.T, environ []string, log io.Writer, args ...string) (place string, stop func() int) {
	t.Helper()
	out, in := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan int, 1)
	go func() {
		code := run(ctx, Environment{Args: args, Environ: environ, Usage: io.Discard}, in, log)
		_ = in.Close()
		done <- code
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		cancel()
		t.Fatalf("%q, %v", line, err)
	}
	return strings.TrimSpace(line[strings.Index(line, "http://"):]), func() int {
		cancel()
		return <-done
	}
}

func read(t *testing.T, resp *http.Response, err error) (status int, text string) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(raw)
}

// TestDemoServes: the binary says where it is, answers there, and stops when told to.
func TestDemoServes(t *testing.T) {
	t.Parallel()
	place, stop := start(t, "-demo", "-listen", "127.0.0.1:0", "-base-path", "/console")
	resp, err := http.Get(place + "sign-in")
	if status, text := read(t, resp, err); status != http.StatusOK || !strings.Contains(text, "demo-good") {
		t.Errorf("%ssign-in: %d", place, status)
	}
	if code := stop(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// TestDemoIsSet: in a demo, and nowhere else, a page sets the upstream that people then
// work with; what the second administrator does shows on it.
func TestDemoIsSet(t *testing.T) {
	t.Parallel()
	plain, stopPlain := start(t, "-listen", "127.0.0.1:0", "-secret", goodSecret, "-database", ":memory:")
	resp, err := http.Get(plain + "_demo")
	if status, _ := read(t, resp, err); status != http.StatusNotFound {
		t.Errorf("without -demo: %d", status)
	}
	if code := stopPlain(); code != 0 {
		t.Errorf("exit code %d", code)
	}

	place, stop := start(t, "-demo", "-listen", "127.0.0.1:0")
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	get := func(path string) (int, string) {
		t.Helper()
		resp, err := client.Get(place + path)
		return read(t, resp, err)
	}
	post := func(path string, form url.Values) (int, string) {
		t.Helper()
		resp, err := client.PostForm(place+path, form)
		return read(t, resp, err)
	}
	if status, text := post("_demo/answers", url.Values{"style": {"joined"}}); status != http.StatusOK || !strings.Contains(text, "answers-form") {
		t.Errorf("set the style: %d", status)
	}
	post("sign-in", url.Values{"environment": {"demo"}, "api_key": {sandbox.DemoKey}})
	_, text := get("agents/" + sandbox.DemoSeveral)
	for _, queue := range []string{"1001226", "1000886", "1001002"} {
		if !strings.Contains(text, `data-queue-id="`+queue+`"`) {
			t.Errorf("joined, and agent %s shows no queue %s", sandbox.DemoSeveral, queue)
		}
	}
	post("_demo/faults", url.Values{"kind": {"captive-portal"}, "route": {"list"}, "times": {"-1"}})
	if status, _ := get("agents?status=1"); status != http.StatusBadGateway {
		t.Errorf("behind a captive portal: %d", status)
	}
	post("_demo/second-admin", url.Values{"pace": {"fast"}})
	for deadline := time.Now().Add(30 * time.Second); !strings.Contains(text, "data-deed"); time.Sleep(100 * time.Millisecond) {
		if _, text = get("_demo"); time.Now().After(deadline) {
			t.Fatal("the second administrator does nothing")
		}
	}
	if status, text := post("_demo/calm", nil); status != http.StatusOK || strings.Contains(text, "data-fault=") {
		t.Errorf("calm: %d", status)
	}
	if status, _ := get("agents?status=1"); status != http.StatusOK {
		t.Errorf("after calm: %d", status)
	}
	if code := stop(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}
