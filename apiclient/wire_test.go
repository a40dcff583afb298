package apiclient_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// TestWire: what answers show of the way, and nothing before there was one.
func TestWire(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slow := 0
		front := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if slow++; slow == 3 {
				time.Sleep(400 * time.Millisecond)
			}
			w.Header().Set("Server", "nginx/1.26.3 (of sk_live_secret)")
			w.Header().Set("Via", "1.1 kong/3.4.2")
			w.Header().Set("Date", time.Now().Add(-90*time.Second).UTC().Format(http.TimeFormat))
			w.Header().Set("X-Request-Id", "7")
			if r.Header.Get("X-Api-Key") != sandbox.DemoKey {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			_, _ = w.Write([]byte(`{"success":"1","error_code":"SUCCESS","totalRecord":0,"data":[]}`))
		})
		client := mustClient(t, apiclient.Config{
			BaseURL:   "http://sandbox.test",
			Transport: &inProcess{handler: front, latency: func() time.Duration { return 20 * time.Millisecond }},
		})
		if w := client.Wire(); w != (apiclient.Wire{}) {
			t.Errorf("before any answer: %+v", w)
		}
		if _, err := caller(client, "sk_wrong", apiclient.Person).ListAgents(t.Context(), apiclient.AgentQuery{}); err == nil {
			t.Error("a wrong key is accepted")
		}
		if w := client.Wire(); w.Answers == 0 || !w.AcceptedAt.IsZero() || w.Of != 0 {
			t.Errorf("after a refusal: %+v", w)
		}
		slow = 0
		for range 5 {
			if _, err := caller(client, sandbox.DemoKey, apiclient.Person).ListAgents(t.Context(), apiclient.AgentQuery{}); err != nil {
				t.Fatal(err)
			}
		}
		w := client.Wire()
		if w.Gateway != "nginx/1.26.3 kong/3.4.2" || w.Encrypted || w.TLS != "" || w.RequestID != "X-Request-Id" || w.AcceptedAt.IsZero() {
			t.Errorf("%+v", w)
		}
		if w.Of != 5 || w.Median < 20*time.Millisecond || w.Median > 100*time.Millisecond || w.Worst < 400*time.Millisecond {
			t.Errorf("%d answers, median %s, worst %s", w.Of, w.Median, w.Worst)
		}
		if !w.SkewKnown || w.Skew > -89*time.Second || w.Skew < -92*time.Second {
			t.Errorf("the clock is %s before ours", w.Skew)
		}
	})
}

// TestAdmit: who speaks HTTP by itself goes by the budget too, is counted in it, and is held
// by the 429 that it was answered.
func TestAdmit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := mustClient(t, apiclient.Config{BaseURL: "http://sandbox.test", Transport: &inProcess{handler: http.NotFoundHandler()}})
		a := caller(client, sandbox.DemoKey, apiclient.Background)
		answer := func(status int, header ...string) *http.Response {
			h := http.Header{}
			for i := 0; i < len(header); i += 2 {
				h.Set(header[i], header[i+1])
			}
			return &http.Response{StatusCode: status, Header: h}
		}
		told, err := a.Admit(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		told(answer(200, "X-RateLimit-Limit-Tenant", "10", "X-RateLimit-Remaining-Tenant", "4"))
		if b := a.Budget(); b.Tenant.Limit != 10 || b.Tenant.Remaining != 4 {
			t.Errorf("%+v", b.Tenant)
		}
		told, err = a.Admit(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if b := a.Budget(); b.Tenant.Remaining > 3 {
			t.Errorf("a call under way is not counted: %+v", b.Tenant)
		}
		told(answer(429, "Retry-After", "30"))
		began := time.Now()
		told, err = a.Admit(t.Context())
		if err != nil || time.Since(began) < 29*time.Second {
			t.Errorf("after a 429 it waited %s, %v", time.Since(began), err)
		}
		told(nil)
		if b := a.Budget(); b.Tenant.Limit != 10 {
			t.Errorf("%+v", b.Tenant)
		}
	})
}
