package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/alohub/agentconsole/journal"
)

// The million: three years of a large tenant beside two small ones. Operator
// "Rare" and result differs are one in 50,000; queue 999 is one in 20,000;
// "Nga" never touches queue 7, which a fifth of everything does.
const (
	million       = 1_000_000
	millionAgents = 20_000
	millionRun    = 20_000
)

func millionScope(tenant string) journal.Scope {
	return journal.Scope{Environment: "production", Tenant: tenant}
}

func millionStart() time.Time { return time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC) }

// millionEntry makes up the nth entry.
func millionEntry(r *rand.Rand, n int) journal.Entry {
	e := journal.Entry{
		Agent: fmt.Sprint(10_000 + r.IntN(millionAgents)), Kind: journal.Callin,
		Before: []int64{int64(10 + r.IntN(40)), int64(50 + r.IntN(40))}, BeforeKnown: true, Certainty: "confirmed",
		Operator: []string{"Nga", "Minh", "Hoa", ""}[r.IntN(4)], KeyFingerprint: "0123456789abcdef",
		RequestID: fmt.Sprintf("request-%d", n), Result: journal.Verified, SettledAt: millionStart().Add(time.Hour),
		Message: "Cập nhật thành công",
	}
	e.EvidenceAt = millionStart().Add(time.Duration(n) * time.Second)
	e.After = append(e.Before[:1:1], int64(90+r.IntN(40)))
	switch {
	case n%100 < 30:
		e.Kind, e.Before, e.After, e.Enabled, e.Result = journal.Recording, nil, nil, n%2 == 0, journal.Accepted
		e.EvidenceAt = time.Time{}
	case n%100 < 50:
		e.Kind = journal.Callout
	}
	if e.Operator != "Nga" && e.Kind != journal.Recording && r.IntN(3) == 0 {
		e.After = append(e.After, 7)
	}
	if n/millionRun%10 == 3 {
		e.RunID = fmt.Sprintf("run-%d", n/millionRun)
	}
	switch n % 50_000 {
	case 17:
		e.Operator = "Rare"
	case 77:
		e.Result = journal.Differs
	case 170, 20_170:
		if e.Kind != journal.Recording {
			e.After = append(e.After, 999)
		}
	}
	if n%200 == 51 {
		e.Result, e.Code = journal.Refused, "INVALID_INPUT"
	}
	return e
}

// fill inserts entries in bulk, which Intend cannot.
func fill(ctx context.Context, s *Store, count int) error {
	var scopes [3]int64
	for i := range scopes {
		var err error
		if scopes[i], err = s.makeScope(ctx, millionScope(fmt.Sprint(i+1))); err != nil {
			return err
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	const batch = 20
	for n := 0; n < count; {
		if err := s.change(ctx, "fill", func(tx *sql.Tx) error {
			for range min(1000, (count-n+batch-1)/batch) {
				var rows []row
				for range batch {
					tenant := 0
					if n%10 == 9 {
						tenant = 1 + n/10%2
					}
					one, err := newRow(backdated(millionStart().Add(time.Duration(n)*90*time.Second), 0), scopes[tenant], millionEntry(r, n))
					if err != nil {
						return err
					}
					rows = append(rows, one)
					n++
				}
				if _, err := insertRows(ctx, tx, rows); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// filters are what people ask for, and what is hardest to answer.
func filters() map[string]journal.Filter {
	day := func(n int) time.Time { return millionStart().Add(time.Duration(n) * 24 * time.Hour) }
	return map[string]journal.Filter{
		"all":                        {},
		"1000":                       {Limit: 1000},
		"before":                     {Before: formatID(ceil(day(300)))},
		"agent":                      {Agent: "10042"},
		"agent,result=refused":       {Agent: "10042", Result: journal.Refused},
		"agent,queue":                {Agent: "10042", Queue: 7},
		"queue":                      {Queue: 7},
		"queue=rare":                 {Queue: 999},
		"queue,operator=never":       {Queue: 7, Operator: "Nga"},
		"queue,result=rare":          {Queue: 7, Result: journal.Differs},
		"queue,kind=recording":       {Queue: 7, Kind: journal.Recording},
		"queue,operator=rare,dates":  {Queue: 7, Operator: "Rare", From: day(100), To: day(400)},
		"operator":                   {Operator: "Nga"},
		"operator=rare":              {Operator: "Rare"},
		"operator=nobody":            {Operator: "Nobody"},
		"operator,result=rare":       {Operator: "Nga", Result: journal.Differs},
		"operator,kind,result=never": {Operator: "Nga", Kind: journal.Recording, Result: journal.Unknown},
		"kind":                       {Kind: journal.Recording},
		"kind,result=never":          {Kind: journal.Recording, Result: journal.Unknown},
		"result=rare":                {Result: journal.Differs},
		"dates=an hour":              {From: day(500), To: day(500).Add(time.Hour)},
		"dates=future":               {From: day(5000)},
		"dates,operator=rare":        {From: day(1), To: day(300), Operator: "Rare"},
		"run":                        {RunID: "run-3"},
		"run,result=never":           {RunID: "run-3", Result: journal.Unknown},
		"run,operator=rare":          {RunID: "run-3", Operator: "Rare"},
		"run,queue=rare":             {RunID: "run-3", Queue: 999},
	}
}

// BenchmarkMillion measures pages at 1,000,000 entries. CONSOLE_BENCH_DATABASE
// names a database to fill, or to use where it is filled: filling takes minutes.
func BenchmarkMillion(b *testing.B) {
	ctx := b.Context()
	database := os.Getenv("CONSOLE_BENCH_DATABASE")
	if database == "" {
		database = filepath.Join(b.TempDir(), "million.db")
	}
	s, err := Open(ctx, Config{Database: database})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	if _, some, err := s.List(ctx, journal.Filter{Scope: millionScope("1")}); err != nil {
		b.Fatal(err)
	} else if !some {
		begun := time.Now()
		if err := fill(ctx, s, million); err != nil {
			b.Fatal(err)
		}
		b.Logf("filled in %s", time.Since(begun))
	}
	for name, f := range filters() {
		f.Scope = millionScope("1")
		b.Run("list/"+name, func(b *testing.B) {
			found := 0
			for b.Loop() {
				entries, _, err := s.List(ctx, f)
				if err != nil {
					b.Fatal(err)
				}
				found = len(entries)
			}
			b.ReportMetric(float64(found), "entries")
		})
	}
	var few []string
	for i := range 20 {
		few = append(few, fmt.Sprint(10_000+i*37))
	}
	for name, agents := range map[string][]string{"20": few, "all": nil} {
		b.Run("recordings/"+name, func(b *testing.B) {
			found := 0
			for b.Loop() {
				states, err := s.Recordings(ctx, millionScope("1"), agents...)
				if err != nil {
					b.Fatal(err)
				}
				found = len(states)
			}
			b.ReportMetric(float64(found), "agents")
		})
	}
}

// BenchmarkWrite measures what a change costs in the journal: an intent and its
// settlement, each synced to the disk.
func BenchmarkWrite(b *testing.B) {
	s := mustOpen(b, filepath.Join(b.TempDir(), "console.db"))
	e := journal.Entry{Scope: millionScope("1"), Agent: "1001", Kind: journal.Callin, Before: []int64{1, 2}, After: []int64{1, 3}}
	for b.Loop() {
		id, err := s.Intend(b.Context(), e)
		if err == nil {
			err = s.Settle(b.Context(), id, journal.Settlement{Result: journal.Verified, Seen: e.After})
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}
