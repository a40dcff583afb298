package main

import (
	"context"
	"log/slog"
	"time"
)

// started is by when a start is over: what it did beside the server is done too.
const started = 2 * time.Second

// settle gives back what only the start needed, once that is over.
func settle(ctx context.Context, log *slog.Logger) {
	select {
	case <-ctx.Done():
		return
	case <-time.After(started):
	}
	if err := giveBack(); err != nil {
		log.DebugContext(ctx, "memory of the start is kept", "error", err)
	}
}
