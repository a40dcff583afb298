package sqlstore

import (
	"context"
	"database/sql"
	"time"
)

// clockSkew is how long an ended session is kept past its cookie's end, for clocks that
// are behind or set back: a few bytes a session.
const clockSkew = 30 * 24 * time.Hour

// End implements journal.Sessions.
func (s *Store) End(ctx context.Context, id string, until time.Time) error {
	const op = "end a session"
	defer s.endings.Add(1)
	if id == "" || len(id) > maxName || clean(id) != id {
		return wrap(op, invalid("not a session's id"))
	}
	if err := s.change(ctx, op, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO ended_sessions (id, until) VALUES ($1, $2)
			ON CONFLICT (id) DO UPDATE SET until = excluded.until WHERE excluded.until > ended_sessions.until`,
			id, until.UnixMicro())
		return err
	}); err != nil {
		return err
	}
	// The session has ended; rows that stay are tidied the next time.
	_, _ = s.write.ExecContext(ctx, `DELETE FROM ended_sessions WHERE until < $1`, s.now().Add(-clockSkew).UnixMicro())
	return nil
}

// Endings is how often sessions were ended through this Store, tried ones too. Where it has
// not changed, and no other process writes, what Ended answered is so still.
func (s *Store) Endings() uint64 { return s.endings.Load() }

// Generation implements journal.Sessions.
func (s *Store) Generation(ctx context.Context) (n int64, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT COALESCE((SELECT generation FROM ended_before), 0)`).Scan(&n)
	return n, wrap("ask how often all sessions were ended", err)
}

// EndAll implements journal.Sessions.
func (s *Store) EndAll(ctx context.Context) error {
	defer s.endings.Add(1)
	return s.change(ctx, "end all sessions", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO ended_before (one, created, generation) VALUES (1, 0, 1)
			ON CONFLICT (one) DO UPDATE SET generation = ended_before.generation + 1`)
		return err
	})
}

// Ended implements journal.Sessions. It is one look-up by primary key, and asks
// the database each time: another replica's sign-out counts at once.
func (s *Store) Ended(ctx context.Context, id string, generation int64) (bool, error) {
	var ended bool
	err := s.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM ended_sessions WHERE id = $1)
		OR EXISTS (SELECT 1 FROM ended_before WHERE generation > $2)`, clean(id), generation).Scan(&ended)
	return ended, wrap("ask whether a session ended", err)
}
