package main

import (
	"context"
	"io"
	"testing"
)

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
