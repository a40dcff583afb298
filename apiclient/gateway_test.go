package apiclient_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// push makes n writes and as many reads as fast as the budget lets them; in a synctest
// bubble. It returns how long they took, and how many were refused upstream.
func push(t *testing.T, handler http.Handler, n int) (took time.Duration, refused int) {
	t.Helper()
	dice := rand.New(rand.NewPCG(7, 7))
	var mu sync.Mutex
	client, err := apiclient.New(apiclient.Config{
		BaseURL: "http://sandbox.test", Reserve: -1,
		Transport: &inProcess{handler: handler, latency: func() time.Duration {
			mu.Lock()
			defer mu.Unlock()
			return time.Duration(10+dice.ExpFloat64()*15) * time.Millisecond
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Until(time.Now().Truncate(time.Minute).Add(time.Minute + 23*time.Second)))
	began := time.Now()
	jobs := make(chan int)
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() {
			a := client.Caller(apiclient.Credentials{Key: apiclient.NewSecret(sandbox.DemoKey)}, apiclient.Background)
			for i := range jobs {
				var err error
				if i%2 == 0 {
					_, err = a.ListAgents(t.Context(), apiclient.AgentQuery{Size: 1})
				} else {
					_, err = a.SetRecording(t.Context(), sandbox.DemoExample, true)
				}
				if limited := (*apiclient.RateLimitError)(nil); errors.As(err, &limited) {
					mu.Lock()
					refused++
					mu.Unlock()
				} else if err != nil {
					t.Error(err)
				}
			}
		})
	}
	for i := range 2 * n {
		jobs <- i
	}
	close(jobs)
	workers.Wait()
	if left, known := client.Caller(apiclient.Credentials{Key: apiclient.NewSecret(sandbox.DemoKey)}, apiclient.Person).Left(); !known || left < 0 {
		t.Errorf("what is left is %d, known: %t", left, known)
	}
	return time.Since(began), refused
}

// TestGatewayNames: limits that only a gateway's own headers tell are kept like the page's,
// over the window that they name.
func TestGatewayNames(t *testing.T) {
	t.Parallel()
	for _, names := range []sandbox.LimitNames{sandbox.KongNames, sandbox.DraftNames} {
		for name, kind := range windows {
			for _, window := range []time.Duration{10 * time.Second, time.Minute} {
				t.Run(fmt.Sprintf("%s/%s/%s", names, name, window), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						demo := sandbox.Demo(sandbox.DemoOptions{Agents: 4, Quiet: true})
						// One limit of all routes, as a plugin of a service has it.
						demo.Config.Limits = sandbox.Limits{Tenant: 40, Window: window, Kind: kind, Names: names}
						took, refused := push(t, sandbox.New(demo.Config), 80)
						most := 1
						if kind == sandbox.SlidingEstimate {
							most = 10
						}
						// 160 calls at 40 a window: three windows' wait at best.
						if refused > most || took > window*5 {
							t.Errorf("%d refused, took %s", refused, took)
						}
						t.Logf("%d refused, took %s", refused, took)
					})
				})
			}
		}
	}
}

// TestGatewayBesidePage: where the page's limits of ten seconds and a gateway's of a minute both hold,
// the one that leaves less does: 50 a minute is not taken for 50 in ten seconds.
func TestGatewayBesidePage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		demo := sandbox.Demo(sandbox.DemoOptions{Agents: 4, Quiet: true})
		demo.Config.Limits = sandbox.Limits{Tenant: 60, Route: 60}
		api := sandbox.New(demo.Config)
		var mu sync.Mutex
		counts := map[string]int{}
		const perMinute = 50
		both := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			// Each route by itself, which no header says.
			minute := time.Now().Truncate(time.Minute).String() + r.Method
			counts[minute]++
			w.Header().Set("X-RateLimit-Limit-Minute", strconv.Itoa(perMinute))
			w.Header().Set("X-RateLimit-Remaining-Minute", strconv.Itoa(max(perMinute-counts[minute], 0)))
			if counts[minute] > perMinute {
				t.Errorf("the %dth call of a minute", counts[minute])
			}
			api.ServeHTTP(w, r)
		})
		took, refused := push(t, both, 120)
		if refused > 0 || took > 5*time.Minute {
			t.Errorf("%d refused, took %s", refused, took)
		}
	})
}
