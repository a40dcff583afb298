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
func untilLeft(ctx context.Context) (waiting context.Context, cancel context.CancelFunc) {
	l, ok := ctx.Value(leaveKey{}).(leave)
	if !ok {
		return ctx, func() {}
	}
	stops := []func(){}
	waiting, end := context.WithCancel(ctx)
	stops = append(stops, end)
	if !l.by.IsZero() {
		waiting, end = context.WithDeadline(waiting, l.by)
		stops = append(stops, end)
	}
	if l.while != nil {
		stop := context.AfterFunc(l.while, stops[0])
		stops = append(stops, func() { stop() })
	}
	return waiting, func() {
		for _, stop := range stops {
			stop()
		}
	}
}
