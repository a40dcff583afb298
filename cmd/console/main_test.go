package main

import (
	"context"
	"io"
	"runtime/debug"
	"testing"
)

// TestGarbageIsCollectedHalfAsOften, unless the environment says how often. It is the process's
// own setting, so that no other test runs beside this.
func TestGarbageIsCollectedHalfAsOften(t *testing.T) { //nolint:paralleltest // see above
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	collectLess([]string{"HOME=/root", "GOGC=100"})
	if got := debug.SetGCPercent(100); got != 100 {
		t.Errorf("%d, though GOGC is set", got)
	}
	collectLess([]string{"HOME=/root"})
	if got := debug.SetGCPercent(100); got != 200 {
		t.Errorf("%d", got)
	}
}

// TestSignalsAreLetGo: what run was given ends with it, whatever the exit code.
func TestSignalsAreLetGo(t *testing.T) {
	t.Parallel()
	var kept context.Context
	code := untilSignal(func(ctx context.Context, _ Environment, _, _ io.Writer) int {
		if ctx.Err() != nil {
			t.Error("it ended before it began")
		}
		kept = ctx
		return 2
	})
	if code != 2 || kept.Err() == nil {
		t.Errorf("code %d, context's end %v; want 2 and one that is over", code, kept.Err())
	}
}
