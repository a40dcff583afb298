package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// start runs the command on a free port and returns its address, what it
// announced, and a way to stop it that returns its error.
func start(t *testing.T, args ...string) (url, announced string, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := run(ctx, append([]string{"-listen", "127.0.0.1:0"}, args...), in)
		in.CloseWithError(io.EOF)
		done <- err
	}()
	lines := bufio.NewScanner(out)
	var text strings.Builder
	for lines.Scan() {
		text.WriteString(lines.Text() + "\n")
		if strings.Contains(lines.Text(), "limits per") {
			break
		}
	}
	url = regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(text.String())
	if url == "" {
		cancel()
		t.Fatalf("no address in %q: %v", text.String(), <-done)
	}
	stop = func() error {
		cancel()
		select {
		case err := <-done:
			return err
		case <-time.After(20 * time.Second):
			return errors.New("does not stop")
		}
	}
	t.Cleanup(cancel)
	return url, text.String(), stop
}

func call(t *testing.T, method, url, body string) (status int, header http.Header, answer string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Api-Key", sandbox.DemoKey)
	req.Header.Set("Accept", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, string(data)
}

func TestRun(t *testing.T) {
	t.Parallel()
	url, announced, stop := start(t, "-style", "joined", "-agents", "50", "-limit-tenant", "9", "-limit-route", "0", "-migration=false", "-second-admin", "slow")
	for _, want := range []string{sandbox.DemoKey, sandbox.DemoKeyNoScope, sandbox.DemoKeyAnother, sandbox.DemoKeyVendor, "20260415", "9 per tenant, unlimited per route"} {
		if !strings.Contains(announced, want) {
			t.Errorf("no %s in %s", want, announced)
		}
	}
	status, header, body := call(t, "GET", url+"/api/v1/agents", "")
	if status != 200 || !strings.Contains(body, `"totalRecord":50`) || !strings.Contains(body, `"1001226,1000886,1001002"`) {
		t.Errorf("%d %s", status, body)
	}
	if header.Get("X-RateLimit-Limit-Tenant") != "9" || header.Get("X-RateLimit-Limit-Route") != "" {
		t.Errorf("limits %v", header)
	}
	if status, _, body := call(t, "PUT", url+"/v1/agents/082018/recording", `{"enabled":true}`); status != 500 || !strings.Contains(body, "is_record") {
		t.Errorf("-migration=false: %d %s", status, body)
	}
	if _, _, body := call(t, "GET", url+"/_sandbox/state", ""); !strings.Contains(body, `"pace":"slow"`) || !strings.Contains(body, `"style":"joined"`) {
		t.Errorf("state %s", body)
	}
	call(t, "POST", url+"/_sandbox/faults", `{"preset":"captive-portal"}`)
	if _, _, body := call(t, "GET", url+"/v1/agents", ""); !strings.HasPrefix(body, "<!DOCTYPE") {
		t.Errorf("the fault did not strike: %s", body)
	}
	if status, _, body := call(t, "GET", url+"//v1/agents", ""); status != 404 || !strings.Contains(body, "no Route matched") {
		t.Errorf("an unclean path: %d %s", status, body)
	}
	if err := stop(); err != nil {
		t.Errorf("stop: %v", err)
	}
}

func TestRunStopsDespiteASilentRequest(t *testing.T) {
	t.Parallel()
	url, _, stop := start(t, "-grace", "1ms")
	call(t, "POST", url+"/_sandbox/faults", `{"preset":"silence"}`)
	broken := make(chan error, 1)
	go func() {
		resp, err := http.Get(url + "/v1/agents")
		if err == nil {
			resp.Body.Close()
		}
		broken <- err
	}()
	for {
		if _, _, body := call(t, "GET", url+"/_sandbox/faults", ""); strings.Contains(body, `"pending":[]`) {
			break
		}
	}
	if err := stop(); err != nil {
		t.Errorf("stop: %v", err)
	}
	if err := <-broken; err == nil {
		t.Error("the silent request was answered")
	}
}

func TestRunRefusesBadFlags(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"-style", "both"},
		{"-agents", "3"},
		{"-window", "0s"},
		{"-drift", "1ms"},
		{"-window-kind", "x"},
		{"-limit-names", "x"},
		{"-auth-headers", "x"},
		{"-second-admin", "x"},
		{"extra"},
		{"-no-such"},
		{"-listen", "127.0.0.1:-1"},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := run(ctx, args, io.Discard); err == nil {
			t.Errorf("%v was accepted", args)
		}
	}
	var out strings.Builder
	if err := run(t.Context(), []string{"-help"}, &out); !errors.Is(err, flag.ErrHelp) || !strings.Contains(out.String(), "-limit-route") {
		t.Errorf("-help: %v %s", err, out.String())
	}
	_, err := parseOptions([]string{"-agents", "3", "-window", "0s"}, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "-agents 3") || !strings.Contains(err.Error(), "-window 0s") {
		t.Errorf("not every problem at once: %v", err)
	}
}

func TestOptionsReachTheConfig(t *testing.T) {
	t.Parallel()
	o, err := parseOptions(strings.Fields("-style rows -limit-tenant 5 -limit-route 4 -window 3s -window-kind estimate -limit-names kong -agents 9 -hostile -drift 0 -max-size 7 -show-recording -auth-headers authorization -reject-unknown-queues"), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	c := o.config()
	if c.Limits != (sandbox.Limits{Tenant: 5, Route: 4, Window: 3 * time.Second, Kind: sandbox.SlidingEstimate, Names: sandbox.KongNames}) {
		t.Errorf("limits %+v", c.Limits)
	}
	b := c.Behaviour
	if b.Style != sandbox.RowPerQueue || b.AuthHeaders != sandbox.OnlyAuthorization || !b.RejectUnknownQueues || b.MigrationPending ||
		b.MaxSize != 7 || !b.ShowRecording || b.Drift != 0 {
		t.Errorf("behaviour %+v", b)
	}
	if n := len(c.Tenants[0].Agents); n <= 9 {
		t.Errorf("%d agents, want 9 and the hostile", n)
	}
}
