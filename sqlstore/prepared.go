package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// mostPrepared bounds the statements that are kept: the filters of a list make some dozens.
const mostPrepared = 256

// reader is a pool that is only read from. Where it keeps, a statement is prepared once for
// each of its connections: SQLite takes longer to prepare most of ours than to answer them.
// PostgreSQL's may be behind a pool that hands them round, and are not kept.
type reader struct {
	*sql.DB
	keeps bool

	mu   sync.Mutex
	kept map[string]*sql.Stmt
}

// prepared returns a statement, nil where it is to be sent as it is.
func (r *reader) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	if !r.keeps {
		return nil, nil
	}
	r.mu.Lock()
	stmt, full := r.kept[query], len(r.kept) >= mostPrepared
	r.mu.Unlock()
	if stmt != nil || full {
		return stmt, nil
	}
	stmt, err := r.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if other := r.kept[query]; other != nil { // somebody was quicker
		return other, stmt.Close() //nolint:sqlclosecheck // it was never used
	}
	if r.kept == nil {
		r.kept = make(map[string]*sql.Stmt)
	}
	r.kept[query] = stmt
	return stmt, nil
}

// QueryContext is sql.DB's.
func (r *reader) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	stmt, err := r.prepared(ctx, query) //nolint:sqlclosecheck // it is kept, and closed with the pool
	switch {
	case err != nil:
		return nil, err
	case stmt == nil:
		return r.DB.QueryContext(ctx, query, args...)
	}
	return stmt.QueryContext(ctx, args...)
}

// QueryRowContext is sql.DB's.
func (r *reader) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	stmt, err := r.prepared(ctx, query) //nolint:sqlclosecheck // it is kept, and closed with the pool
	if err != nil || stmt == nil {
		return r.DB.QueryRowContext(ctx, query, args...) // which fails in the same way
	}
	return stmt.QueryRowContext(ctx, args...)
}

// Close lets go of the statements and the pool.
func (r *reader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var errs []error
	for _, stmt := range r.kept {
		errs = append(errs, stmt.Close())
	}
	r.kept = nil
	return errors.Join(append(errs, r.DB.Close())...)
}
