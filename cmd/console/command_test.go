package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/runs"
	"github.com/alohub/agentconsole/sqlstore"
)

// TestEndAll: whoever signs everybody out has what they started pause.
func TestEndAll(t *testing.T) {
	t.Parallel()
	ctx, path := t.Context(), filepath.Join(t.TempDir(), "console.db")
	store, err := sqlstore.Open(ctx, sqlstore.Config{Database: path})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	scope := journal.Scope{Environment: "production", Tenant: "1"}
	id, err := store.Runs().Create(ctx, runs.Run{Scope: scope}, []runs.Item{{Agent: "1"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Runs().Begin(ctx, scope, id, []runs.State{runs.Planned}, 1, "one"); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := endAll(ctx, &Config{Database: path}, nil, &out); err != nil {
		t.Fatal(err)
	}
	if ended, err := store.Ended(ctx, "any", 0); err != nil || !ended {
		t.Errorf("ended: %t, %v", ended, err)
	}
	if want, err := store.Runs().Renew(ctx, id, "one"); err != nil || want != runs.WantPause {
		t.Errorf("the run should %q, %v", want, err)
	}
}
