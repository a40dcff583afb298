package apiclient_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// TestManyAtOnce is for the race detector: real time, real sockets.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	var inFlight, most atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := inFlight.Add(1)
		defer inFlight.Add(-1)
		time.Sleep(time.Millisecond)
		for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
		}
		w.Header().Set("X-RateLimit-Limit-Tenant", "1000")
		w.Header().Set("X-RateLimit-Remaining-Tenant", strconv.Itoa(900))
		_, _ = w.Write([]byte(`{"success":"1","totalRecord":0,"data":[]}`))
	}))
	t.Cleanup(server.Close)
	client := mustClient(t, apiclient.Config{BaseURL: server.URL})
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	var group sync.WaitGroup
	for i := range 40 {
		group.Go(func() {
			a := caller(client, testKey+strconv.Itoa(i%2), apiclient.Lane(i%2))
			for range 5 {
				one, stop := context.WithTimeout(ctx, time.Duration(i)*5*time.Millisecond)
				_ = list(one, a)
				_ = a.Budget()
				stop()
			}
		})
	}
	group.Wait()
	if most.Load() < 2 {
		t.Error("calls did not overlap")
	}
}

func BenchmarkListAgents(b *testing.B) {
	demo := sandbox.Demo(sandbox.DemoOptions{Agents: 25, Quiet: true})
	api := sandbox.New(demo.Config)
	rec := httptest.NewRecorder()
	req := httptest.NewRequest(http.MethodGet, "/v1/agents", nil)
	req.Header.Set("X-Api-Key", demo.Key)
	api.ServeHTTP(rec, req)
	body := rec.Body.Bytes()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-RateLimit-Limit-Tenant", "100000")
		w.Header().Set("X-RateLimit-Remaining-Tenant", "99999")
		_, _ = w.Write(body)
	}))
	b.Cleanup(server.Close)
	client := mustClient(b, apiclient.Config{BaseURL: server.URL})
	a := caller(client, demo.Key, apiclient.Person)
	b.ReportAllocs()
	for b.Loop() {
		if err := list(b.Context(), a); err != nil {
			b.Fatal(err)
		}
	}
}
