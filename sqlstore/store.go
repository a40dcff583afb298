package sqlstore

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/alohub/agentconsole/journal"
)

// Config says where the journal is kept. Only Database is required.
type Config struct {
	// Database is a SQLite file, ":memory:" (gone with the Store), or a
	// postgres:// or postgresql:// URL.
	Database string
	// MustExist refuses a SQLite file that is not there, instead of making one.
	MustExist bool
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// MaxConns bounds the connections to PostgreSQL, and those that read SQLite.
	// 0 is 8.
	MaxConns int
	// LockTimeout is how long SQLite waits for another process's lock where the
	// context does not end earlier. 0 is 5 seconds.
	LockTimeout time.Duration
	// Shared opens a SQLite file beside the console that writes it, as the tools do
	// that write a row or read. Without it the Store is the file's one writer.
	Shared bool
	// Wait is how long Open waits for another writer of the file to end. When that is
	// over, its error wraps a *HeldError.
	Wait time.Duration
	// Trip, where set, is told of each statement that goes to PostgreSQL: system is
	// "postgresql", verb the statement's first word. What it returns is told of its end,
	// and with what error. A file has no trips.
	Trip func(ctx context.Context, system, verb string) (ended func(error))
	// Waiting is told once whom Open waits for. May be nil.
	Waiting func(Holder)
}

// Store is journal.Store and journal.Sessions in one database. It is safe for
// concurrent use.
type Store struct {
	dialect dialect
	write   *sql.DB // SQLite: one connection
	read    *reader
	closers []func() error // after both
	file    *file          // nil where the database is none
	now     func() time.Time
	endings atomic.Uint64
	scopes  sync.Map // journal.Scope → int64. A scope's number never changes.
}

var (
	_ journal.Store      = (*Store)(nil)
	_ journal.Sessions   = (*Store)(nil)
	_ journal.FilterSets = (*Store)(nil)
)

// Open opens the database, creating a SQLite file where there is none, and
// migrates it under a lock. It fails with journal.ErrNewerSchema where a newer
// console has migrated it further, and with journal.ErrUnavailable for the rest.
// Its errors never contain the password of a PostgreSQL URL.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.MaxConns == 0 {
		cfg.MaxConns = 8
	}
	if cfg.LockTimeout == 0 {
		cfg.LockTimeout = 5 * time.Second
	}
	switch {
	case cfg.Database == "":
		return nil, invalid("no database is named")
	case strings.HasPrefix(cfg.Database, "postgres://"), strings.HasPrefix(cfg.Database, "postgresql://"):
		return openPostgres(ctx, cfg)
	case cfg.Database == ":memory:":
		return openMemory(ctx, cfg)
	case strings.Contains(cfg.Database, "://"):
		// It may hold a password, so it is not repeated.
		return nil, invalid("the database is neither a file nor a postgres:// address")
	default:
		return openFile(ctx, cfg)
	}
}

func newStore(write, read *sql.DB, d dialect, now func() time.Time) *Store {
	return &Store{dialect: d, write: write, read: &reader{DB: read, keeps: d.folder() == "sqlite"}, now: now}
}

// SingleProcess reports whether the database is one that a single process uses:
// SQLite. Whatever is open in it when a process starts was left by a dead one.
func (s *Store) SingleProcess() bool { return s.dialect.folder() == "sqlite" }

// Ready implements journal.Store.
func (s *Store) Ready(ctx context.Context) error {
	token, read := rand.Text(), ""
	err := s.change(ctx, "try the database", func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `INSERT INTO readiness (one, token) VALUES (1, $1)
			ON CONFLICT (one) DO UPDATE SET token = excluded.token RETURNING token`, token).Scan(&read)
	})
	if err == nil && read != token {
		err = wrap("try the database", errors.New("what was written is not there"))
	}
	return err
}

// Close closes the database. What is under way is finished first.
func (s *Store) Close() error {
	// Where both are one pool, the second close is none.
	err := errors.Join(s.read.Close(), s.write.Close())
	for _, closer := range s.closers {
		err = errors.Join(err, closer())
	}
	return wrap("close", err)
}

// change runs do in a transaction that is durable when change returns nil.
func (s *Store) change(ctx context.Context, op string, do func(tx *sql.Tx) error) error {
	if err := s.file.there(); err != nil {
		return wrap(op, err)
	}
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return wrap(op, err)
	}
	if err := do(tx); err != nil {
		// What made do fail says more than a rollback that fails of the same.
		_ = tx.Rollback()
		return wrap(op, err)
	}
	return wrap(op, tx.Commit())
}

// scope returns the number of a scope, and false where nothing was ever written
// in it.
func (s *Store) scope(ctx context.Context, scope journal.Scope) (number int64, ok bool, err error) {
	scope = cleanScope(scope)
	if known, ok := s.scopes.Load(scope); ok {
		return known.(int64), true, nil
	}
	err = s.read.QueryRowContext(ctx, "SELECT id FROM scopes WHERE environment = $1 AND tenant = $2",
		scope.Environment, scope.Tenant).Scan(&number)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	s.scopes.Store(scope, number)
	return number, true, nil
}

// makeScope returns the number of a scope, giving it one where it has none. It
// runs outside of transactions: a number that is rolled back must not be
// remembered.
func (s *Store) makeScope(ctx context.Context, scope journal.Scope) (int64, error) {
	if len(scope.Environment) > maxName || len(scope.Tenant) > maxName {
		return 0, invalid(fmt.Sprintf("an environment or tenant named by more than %d bytes", maxName))
	}
	number, ok, err := s.scope(ctx, scope)
	if ok || err != nil {
		return number, err
	}
	scope = cleanScope(scope)
	if _, err := s.write.ExecContext(ctx, "INSERT INTO scopes (environment, tenant) VALUES ($1, $2) ON CONFLICT DO NOTHING",
		scope.Environment, scope.Tenant); err != nil {
		return 0, err
	}
	if number, ok, err = s.scope(ctx, scope); err == nil && !ok {
		err = errors.New("a scope just written is not there")
	}
	return number, err
}

// cleanScope returns the scope as it is kept. It copies: what is remembered
// outlives the request whose buffer the strings may lie in.
func cleanScope(scope journal.Scope) journal.Scope {
	return journal.Scope{
		Environment: strings.Clone(clean(scope.Environment)),
		Tenant:      strings.Clone(clean(scope.Tenant)),
	}
}
