package apiclient

import (
	"context"
	"time"
)

type leaveKey struct{}

// leave is until when a call may leave.
type leave struct {
	by    time.Time
	while context.Context //nolint:containedctx // it ends the waiting for a turn, not the call
}

// LeaveBy is ctx for a call that must not leave later than by (zero: whenever), nor when
// while has ended (nil: always): one whose turn has not come by then is not sent
// (*UnreachableError with Sent false). Once it has left, it has all its time.
func LeaveBy(ctx context.Context, by time.Time, while context.Context) context.Context {
	return context.WithValue(ctx, leaveKey{}, leave{by: by, while: while})
}

// untilLeft is the context to wait for one's turn with.
func untilLeft(ctx context.Context) (context.Context, context.CancelFunc) {
	l, ok := ctx.Value(leaveKey{}).(leave)
	if !ok {
		return ctx, func() {}
	}
	waiting, cancel := context.WithCancel(ctx)
	if !l.by.IsZero() {
		cancel()
		waiting, cancel = context.WithDeadline(ctx, l.by)
	}
	if l.while == nil {
		return waiting, cancel
	}
	stop := context.AfterFunc(l.while, cancel)
	return waiting, func() { stop(); cancel() }
}
