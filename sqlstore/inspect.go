package sqlstore

import (
	"context"
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

	"github.com/gofrs/flock"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/alohub/agentconsole/journal"
)

// Finding is what Inspect found.
type Finding struct {
	Kind   string // "SQLite" or "PostgreSQL"
	New    bool   // nothing of the console's is there yet; a start makes it
	Schema int64  // its version
	Known  int64  // the newest version that this console knows
	// Environments are those that have a journal, or runs.
	Environments []string
	// InUse says that a console writes the SQLite file now, and Holder which.
	InUse  bool
	Holder Holder
	// Pool says that a pool such as PgBouncer stands before PostgreSQL, and Prepares that
	// the address asks for statements that such a pool may lose.
	Pool, Prepares bool
}

// Inspect looks at a database without changing it: nothing is made, migrated or locked.
// Its errors are Open's.
func Inspect(ctx context.Context, cfg Config) (Finding, error) {
	if strings.HasPrefix(cfg.Database, "postgres://") || strings.HasPrefix(cfg.Database, "postgresql://") {
		return inspectPostgres(ctx, cfg)
	}
	f, err := inspectFile(ctx, cfg)
	if err != nil && !errors.Is(err, journal.ErrNewerSchema) {
		err = explain(err)
	}
	return f, wrap("open "+cfg.Database, err)
}

func inspectFile(ctx context.Context, cfg Config) (Finding, error) {
	d := sqliteDialect()
	found := Finding{Kind: "SQLite"}
	if _, err := os.Stat(cfg.Database); errors.Is(err, fs.ErrNotExist) {
		found.New = true
		return found, canMake(filepath.Dir(cfg.Database))
	}
	// Before SQLite opens it: closing another handle later could drop its locks.
	file, err := os.OpenFile(cfg.Database, os.O_WRONLY, 0)
	if err != nil {
		return found, err
	}
	if err := file.Close(); err != nil {
		return found, err
	}
	options := sqliteOptions(cfg)
	options.Set("mode", "ro")
	options.Set("_query_only", "1")
	db, err := sqlitePool("file:"+(&url.URL{Path: cfg.Database}).EscapedPath()+"?"+encode(options), 1)
	if err != nil {
		return found, err
	}
	defer db.Close()
	found.InUse, found.Holder = held(cfg.Database)
	err = inspect(ctx, db, d, "SELECT count(*) FROM sqlite_master WHERE name = $1", &found)
	return found, err
}

// canMake reports whether a file can be made in a folder.
func canMake(folder string) error {
	probe, err := os.CreateTemp(folder, ".console-*")
	if err != nil {
		return err
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// held reports which console writes a file now.
func held(database string) (bool, Holder) {
	path, err := realPath(database)
	if err != nil {
		return false, Holder{}
	}
	if _, err := os.Stat(path + lockSuffix); err != nil {
		return false, Holder{}
	}
	lock := flock.New(path + lockSuffix)
	defer lock.Close()
	if free, err := lock.TryRLock(); free || err != nil {
		return false, Holder{}
	}
	return true, signed(lock.Path())
}

func inspectPostgres(ctx context.Context, cfg Config) (Finding, error) {
	const op = "open the PostgreSQL database"
	found := Finding{Kind: "PostgreSQL"}
	config, err := postgresConfig(cfg)
	if err != nil {
		return found, wrap(op, err)
	}
	// One trip for each statement: no pool can come between.
	asked := config.DefaultQueryExecMode
	config.DefaultQueryExecMode = pgx.QueryExecModeExec
	if found.Pool, err = pooled(ctx, config); err != nil {
		return found, wrap(op, err)
	}
	found.Prepares = found.Pool && (asked == pgx.QueryExecModeCacheStatement || asked == pgx.QueryExecModeDescribeExec)
	db := sql.OpenDB(stdlib.GetConnector(*config))
	defer db.Close()
	db.SetMaxOpenConns(1)
	err = inspect(ctx, db, postgresDialect(), "SELECT count(*) FROM (SELECT to_regclass($1::text) AS name) t WHERE name IS NOT NULL", &found)
	return found, wrap(op, err)
}

// pooled reports whether something stands between us and PostgreSQL that makes up
// connections of its own: then the process that answers is not the one that greeted.
func pooled(ctx context.Context, config *pgx.ConnConfig) (bool, error) {
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return false, err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = conn.Close(ctx)
	}()
	var process uint32
	if err := conn.QueryRow(ctx, "SELECT pg_backend_pid()").Scan(&process); err != nil {
		return false, err
	}
	return process != conn.PgConn().PID(), nil
}

// inspect reads the schema's version and what the journal has; exists counts the tables
// of a name.
func inspect(ctx context.Context, db *sql.DB, d dialect, exists string, found *Finding) (err error) {
	if found.Known, err = d.newest(); err != nil {
		return err
	}
	var tables int
	if err := db.QueryRowContext(ctx, exists, schemaTable).Scan(&tables); err != nil {
		return err
	}
	if tables == 0 {
		found.New = true
		return nil
	}
	if err := db.QueryRowContext(ctx, "SELECT coalesce(max(version_id), 0) FROM "+schemaTable+" WHERE is_applied").Scan(&found.Schema); err != nil {
		return err
	}
	if found.Schema > found.Known {
		return newerSchema(found.Schema, found.Known)
	}
	if found.New = found.Schema == 0; found.New {
		return nil
	}
	found.Environments, err = environments(ctx, db, found.Schema)
	return err
}

// newest is the version that the migrations lead to.
func (d dialect) newest() (int64, error) {
	schema, err := d.schema()
	if err != nil {
		return 0, err
	}
	names, err := fs.Glob(schema, "*.sql")
	if err != nil {
		return 0, err
	}
	newest := int64(0)
	for _, name := range names {
		number, _, _ := strings.Cut(name, "_")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("migration %s: %w", name, err)
		}
		newest = max(newest, n)
	}
	return newest, nil
}
