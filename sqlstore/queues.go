package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"

	"github.com/alohub/agentconsole/journal"
)

// RememberQueues implements journal.Store.
func (s *Store) RememberQueues(ctx context.Context, scope journal.Scope, kind journal.Kind, names map[int64]string) error {
	const op = "remember queue names"
	known, err := s.queueNames(ctx, scope, kind)
	if err != nil {
		return wrap(op, err)
	}
	var news []int64
	for _, queue := range slices.Sorted(maps.Keys(names)) {
		name := cut(names[queue], maxText)
		old, there := known[queue]
		if name != "" && name != old || !there {
			news = append(news, queue)
		}
	}
	if len(news) == 0 {
		return nil
	}
	number, err := s.makeScope(ctx, scope)
	if err != nil {
		return wrap(op, err)
	}
	return s.change(ctx, op, func(tx *sql.Tx) error {
		for some := range slices.Chunk(news, maxArguments/4) {
			var args []any
			for _, queue := range some {
				args = append(args, number, string(kind), queue, cut(names[queue], maxText))
			}
			if _, err := tx.ExecContext(ctx, `INSERT INTO queue_names (scope, kind, queue, name) VALUES `+tuples(len(some), 4)+`
				ON CONFLICT (scope, kind, queue) DO UPDATE SET name = excluded.name WHERE excluded.name <> ''`, args...); err != nil {
				return err
			}
		}
		return nil
	})
}

// QueueNames implements journal.Store.
func (s *Store) QueueNames(ctx context.Context, scope journal.Scope, kind journal.Kind) (map[int64]string, error) {
	names, err := s.queueNames(ctx, scope, kind)
	return names, wrap("read queue names", err)
}

func (s *Store) queueNames(ctx context.Context, scope journal.Scope, kind journal.Kind) (map[int64]string, error) {
	names := map[int64]string{}
	number, ok, err := s.scope(ctx, scope)
	if err != nil || !ok {
		return names, err
	}
	_, err = collect(ctx, s.read, func(rows *sql.Rows) (queue int64, err error) {
		var name string
		err = rows.Scan(&queue, &name)
		names[queue] = name
		return queue, err
	}, `SELECT queue, name FROM queue_names WHERE scope = $1 AND kind = $2`, number, string(kind))
	return names, err
}

// KeepKnownQueues implements journal.Store.
func (s *Store) KeepKnownQueues(ctx context.Context, scope journal.Scope, known journal.KnownQueues) error {
	const op = "keep known queues"
	number, err := s.makeScope(ctx, scope)
	if err != nil {
		return wrap(op, err)
	}
	if known.At.IsZero() {
		known.At = s.now()
	}
	if known.IDs == nil {
		known.IDs = []int64{}
	}
	_, err = s.write.ExecContext(ctx, `INSERT INTO known_queues (scope, queues, operator, kept_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (scope) DO UPDATE SET queues = excluded.queues, operator = excluded.operator, kept_at = excluded.kept_at`,
		number, list(known.IDs), cut(known.Operator, maxText), moment(known.At))
	return wrap(op, err)
}

// KnownQueues implements journal.Store.
func (s *Store) KnownQueues(ctx context.Context, scope journal.Scope) (known journal.KnownQueues, err error) {
	const op = "read known queues"
	number, ok, err := s.scope(ctx, scope)
	if err != nil || !ok {
		return known, wrap(op, err)
	}
	err = s.read.QueryRowContext(ctx, `SELECT queues, operator, kept_at FROM known_queues WHERE scope = $1`, number).
		Scan((*list)(&known.IDs), &known.Operator, (*moment)(&known.At))
	if errors.Is(err, sql.ErrNoRows) {
		return journal.KnownQueues{}, nil
	}
	return known, wrap(op, err)
}
