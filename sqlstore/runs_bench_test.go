package sqlstore

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/runs"
)

// largeRun is a run of as many agents as a large tenant has.
func largeRun() (runs.Run, []runs.Item) {
	items := make([]runs.Item, millionAgents)
	for i := range items {
		agent := fmt.Sprint(10_000 + i*7919%millionAgents)
		before := []int64{int64(1000 + i%40), int64(1050 + i%30)}
		items[i] = runs.Item{
			Agent: agent, AgentName: "Nguyễn Thị Nga", State: runs.ItemPlanned, Before: before, After: append(before[:2:2], 1234567), Certainty: "confirmed",
			Intent: roster.AddIntent(agent, apiclient.Callin, []int64{1234567}, nil), ReadAt: millionStart(), Asks: []string{"deserts"},
		}
		if i%50 == 0 {
			items[i].State = runs.ItemUnchanged
		}
	}
	return runs.Run{
		Scope: millionScope("1"), Operation: runs.Add, QueueIDs: []int64{1234567},
		Effects: []runs.Effect{{Queue: 1234567, Joins: millionAgents}},
	}, items
}

// BenchmarkRuns measures a run of 20,000 items.
func BenchmarkRuns(b *testing.B) {
	run, items := largeRun()
	for name, database := range map[string]func(b *testing.B) string{
		"SQLite":   func(b *testing.B) string { return filepath.Join(b.TempDir(), "console.db") },
		"Postgres": func(b *testing.B) string { return postgresSchema(b) },
	} {
		b.Run(name, func(b *testing.B) {
			s, ctx := mustOpen(b, database(b)).Runs(), b.Context()
			id, err := s.Create(ctx, run, items)
			if err != nil {
				b.Fatal(err)
			}
			b.Run("settle 50", func(b *testing.B) {
				id, err := s.Create(ctx, run, items[:50])
				if err == nil {
					err = s.Begin(ctx, run.Scope, id, []runs.State{runs.Planned}, 0, "one")
				}
				if err != nil {
					b.Fatal(err)
				}
				results := make([]runs.Result, 50)
				for i := range results {
					results[i] = runs.Result{Seq: i + 1, State: runs.ItemVerified, Entry: id}
				}
				for b.Loop() {
					if err := s.Settle(ctx, id, "one", results); err != nil {
						b.Fatal(err)
					}
				}
			})
			for what, do := range map[string]func() error{
				"find":       func() error { _, err := s.Find(ctx, run.Scope, id); return err },
				"list":       func() error { _, _, err := s.List(ctx, run.Scope, "", 0); return err },
				"items/page": func() error { _, err := s.Items(ctx, id, runs.ItemFilter{After: 9_000, Limit: 100}); return err },
				"items/skip": func() error { _, err := s.Items(ctx, id, runs.ItemFilter{Skip: 19_000, Limit: 100}); return err },
				"items/all":  func() error { _, err := s.Items(ctx, id, runs.ItemFilter{}); return err },
				"items/state": func() error {
					_, err := s.Items(ctx, id, runs.ItemFilter{States: []runs.ItemState{runs.ItemUnchanged}, Limit: 100})
					return err
				},
				"items/states none": func() error {
					_, err := s.Items(ctx, id, runs.ItemFilter{States: []runs.ItemState{runs.ItemUnknown, runs.ItemAside}, Limit: 100})
					return err
				},
				"items/agents": func() error {
					_, err := s.Items(ctx, id, runs.ItemFilter{Agents: []string{"10042", "10043"}, Limit: 100})
					return err
				},
			} {
				b.Run(what, func(b *testing.B) {
					for b.Loop() {
						if err := do(); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
			b.Run("create", func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := s.Create(ctx, run, items); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}
