package live_test

import (
	"cmp"
	"flag"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"pgregory.net/rapid"
)

// manners are the styles by name, as subtests are called.
var manners = map[style]string{firstOnly: "first", joined: "joined", rowPerQueue: "rows", changing: "changing", turning: "turning"}

// TestWriteRemovesExactlyWhatWasRemoved runs the model (world_test.go, case_test.go)
// against what must hold (judge_test.go), a number of cases in each style. A failure
// names its seed: ROSTER_SEED=n runs that one alone, and testdata/seeds.txt keeps it.
// ROSTER_CASES=n runs as many in each style, from the seed ROSTER_FROM on.
//
// The model looks at its world between calls without a lock, as one case is one thread of
// a bubble's clock but for what a tab reads beside it; the race detector cannot see that
// order. CI runs it without.
func TestWriteRemovesExactlyWhatWasRemoved(t *testing.T) {
	t.Parallel()
	if underRace {
		t.Skip("the model runs without the race detector")
	}
	for manner, name := range manners {
		t.Run("rapid/"+name, func(t *testing.T) {
			t.Parallel()
			if os.Getenv("ROSTER_CASES") != "" || os.Getenv("ROSTER_SEED") != "" {
				t.Skip("the long run is of seeds")
			}
			// What is tried on every run is the same each time: what is new is looked for by
			// the long run, so that nobody's change fails by what others left open.
			steady(t)
			rapid.Check(t, func(rt *rapid.T) {
				draw := func(n int, label string) int { return rapid.IntRange(0, n-1).Draw(rt, label) }
				if err := inBubble(t, func() error { return runCase(draw, manner, false) }); err != nil {
					rt.Fatal(err)
				}
			})
		})
		t.Run("seeded/"+name, func(t *testing.T) {
			t.Parallel()
			cases := uint64(700)
			if testing.Short() {
				cases = 200
			}
			first := number(t, "ROSTER_FROM", 0)
			cases = number(t, "ROSTER_CASES", cases)
			seeds := withKept(t, name, first, cases)
			if os.Getenv("ROSTER_SEED") != "" {
				seeds = withKept(t, "", number(t, "ROSTER_SEED", 0), 1)
			}
			run := func(seed uint64, mute bool) error {
				dice := rand.New(rand.NewPCG(seed, 7))
				return inBubble(t, func() error {
					return runCase(func(n int, _ string) int { return dice.IntN(n) }, manner, mute)
				})
			}
			runSeeds(t, seeds, func(seed uint64) error {
				err := run(seed, true)
				if err != nil {
					err = cmp.Or(run(seed, false), err) // with all that happened
				}
				return err
			})
		})
	}
}

// runSeeds runs seeds until some have failed.
func runSeeds(t *testing.T, seeds iter.Seq[uint64], run func(seed uint64) error) {
	t.Helper()
	var failed, ran atomic.Int64
	var all sync.WaitGroup
	next := make(chan uint64)
	for range max(1, runtime.GOMAXPROCS(0)/len(manners)) {
		all.Go(func() {
			for seed := range next {
				if n := ran.Add(1); n%100_000 == 0 {
					t.Logf("%d cases", n)
				}
				if err := run(seed); err != nil {
					failed.Add(1)
					t.Errorf("seed %d: %v", seed, err)
				}
			}
		})
	}
	gone := make(chan struct{})
	go func() {
		all.Wait() // also where a case ended its goroutine
		close(gone)
	}()
	for seed := range seeds {
		select {
		case next <- seed:
		case <-gone:
		}
		if failed.Load() >= int64(number(t, "ROSTER_FAILURES", 3)) {
			break
		}
	}
	close(next)
	<-gone
	t.Logf("%d cases", ran.Load())
}

// inBubble runs a case by a clock of its own, which stands still while anything runs.
// What a case panics with, as rapid does where it has seen enough, goes on outside.
func inBubble(t *testing.T, run func() error) (err error) {
	var thrown any
	synctest.Test(t, func(*testing.T) {
		defer func() {
			if thrown = recover(); thrown != nil {
				if _, bug := thrown.(runtime.Error); bug {
					err, thrown = fmt.Errorf("%v\n%s", thrown, debug.Stack()), nil
				}
			}
		}()
		err = run()
	})
	if thrown != nil {
		panic(thrown)
	}
	return err
}

// steady has rapid draw the same each time, unless a seed was asked for.
func steady(t *testing.T) {
	t.Helper()
	once.Do(func() {
		if f := flag.Lookup("rapid.seed"); f != nil && f.Value.String() == f.DefValue {
			if err := f.Value.Set("7"); err != nil {
				t.Error(err)
			}
		}
	})
}

var once sync.Once

func number(t *testing.T, name string, usual uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return usual
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// withKept yields the seeds that have failed once, kept in testdata/seeds.txt as "style
// seed", and then as many as cases from first on.
func withKept(t *testing.T, name string, first, cases uint64) iter.Seq[uint64] {
	t.Helper()
	kept, err := os.ReadFile(filepath.Join("testdata", "seeds.txt"))
	if err != nil {
		t.Fatal(err)
	}
	return func(yield func(uint64) bool) {
		for line := range strings.Lines(string(kept)) {
			var of string
			var seed uint64
			if n, _ := fmt.Sscanf(line, "%s %d", &of, &seed); n == 2 && of == name && !yield(seed) {
				return
			}
		}
		for seed := range cases {
			if !yield(first + seed) {
				return
			}
		}
	}
}
