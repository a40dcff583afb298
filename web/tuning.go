package web

import (
	"cmp"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster/live"
)

// rosterConfig is what the options say of snapshots and changes.
func rosterConfig(o Options, m *meters) live.Config {
	return live.Config{
		Journal: o.Store, Now: o.Now, Logger: o.Logger,
		SnapshotMaxAge: o.SnapshotMaxAge, Idle: cmp.Or(o.SnapshotIdle, o.SessionIdle),
		SentFor: o.SentFor, ReadBackPause: o.ReadBackPause, AskOneShown: o.AskOneShown, EvidenceAge: o.EvidenceAge,
		Changed: m.change,
	}
}

// clientConfig is what the options say of the calls to an upstream.
func clientConfig(o Options, u Upstream, m *meters) apiclient.Config {
	return apiclient.Config{
		Name: u.Name, BaseURL: u.BaseURL, AuthHeaders: o.AuthHeaders, Version: o.Version,
		ReadTimeout: o.ReadTimeout, AttemptTimeout: o.AttemptTimeout, WriteTimeout: o.WriteTimeout,
		Transport: o.Transport, Reserve: o.Reserve, Now: o.Now, Rand: o.Rand, OnCall: m.call,
	}
}
