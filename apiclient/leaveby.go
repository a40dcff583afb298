package apiclient

import (
	"context"
	"time"
)

type leaveByKey struct{}

// LeaveBy is ctx for a call that must not leave later than that: one whose turn has not
// come by then is not sent (*UnreachableError with Sent false). Once it has left, it has
// all its time.
func LeaveBy(ctx context.Context, t time.Time) context.Context {
	return context.WithValue(ctx, leaveByKey{}, t)
}

// untilLeft is the context to wait for one's turn with.
func untilLeft(ctx context.Context) (context.Context, context.CancelFunc) {
	if t, ok := ctx.Value(leaveByKey{}).(time.Time); ok {
		return context.WithDeadline(ctx, t)
	}
	return ctx, func() {}
}
