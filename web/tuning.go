package web

import (
	"cmp"
	"context"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/handlers"
	"github.com/alohub/agentconsole/roster/live"
	"github.com/alohub/agentconsole/web/traces"
)

// rosterConfig is what the options say of snapshots and changes.
func rosterConfig(o Options, m *meters, t *traces.Tracer) live.Config {
	cfg := live.Config{
		Journal: o.Store, Savings: o.Store, Describe: handlers.Describe, Now: o.Now, Logger: o.Logger,
		SnapshotMaxAge: o.SnapshotMaxAge, Idle: cmp.Or(o.SnapshotIdle, o.SessionIdle),
		SentFor: o.SentFor, ReadBackPause: o.ReadBackPause, AskOneShown: o.AskOneShown, EvidenceAge: o.EvidenceAge,
		Changed: m.change,
	}
	if t != nil {
		cfg.Trace = live.Trace{Follow: traces.Follow, Crawl: t.Crawl}
	}
	return cfg
}

// clientConfig is what the options say of the calls to an upstream.
func clientConfig(o Options, u Upstream, m *meters, t *traces.Tracer) apiclient.Config {
	return apiclient.Config{
		Name: u.Slug, BaseURL: u.BaseURL, AuthHeaders: o.AuthHeaders, Version: o.Version,
		ReadTimeout: o.ReadTimeout, AttemptTimeout: o.AttemptTimeout, WriteTimeout: o.WriteTimeout,
		Transport: o.Transport, Reserve: o.Reserve, Now: o.Now, Rand: o.Rand,
		OnCall: func(ctx context.Context, i apiclient.CallInfo) {
			m.call(i)
			t.Call(ctx, i)
		},
	}
}
