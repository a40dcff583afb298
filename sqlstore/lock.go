package sqlstore

import (
	"context"
	"crypto/rand"
	mrand "math/rand/v2"
	"time"

	"github.com/alohub/agentconsole/journal"
)

const (
	// lockFor is longer than a change takes from its fresh read to its write, so that
	// it ends by itself only where its process died.
	lockFor = 75 * time.Second
	// lockLook is about how often a waiting process looks again.
	lockLook = 60 * time.Millisecond
)

// Lock implements journal.Store. It is a row with an end and no lock of the
// database's own, which would take a connection for as long as a change lasts.
func (s *Store) Lock(ctx context.Context, scope journal.Scope, agent string) (release func(), err error) {
	const op = "lock an agent"
	if s.SingleProcess() {
		return func() {}, nil
	}
	number, err := s.makeScope(ctx, scope)
	if err != nil {
		return nil, wrap(op, err)
	}
	agent, owner := clean(agent), rand.Text()
	for {
		res, err := s.write.ExecContext(ctx, `INSERT INTO agent_locks AS l (scope, agent, owner, until)
			VALUES ($1, $2, $3, now() + $4 * interval '1 second') ON CONFLICT (scope, agent)
			DO UPDATE SET owner = excluded.owner, until = excluded.until WHERE l.until < now()`,
			number, agent, owner, lockFor.Seconds())
		if err != nil {
			return nil, wrap(op, err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 1 {
			return func() { s.unlock(number, agent, owner) }, wrap(op, err)
		}
		select {
		case <-ctx.Done():
			return nil, wrap(op, ctx.Err())
		case <-time.After(lockLook/2 + mrand.N(lockLook)):
		}
	}
}

// unlock lets go, whether or not the request that locked is still there. Should it
// fail, the lock ends by itself.
func (s *Store) unlock(scope int64, agent, owner string) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_, _ = s.write.ExecContext(ctx, `DELETE FROM agent_locks WHERE scope = $1 AND agent = $2 AND owner = $3`, scope, agent, owner)
}
