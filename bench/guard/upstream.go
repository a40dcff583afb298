package main

import (
	"net/http"
	"net/http/httptest"
	"sync"

	"github.com/alohub/agentconsole/apiclient/sandbox"
)

// someAgent is in several queues.
const someAgent = sandbox.DemoSeveral

// upstream is a sandbox without limits. It answers a list that it has answered before from
// memory, whatever the team, so that what is measured is who stands before it.
type upstream struct {
	url, key string
	agents   []string // the extensions, for making changes
	close    func()
}

func newUpstream() *upstream {
	demo := sandbox.Demo(sandbox.DemoOptions{Quiet: true})
	api := sandbox.New(demo.Config)
	var known sync.Map // the answer's bytes by the query
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			api.ServeHTTP(w, r)
			return
		}
		query := r.URL.Query()
		query.Del("team_id")
		r.URL.RawQuery = query.Encode()
		body, ok := known.Load(r.URL.RawQuery)
		if !ok {
			answer := httptest.NewRecorder()
			api.ServeHTTP(answer, r)
			if answer.Code != http.StatusOK {
				w.WriteHeader(answer.Code)
				_, _ = w.Write(answer.Body.Bytes())
				return
			}
			body, _ = known.LoadOrStore(r.URL.RawQuery, answer.Body.Bytes())
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body.([]byte))
	}))
	u := &upstream{url: server.URL, key: demo.Key, close: server.Close}
	for _, a := range api.Agents(demo.Tenant) {
		u.agents = append(u.agents, a.ID)
	}
	return u
}
