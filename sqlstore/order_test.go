package sqlstore

import (
	"database/sql/driver"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alohub/agentconsole/journal"
)

// TestWhatWasSentLastDecides: of two replicas whose clocks differ, or after one was set
// back, the journal has its entries in the order they were written in, and the ledger of
// recordings the state that was sent last. Times are shown as they were.
func TestWhatWasSentLastDecides(t *testing.T) {
	t.Parallel()
	for _, off := range []time.Duration{time.Second, 30 * time.Second, 24 * time.Hour} {
		for name, sign := range map[string]int64{"ahead": 1, "behind": -1} {
			t.Run(name+" "+off.String(), func(t *testing.T) {
				t.Parallel()
				databases(t, func(t *testing.T, database string, _ driver.Connector, d dialect) {
					var clock atomic.Int64
					open := func(jumps bool) *Store {
						s, err := Open(t.Context(), Config{Database: database, Shared: true, Now: func() time.Time {
							now := time.Now()
							if jumps {
								now = now.Add(time.Duration(clock.Load()))
							}
							return now
						}})
						if err != nil {
							t.Fatal(err)
						}
						t.Cleanup(func() { _ = s.Close() })
						return s
					}
					one, two := open(false), open(true)
					clock.Store(sign * int64(off))
					e := journal.Entry{Scope: millionScope("1"), Agent: "082018", Kind: journal.Recording}
					var want []string
					began := time.Now()
					for i := range 12 {
						if i == 6 {
							clock.Store(0) // it is set right again
						}
						s := one
						if i%2 == 1 {
							s = two
						}
						e.Enabled = !e.Enabled
						id, err := s.Intend(t.Context(), e)
						if err != nil {
							t.Fatal(err)
						}
						want = append(want, id)
						for _, reader := range []*Store{one, two} {
							states, err := reader.Recordings(t.Context(), e.Scope, e.Agent)
							if err != nil || states[e.Agent].EntryID != id || states[e.Agent].Enabled != e.Enabled {
								t.Fatalf("change %d: the ledger has %+v, %v; %v was sent last", i, states[e.Agent], err, e.Enabled)
							}
						}
					}
					entries, _, err := one.List(t.Context(), journal.Filter{Scope: e.Scope})
					if err != nil {
						t.Fatal(err)
					}
					var got []string
					for _, e := range entries {
						got = append(got, e.ID)
					}
					slices.Reverse(got)
					if !slices.Equal(got, want) {
						t.Errorf("the journal's order is not that of writing")
					}
					// A file's clock is its process's own, and is shown as it was.
					last := entries[0].At
					if apart := last.Sub(began); apart < 0 || apart > time.Minute {
						t.Errorf("the last was written at %s, by its own clock %s after the beginning", last, apart)
					}
					in, _, err := one.List(t.Context(), journal.Filter{Scope: e.Scope, Agent: e.Agent, From: began.Add(-time.Minute), To: time.Now().Add(time.Minute)})
					if err != nil || !slices.ContainsFunc(in, func(e journal.Entry) bool { return e.ID == entries[0].ID }) {
						t.Errorf("a span of time around now lacks the last entry: %d, %v", len(in), err)
					}
					all, _, err := one.List(t.Context(), journal.Filter{Scope: e.Scope, From: began.Add(-time.Minute), To: time.Now().Add(time.Minute)})
					if err != nil || len(all) != len(in) {
						t.Errorf("by agent %d entries, of all agents %d, %v", len(in), len(all), err)
					}
				})
			})
		}
	}
}

// TestReadyMeansAbleToWork: what can be read but not written is not ready.
func TestReadyMeansAbleToWork(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, database string, _ driver.Connector, _ dialect) {
		s := mustOpen(t, database)
		for range 2 {
			if err := s.Ready(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.write.ExecContext(t.Context(), "DROP TABLE readiness"); err != nil {
			t.Fatal(err)
		}
		if err := s.Ready(t.Context()); err == nil {
			t.Error("ready, though nothing can be written")
		}
	})
}
