package sqlstore

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	mrand "math/rand/v2"
	"time"

	"github.com/alohub/agentconsole/journal"
)

const (
	// lockFor is how long a lock lasts that is not renewed: a process that died lets go
	// of its agents within it.
	lockFor = 4 * time.Second
	// lockRenew is how often its holder renews it.
	lockRenew = time.Second
	// lockLost is how long a holder goes on that cannot renew it: less than lockFor, for
	// the database may have counted from earlier.
	lockLost = 3 * time.Second
	// lockLook is about how often a waiting process looks again.
	lockLook = 60 * time.Millisecond
)

// Lock implements journal.Store. It is a row with an end, renewed while the change lasts,
// and no lock of the database's own: that would take a connection for as long, and get
// lost on the way through a pool that hands connections round by the transaction.
func (s *Store) Lock(ctx context.Context, scope journal.Scope, agent string, by journal.Holder, waits func(journal.Holder)) (context.Context, func(), error) {
	const op = "lock an agent"
	if s.SingleProcess() {
		return ctx, func() {}, nil
	}
	number, err := s.makeScope(ctx, scope)
	if err != nil {
		return nil, nil, wrap(op, err)
	}
	l := &agentLock{store: s, scope: number, agent: clean(agent), owner: rand.Text()}
	var told journal.Holder
	for {
		holder, err := l.take(ctx, cut(by.Operator, maxText))
		switch {
		case err == nil:
			held, release := l.keep(ctx)
			return held, release, nil
		case ctx.Err() != nil && !told.Since.IsZero():
			return nil, nil, &journal.LockedError{Holder: told}
		case !errors.Is(err, errTaken):
			return nil, nil, wrap(op, err)
		}
		if waits != nil && holder != told {
			waits(holder)
		}
		told = holder
		select {
		case <-ctx.Done():
			return nil, nil, &journal.LockedError{Holder: told}
		case <-time.After(lockLook/2 + mrand.N(lockLook)):
		}
	}
}

// agentLock is one row of agent_locks.
type agentLock struct {
	store *Store
	scope int64
	agent string
	owner string
}

// errTaken: another has the lock.
var errTaken = errors.New("taken")

// take takes the lock, or returns errTaken and who has it.
func (l *agentLock) take(ctx context.Context, operator string) (holder journal.Holder, err error) {
	var owner string
	var micros int64
	err = l.store.write.QueryRowContext(ctx, `WITH mine AS (INSERT INTO agent_locks AS l (scope, agent, owner, until, operator, since)
			VALUES ($1, $2, $3, now() + $4 * interval '1 millisecond', $5, now()) ON CONFLICT (scope, agent)
			DO UPDATE SET owner = excluded.owner, until = excluded.until, operator = excluded.operator, since = excluded.since
			WHERE l.until < now() RETURNING owner, operator, since)
		SELECT owner, operator, CAST(extract(epoch FROM since) * 1000000 AS BIGINT) FROM mine
		UNION ALL SELECT owner, operator, CAST(extract(epoch FROM since) * 1000000 AS BIGINT) FROM agent_locks
			WHERE scope = $1 AND agent = $2 AND NOT EXISTS (SELECT 1 FROM mine)`,
		l.scope, l.agent, l.owner, lockFor.Milliseconds(), operator).Scan(&owner, &holder.Operator, &micros)
	holder.Since = time.UnixMicro(micros).UTC()
	switch {
	case errors.Is(err, sql.ErrNoRows): // let go between the two looks
		return journal.Holder{}, errTaken
	case err == nil && owner != l.owner:
		return holder, errTaken
	}
	return holder, err
}

// keep renews the lock until it is released. The context it returns ends where that
// fails for so long that somebody else may have it.
func (l *agentLock) keep(ctx context.Context) (held context.Context, release func()) {
	held, lose := context.WithCancelCause(ctx)
	work := context.WithoutCancel(ctx) // these trips too are told as the request's
	stop := make(chan struct{})
	go func() {
		tick := time.NewTicker(lockRenew)
		defer tick.Stop()
		for renewed := time.Now(); ; {
			select {
			case <-stop:
				return
			case <-tick.C:
			}
			began := time.Now()
			mine, err := l.renew(work, renewed.Add(lockLost))
			if err == nil && mine {
				renewed = began
			}
			if err == nil && !mine || time.Since(renewed) >= lockLost {
				lose(journal.ErrLockLost)
				return
			}
		}
	}()
	return held, func() {
		// A renewal under way is not waited for: whichever comes first, after both the row
		// is gone.
		close(stop)
		lose(context.Canceled)
		l.free(work)
	}
}

// renew reports whether the lock is still this holder's.
func (l *agentLock) renew(ctx context.Context, deadline time.Time) (mine bool, err error) {
	ctx, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	res, err := l.store.write.ExecContext(ctx, `UPDATE agent_locks SET until = now() + $4 * interval '1 millisecond'
		WHERE scope = $1 AND agent = $2 AND owner = $3`, l.scope, l.agent, l.owner, lockFor.Milliseconds())
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// free lets go, whether or not the request that locked is still there. Should it fail,
// the lock ends by itself.
func (l *agentLock) free(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, lockFor)
	defer cancel()
	_, _ = l.store.write.ExecContext(ctx, `DELETE FROM agent_locks WHERE scope = $1 AND agent = $2 AND owner = $3`, l.scope, l.agent, l.owner)
}
