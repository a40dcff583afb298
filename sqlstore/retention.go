package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"
)

// pruneBatch is how many entries Prune looks at before it lets others write.
const pruneBatch = 500

// Prune implements journal.Store. It goes from the oldest on in batches.
func (s *Store) Prune(ctx context.Context, before time.Time) (int, error) {
	const op = "prune entries"
	if _, err := s.write.ExecContext(ctx, `DELETE FROM trait_shifts WHERE at < $1`, moment(before)); err != nil {
		return 0, wrap(op, err)
	}
	end, from, deleted := ceil(before), int64(0), 0
	for {
		candidates, err := collect(ctx, s.read, func(rows *sql.Rows) (p prunable, err error) {
			err = rows.Scan(&p.number, &p.linked)
			return p, err
		}, `SELECT e.id, e.undo_of IS NOT NULL OR `+undoTried+` FROM entries e
			WHERE e.id >= $1 AND e.id < $2 AND `+settled+` ORDER BY e.id LIMIT $3`, from, end, pruneBatch)
		if err != nil {
			return deleted, wrap(op, err)
		}
		if len(candidates) == 0 {
			return deleted, nil
		}
		from = candidates[len(candidates)-1].number + 1
		gone := 0
		if err := s.change(ctx, op, func(tx *sql.Tx) error {
			gone, err = prune(ctx, tx, candidates, end)
			return err
		}); err != nil {
			return deleted, err
		}
		deleted += gone
	}
}

// prunable is an entry that is settled and old enough.
type prunable struct {
	number int64
	linked bool // by undo, so that it goes only together with others
}

const (
	settled   = `e.result NOT IN ('intent', 'unknown')`
	undoTried = `EXISTS (SELECT 1 FROM entries u WHERE u.undo_of = e.id)`
	// spare is true of what may go as far as recordings are concerned. An agent's
	// last settled recording change stays, and with it what is newer: the last one
	// that was not refused is among these, and if an open one turns out refused,
	// the one before it still stands.
	spare = `(e.kind <> 'recording' OR e.result = 'refused' OR EXISTS (SELECT 1 FROM entries n
		WHERE n.scope = e.scope AND n.agent = e.agent AND n.kind = 'recording' AND n.result <> 'refused'
		AND n.id > e.id AND n.result NOT IN ('intent', 'unknown')))`
)

// prune deletes those of the candidates that may go. What was read outside of the
// transaction is asked again inside.
func prune(ctx context.Context, tx *sql.Tx, candidates []prunable, end int64) (deleted int, err error) {
	var free []int64
	seen := map[int64]bool{}
	for _, c := range candidates {
		if !c.linked {
			free = append(free, c.number)
			continue
		}
		if seen[c.number] {
			continue
		}
		chain, err := undoChain(ctx, tx, c.number)
		if err != nil {
			return 0, err
		}
		for _, number := range chain {
			seen[number] = true
		}
		n, err := deleteEntries(ctx, tx, chain, end, true)
		if err != nil {
			return 0, err
		}
		deleted += n
	}
	n, err := deleteEntries(ctx, tx, free, end, false)
	return deleted + n, err
}

// undoChain returns an entry with all it is linked to, however far: what it took
// back, and what tried to take it back.
func undoChain(ctx context.Context, tx *sql.Tx, number int64) ([]int64, error) {
	chain := []int64{number}
	for i := 0; i < len(chain); i++ {
		linked, err := collect(ctx, tx, scanNumber, `SELECT undo_of FROM entries WHERE id = $1 AND undo_of IS NOT NULL
			UNION SELECT id FROM entries WHERE undo_of = $1`, chain[i])
		if err != nil {
			return nil, err
		}
		for _, other := range linked {
			if !slices.Contains(chain, other) {
				chain = append(chain, other)
			}
		}
	}
	return chain, nil
}

// deleteEntries deletes what may go of the entries; together means all or none.
func deleteEntries(ctx context.Context, tx *sql.Tx, numbers []int64, end int64, together bool) (int, error) {
	if len(numbers) == 0 {
		return 0, nil
	}
	args := append(anys(numbers), end)
	may, err := collect(ctx, tx, scanNumber, `SELECT e.id FROM entries e WHERE e.id IN `+tuples(1, len(numbers))+
		` AND e.id < `+fmt.Sprintf("$%d", len(args))+` AND `+settled+` AND `+spare, args...)
	if err != nil || len(may) == 0 || together && len(may) < len(numbers) {
		return 0, err
	}
	for _, table := range []string{"DELETE FROM entry_queues WHERE entry IN ", "DELETE FROM entries WHERE id IN "} {
		if _, err := tx.ExecContext(ctx, table+tuples(1, len(may)), anys(may)...); err != nil {
			return 0, err
		}
	}
	return len(may), nil
}
