package sandbox_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// piped is a server reached through memory, inside a bubble whose clock is free.
func piped(t *testing.T) (*sandbox.Server, *http.Client) {
	t.Helper()
	api := sandbox.New(sandbox.Demo(sandbox.DemoOptions{Quiet: true}).Config)
	transport, stop := sandbox.Pipe(api)
	t.Cleanup(stop)
	return api, &http.Client{Transport: transport}
}

func send(ctx context.Context, c *http.Client, method, path, body string) (status int, answer string, err error) {
	req, err := http.NewRequestWithContext(ctx, method, "http://sandbox.test"+path, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Authorization", "Bearer "+sandbox.DemoKey)
	resp, err := c.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(data), err
}

func TestTimeOfASlowAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api, client := piped(t)
		api.Fail(sandbox.Slow(4 * time.Second))
		start := time.Now()
		status, _, err := send(t.Context(), client, http.MethodGet, "/v1/agents", "")
		if took := time.Since(start); status != 200 || err != nil || took != 4*time.Second {
			t.Errorf("%d %v after %s", status, err, took)
		}
		api.Fail(sandbox.BadGateway().Late(3 * time.Second))
		start = time.Now()
		status, _, err = send(t.Context(), client, http.MethodGet, "/v1/agents", "")
		if took := time.Since(start); status != 502 || err != nil || took != 3*time.Second {
			t.Errorf("late 502: %d %v after %s", status, err, took)
		}
	})
}

func TestTimeOfADrip(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api, client := piped(t)
		_, whole, _ := send(t.Context(), client, http.MethodGet, "/v1/agents", "")
		api.Fail(sandbox.Dripping(time.Second))
		start := time.Now()
		status, body, err := send(t.Context(), client, http.MethodGet, "/v1/agents", "")
		want := time.Duration((len(whole)+63)/64) * time.Second
		if took := time.Since(start); status != 200 || err != nil || body != whole || took != want {
			t.Errorf("%d %v after %s, want %s", status, err, took, want)
		}
	})
}

func TestTimeRunsOutOnAWrite(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		fault sandbox.Fault
		done  bool
	}{
		{"slow", sandbox.Slow(time.Minute), false},
		{"silence", sandbox.Silence(), false},
		{"silence after", sandbox.SilenceAfterApply(), true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				api, client := piped(t)
				api.Fail(tc.fault)
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				_, _, err := send(ctx, client, http.MethodPut, putQueues, `{"queue_ids":[1000888]}`)
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("error %v", err)
				}
				synctest.Wait()
				a, _ := api.Agent(sandbox.AloHub, "082018")
				if done := a.Callin[0] == 1000888; done != tc.done {
					t.Errorf("write done: %t, want %t", done, tc.done)
				}
				if calls := api.Calls(); len(calls) != 1 || calls[0].Status != 0 {
					t.Errorf("recorded %+v", calls)
				}
			})
		})
	}
}

// What another administrator does during the delay is there when it is over.
func TestTimePassesBeforeASlowReadLooks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api, client := piped(t)
		api.Fail(sandbox.Slow(4 * time.Second))
		time.AfterFunc(2*time.Second, func() {
			for _, a := range api.Agents(sandbox.AloHub)[1:] {
				api.RemoveAgent(sandbox.AloHub, a.ID)
			}
		})
		_, body, err := send(t.Context(), client, http.MethodGet, "/v1/agents", "")
		if err != nil || !strings.Contains(body, `"totalRecord":1,`) {
			t.Errorf("%v %.120s", err, body)
		}
	})
}

func TestPipeAfterStop(t *testing.T) {
	t.Parallel()
	transport, stop := sandbox.Pipe(sandbox.New(sandbox.Config{}))
	stop()
	if _, _, err := send(t.Context(), &http.Client{Transport: transport}, http.MethodGet, "/v1/agents", ""); err == nil {
		t.Error("answered after stop")
	}
}
