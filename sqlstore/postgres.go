package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// openPostgres opens a PostgreSQL database.
func openPostgres(ctx context.Context, cfg Config) (*Store, error) {
	const op = "open the PostgreSQL database"
	config, err := postgresConfig(cfg)
	if err != nil {
		return nil, wrap(op, err)
	}
	connector := stdlib.GetConnector(*config)
	schema, err := postgresDialect().schema()
	if err != nil {
		return nil, wrap(op, err)
	}
	if err := migrate(ctx, connector, postgresDialect(), schema); err != nil {
		return nil, wrap(op, err)
	}
	if cfg.Trip != nil {
		// After the migration, which nobody waits for.
		config.Tracer = trips{cfg.Trip}
		connector = stdlib.GetConnector(*config)
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(cfg.MaxConns)
	db.SetMaxIdleConns(cfg.MaxConns)
	db.SetConnMaxIdleTime(5 * time.Minute)
	// A database that moved to another machine is found again in time.
	db.SetConnMaxLifetime(time.Hour)
	if err := db.PingContext(ctx); err != nil {
		return nil, wrap(op, errors.Join(err, db.Close()))
	}
	return newStore(db, db, postgresDialect(), cfg.Now), nil
}

// postgresConfig reads the address and adds what it leaves open.
func postgresConfig(cfg Config) (*pgx.ConnConfig, error) {
	config, err := pgx.ParseConfig(cfg.Database)
	if err != nil {
		// Neither the address nor the cause is repeated: where an address cannot be
		// taken apart, nobody can tell which part of it is the password.
		return nil, invalid("its address cannot be read; it is like postgres://user:password@host:5432/database, with special characters of the password percent-encoded")
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 5 * time.Second
	}
	if !strings.Contains(cfg.Database, "default_query_exec_mode") {
		// One trip for each statement, and none that the next transaction finds missing on
		// another connection: pools between us and the database may hand them round.
		config.DefaultQueryExecMode = pgx.QueryExecModeExec
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "agent-console"
	}
	return config, nil
}
