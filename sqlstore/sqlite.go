package sqlstore

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/alohub/agentconsole/journal"
)

// openFile opens a SQLite file.
func openFile(ctx context.Context, cfg Config) (*Store, error) {
	s, err := openHeld(ctx, cfg)
	if err != nil && !errors.Is(err, journal.ErrNewerSchema) {
		err = explain(err)
	}
	return s, wrap("open "+cfg.Database, err)
}

// openHeld opens a file of which this process is the one writer, or which it shares.
func openHeld(ctx context.Context, cfg Config) (*Store, error) {
	if _, err := os.Stat(cfg.Database); err != nil && cfg.MustExist {
		return nil, err // before a lock is left beside nothing
	}
	if cfg.Shared {
		return openSQLiteFile(ctx, cfg)
	}
	lock, err := hold(ctx, cfg)
	if err != nil {
		return nil, err
	}
	s, err := openSQLiteFile(ctx, cfg)
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	s.closers = append(s.closers, lock.Close)
	return s, nil
}

func openSQLiteFile(ctx context.Context, cfg Config) (*Store, error) {
	options := sqliteOptions(cfg)
	_, err := os.Stat(cfg.Database)
	created := errors.Is(err, fs.ErrNotExist)
	if created && cfg.MustExist {
		return nil, err
	}
	if created {
		// Only we may read the journal. The mode is taken from a file of that mode:
		// opening the database itself beside SQLite and closing it would drop the
		// locks that SQLite holds in this process.
		like, err := os.CreateTemp(filepath.Dir(cfg.Database), ".console-*")
		if err != nil {
			return nil, err
		}
		defer os.Remove(like.Name())
		if err := like.Close(); err != nil {
			return nil, err
		}
		options.Set("modeof", like.Name())
	}
	name := "file:" + (&url.URL{Path: cfg.Database}).EscapedPath() + "?"
	write, err := sqlitePool(name+encode(options), 1)
	if err != nil {
		return nil, err
	}
	if err := prepareSQLite(ctx, cfg, write, name+encode(options)); err != nil {
		return nil, errors.Join(err, write.Close())
	}
	if created {
		if err := syncFolder(filepath.Dir(cfg.Database)); err != nil {
			return nil, errors.Join(err, write.Close())
		}
	}
	options.Del("modeof")
	options.Set("_query_only", "1")
	read, err := sqlitePool(name+encode(options), cfg.MaxConns)
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	s := newStore(write, read, sqliteDialect(), cfg.Now)
	if s.file, err = fileAt(cfg.Database); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// openMemory opens a database that only this Store sees. It has one connection,
// which is never given up: the database lives as long as a connection does.
func openMemory(ctx context.Context, cfg Config) (*Store, error) {
	const op = "open a database in memory"
	options := sqliteOptions(cfg)
	options.Set("vfs", "memdb")
	name := "file:/" + rand.Text() + "?" + encode(options)
	pool, err := sqlitePool(name, 1)
	if err != nil {
		return nil, wrap(op, err)
	}
	anchor, err := sqlitePool(name, 1)
	if err == nil {
		// Until Close, whatever happens to the other connection.
		_, err = anchor.Conn(ctx)
	}
	if err == nil {
		err = prepareSQLite(ctx, cfg, pool, name)
	}
	if err != nil {
		return nil, wrap(op, errors.Join(err, pool.Close()))
	}
	s := newStore(pool, pool, sqliteDialect(), cfg.Now)
	s.closers = append(s.closers, anchor.Close)
	return s, nil
}

// sqliteOptions are what every connection sets.
func sqliteOptions(cfg Config) url.Values {
	return url.Values{
		"_busy_timeout": {strconv.FormatInt(cfg.LockTimeout.Milliseconds(), 10)},
		"_foreign_keys": {"1"},
		// An intent that was acknowledged survives a loss of power.
		"_synchronous": {"FULL"},
		"_txlock":      {"immediate"},
		"_dqs":         {"0"},
		"_pragma":      {"cache_size(-16000)", "journal_size_limit(67108864)"},
	}
}

// encode writes options as SQLite reads them: in its addresses a + is a plus.
func encode(options url.Values) string { return strings.ReplaceAll(options.Encode(), "+", "%20") }

// sqlitePool is a pool of connections that stay open.
func sqlitePool(name string, conns int) (*sql.DB, error) {
	connector, err := sqlite.NewConnector(name)
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db, nil
}

// prepareSQLite turns on the write-ahead log, so that readers and the writer do
// not wait for each other, and brings the schema up to date.
func prepareSQLite(ctx context.Context, cfg Config, db *sql.DB, name string) error {
	// The log's first start does not wait for another process that does the same.
	for deadline := time.Now().Add(cfg.LockTimeout); ; {
		_, err := db.ExecContext(ctx, "PRAGMA journal_mode = WAL")
		if err == nil {
			break
		}
		if !sqliteCode(err, sqlite3.SQLITE_BUSY) || time.Now().After(deadline) {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(10 * time.Millisecond):
		}
	}
	connector, err := sqlite.NewConnector(name)
	if err != nil {
		return err
	}
	schema, err := sqliteDialect().schema()
	if err != nil {
		return err
	}
	return migrate(ctx, connector, sqliteDialect(), schema)
}

// syncFolder makes a new file's name survive a loss of power.
func syncFolder(name string) error {
	folder, err := os.Open(name)
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Sync()
}

// sqliteCode reports whether an error is of a primary result code of SQLite.
func sqliteCode(err error, code int) bool {
	var failure *sqlite.Error
	return errors.As(err, &failure) && failure.Code()&0xff == code
}

// explain says what to do about a file that cannot be opened.
func explain(err error) error {
	hint := ""
	switch {
	case errors.Is(err, fs.ErrNotExist):
		hint = "its folder does not exist"
	case errors.Is(err, fs.ErrPermission):
		hint = "its folder may not be written to"
	case sqliteCode(err, sqlite3.SQLITE_CANTOPEN):
		hint = "it is a folder, or the file or its folder may not be written to"
	case sqliteCode(err, sqlite3.SQLITE_READONLY):
		hint = "the file may only be read"
	case sqliteCode(err, sqlite3.SQLITE_BUSY):
		hint = "another process keeps it locked"
	case sqliteCode(err, sqlite3.SQLITE_FULL):
		hint = "the disk is full"
	case sqliteCode(err, sqlite3.SQLITE_NOTADB):
		hint = "the file is not a SQLite database"
	default:
		return err
	}
	return fmt.Errorf("%s: %w", hint, err)
}
