package apiclient_test

import (
	"context"
	"net/http/httptest"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/apiclient/sandbox"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is a small sandbox behind a real listener, and a client of it.
type rig struct {
	api    *sandbox.Server
	demo   sandbox.DemoFixture
	client *apiclient.Client

	mu    sync.Mutex
	calls []apiclient.CallInfo
}

// setup makes a rig; change may alter both sides before they start.
func setup(tb testing.TB, change ...func(*sandbox.Config, *apiclient.Config)) *rig {
	tb.Helper()
	r := &rig{demo: sandbox.Demo(sandbox.DemoOptions{Agents: 25, Quiet: true})}
	cfg := apiclient.Config{
		Name: "test",
		Rand: func() float64 { return 0 },
		OnCall: func(_ context.Context, info apiclient.CallInfo) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.calls = append(r.calls, info)
		},
	}
	for _, f := range change {
		f(&r.demo.Config, &cfg)
	}
	r.api = sandbox.New(r.demo.Config)
	server := httptest.NewServer(r.api)
	tb.Cleanup(server.Close)
	if cfg.BaseURL == "" {
		cfg.BaseURL = server.URL
	}
	r.client = mustClient(tb, cfg)
	return r
}

func mustClient(tb testing.TB, cfg apiclient.Config) *apiclient.Client {
	tb.Helper()
	client, err := apiclient.New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(client.Close)
	return client
}

func (r *rig) person() *apiclient.Caller { return caller(r.client, r.demo.Key, apiclient.Person) }

func (r *rig) reported() []apiclient.CallInfo {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]apiclient.CallInfo(nil), r.calls...)
}

func caller(c *apiclient.Client, key string, lane apiclient.Lane) *apiclient.Caller {
	return c.Caller(apiclient.Credentials{Key: apiclient.NewSecret(key)}, lane)
}

// method is one endpoint, reduced to whether it failed.
type method struct {
	name  string
	op    sandbox.Op
	write bool
	call  func(context.Context, *apiclient.Caller) error
}

func methods() []method {
	return []method{
		{"list", sandbox.OpList, false, func(ctx context.Context, a *apiclient.Caller) error {
			_, err := a.ListAgents(ctx, apiclient.AgentQuery{Size: 20})
			return err
		}},
		{"queues", sandbox.OpQueues, true, func(ctx context.Context, a *apiclient.Caller) error {
			_, err := a.ReplaceQueues(ctx, sandbox.DemoExample, apiclient.Callin, apiclient.QueueAssignment{QueueIDs: []int64{1001226}})
			return err
		}},
		{"recording", sandbox.OpRecording, true, func(ctx context.Context, a *apiclient.Caller) error {
			_, err := a.SetRecording(ctx, sandbox.DemoExample, true)
			return err
		}},
	}
}
