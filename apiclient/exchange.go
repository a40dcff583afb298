package apiclient

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// attempts is how often a read is tried.
const attempts = 3

// The full jitter between attempts: a random part of base doubled each time.
const (
	backoffBase = 200 * time.Millisecond
	backoffMost = 2 * time.Second
)

// read sends c up to three times, in as far as repeating can help and the time
// allows. use turns a 2xx into the result; the answer is valid only meanwhile.
func (a *Caller) read(ctx context.Context, c call, use func(*answer) error) error {
	if err := a.check(c.op); err != nil {
		a.report(ctx, CallInfo{Op: c.op, Err: err})
		return err
	}
	if err := a.pass(ctx, c.op); err != nil {
		return err
	}
	left := a.client.readTimeout
	var last error
	doubted := false
	for n := 1; ; n++ {
		began := a.client.now()
		waited, err := a.attempt(ctx, c, n, min(left, a.client.attemptTimeout), use)
		a.judge(err, doubted)
		if err == nil {
			return nil
		}
		if !doubted && a.isDoubtful(err) && ctx.Err() == nil {
			doubted = true
			left = max(left-a.client.now().Sub(began), backoffMost) // however late it came
			continue
		}
		if last != nil && waited.refused {
			return last // what went wrong says more than that there is no second try
		}
		if n == attempts || !worthRepeating(err) || ctx.Err() != nil {
			return err
		}
		if _, down := a.client.Outage(); down && n < opensAfter {
			return err // others have found out that repeating is of no use
		}
		last = err
		pause := time.Duration(a.client.rand() * float64(min(backoffBase<<n, backoffMost)))
		left -= a.client.now().Sub(began) + pause
		if a.client.budgets.lanes[a.lane].hang == 0 {
			left += waited.time
		}
		if left <= 0 || !sleep(ctx, pause) {
			return err
		}
	}
}

// write sends c once. Whatever leaves open whether the upstream carried it out
// comes back as an *UnknownOutcomeError.
func (a *Caller) write(ctx context.Context, c call) (*Receipt, error) {
	if err := a.check(c.op); err != nil {
		a.report(ctx, CallInfo{Op: c.op, Err: err})
		return nil, err
	}
	if err := a.pass(ctx, c.op); err != nil {
		return nil, err
	}
	var receipt *Receipt
	_, err := a.attempt(ctx, c, 1, a.client.writeTimeout, func(ans *answer) error {
		var err error
		receipt, err = a.receiptOf(c.op, ans)
		return err
	})
	a.judge(err, false)
	if err != nil {
		return nil, a.confirm(ctx, err)
	}
	return receipt, nil
}

// wait is what the budget did to an attempt.
type wait struct {
	time    time.Duration
	refused bool // the attempt was not made
}

// attempt waits for the budget, sends c, and reports it.
func (a *Caller) attempt(ctx context.Context, c call, n int, limit time.Duration, use func(*answer) error) (wait, error) {
	began := a.client.now()
	waiting, cancel := untilLeft(ctx)
	slot, err := a.client.budgets.acquire(waiting, a.purse, a.account, c.op, c.route, a.lane)
	cancel()
	sent := a.client.now()
	w := wait{time: sent.Sub(began)}
	if err != nil {
		w.refused = true
		a.report(ctx, CallInfo{Op: c.op, Waited: w.time, Err: err})
		return w, err
	}
	status, err := a.exchange(ctx, c, slot, limit, use)
	a.client.breaker.note(ctx, sent, c.method != http.MethodGet, err)
	if c.method != http.MethodGet && leavesOpen(err) {
		err = &UnknownOutcomeError{Op: c.op, Cause: err}
	}
	a.report(ctx, CallInfo{
		Op: c.op, Attempt: n, Status: status, Duration: a.client.now().Sub(sent), Waited: w.time, Err: err,
	})
	return w, err
}

// exchange sends c and reads the answer.
func (a *Caller) exchange(parent context.Context, c call, slot *slot, limit time.Duration, use func(*answer) error) (int, error) {
	ctx, cancel := context.WithTimeout(parent, limit)
	defer cancel()
	req, body, err := a.request(ctx, c)
	if err != nil {
		slot.cancel()
		return 0, a.unreachable(parent, c.op, err)
	}
	sent := a.client.now()
	resp, err := a.client.transport.RoundTrip(req)
	if err != nil {
		e := a.unreachable(parent, c.op, err)
		if body != nil {
			// Nobody carries out a PUT whose body never left.
			e.Sent = e.Sent && body.touched.Load()
		}
		if e.Sent {
			slot.finish(reading{})
		} else {
			slot.cancel()
		}
		return 0, e
	}
	defer func() { _ = resp.Body.Close() }()

	ans := &answer{status: resp.StatusCode, header: resp.Header, at: a.client.now().UTC()}
	ans.reading = readLimits(resp.Header)
	if ans.status == http.StatusTooManyRequests {
		ans.retryAfter = retryAfter(resp.Header, ans.at, a.client.rand)
		ans.reading.retryAfter = ans.retryAfter
	}
	ans.reading.answered = true
	slot.finish(ans.reading)
	a.client.wire.note(resp, c.op == OpListAgents, sent, a.client.now())

	err = a.client.fill(ans, resp)
	defer a.client.release(ans)
	if err != nil {
		return ans.status, a.bodyFailure(parent, c.op, ans.status, err)
	}
	if err := a.classify(c.op, ans); err != nil {
		return ans.status, err
	}
	return ans.status, use(ans)
}

// worthRepeating reports whether a read that failed so may succeed the next
// moment: a slow or broken connection, or a gateway that lost its upstream.
func worthRepeating(err error) bool {
	var e *UnreachableError
	if !errors.As(err, &e) {
		return false
	}
	switch e.Reason {
	case ReachTimeout, ReachReset, ReachGateway:
		return true
	}
	return false
}

// sleep reports whether d passed before ctx ended.
func sleep(ctx context.Context, d time.Duration) bool {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= d {
		return false
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
