package apiclient

import (
	"context"
	"errors"
)

// A 401 ends a session, and with it whatever somebody was at. So one that comes among
// successes is asked about once more (docs/adr/0031-one-401-is-confirmed.md): a read by
// being repeated, a write, which is never repeated, by a read beside it.

// isDoubtful reports whether err is a 401 of a key that an answer has accepted since
// the last one that was confirmed.
func (a *Caller) isDoubtful(err error) bool {
	return isUnauthorized(err) && a.client.budgets.isAccepted(a.account)
}

func isUnauthorized(err error) bool {
	refused := (*RefusedError)(nil)
	return errors.As(err, &refused) && errors.Is(err, ErrUnauthorized) && !refused.Local
}

// judge notes whether the key was accepted, or, by a second 401 on end, was not.
func (a *Caller) judge(err error, confirmed bool) {
	switch {
	case err == nil:
		a.client.budgets.accept(a.account, true)
	case confirmed && isUnauthorized(err):
		a.client.budgets.accept(a.account, false)
	}
}

// confirm returns what a write failed with: a 401 of a key that was accepted before
// only where one more read says so too.
func (a *Caller) confirm(ctx context.Context, err error) error {
	if !a.isDoubtful(err) {
		return err
	}
	_, again := a.attempt(ctx, oneRow(), 1, a.client.attemptTimeout, func(ans *answer) error {
		_, err := a.pageOf(OpListAgents, ans)
		return err
	})
	a.judge(again, true)
	if isUnauthorized(again) {
		return err
	}
	once := &RefusedError{}
	errors.As(err, &once)
	unconfirmed := *once
	unconfirmed.Kind = ErrUnconfirmed
	return &unconfirmed
}
