package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"sync/atomic"

	"github.com/pressly/goose/v3"

	"github.com/alohub/agentconsole/journal"
)

// schemaTable is where goose notes the versions. A database shared with another
// program may hold goose's own default name.
const schemaTable = "console_schema"

// migrate brings the schema up to date, all of it or nothing: goose's own
// transactions become savepoints of one that holds the database's lock from its
// beginning. A second process waits for that lock and then finds nothing to do.
func migrate(ctx context.Context, connector driver.Connector, d dialect, schema fs.FS) (err error) {
	db := sql.OpenDB(&heldConnector{Connector: connector, lock: d.lock})
	// Closing without COMMIT undoes everything.
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)

	provider, err := goose.NewProvider(d.goose, db, schema,
		goose.WithTableName(schemaTable), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	current, target, err := provider.GetVersions(ctx)
	if err != nil {
		return err
	}
	if current > target {
		return newerSchema(current, target)
	}
	if _, err := provider.Up(ctx); err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "COMMIT")
	return err
}

func newerSchema(current, known int64) error {
	return fmt.Errorf("%w: its schema is version %d and this console knows %d; start the newer console, or restore a backup from before it",
		journal.ErrNewerSchema, current, known)
}

// heldConnector gives out one connection, inside a transaction.
type heldConnector struct {
	driver.Connector
	lock []string
	used atomic.Bool
}

// Connect implements driver.Connector.
func (c *heldConnector) Connect(ctx context.Context) (driver.Conn, error) {
	if c.used.Swap(true) {
		// A second one would carry on without what the first had done.
		return nil, errors.New("the connection was lost while the schema was brought up to date")
	}
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	held := heldConn{conn}
	for _, statement := range c.lock {
		if _, err := held.ExecContext(ctx, statement, nil); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	}
	return held, nil
}

// heldConn is a connection inside a transaction.
type heldConn struct{ driver.Conn }

// ExecContext implements driver.ExecerContext.
func (c heldConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if execer, ok := c.Conn.(driver.ExecerContext); ok {
		return execer.ExecContext(ctx, query, args)
	}
	return nil, driver.ErrSkip
}

// QueryContext implements driver.QueryerContext.
func (c heldConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if queryer, ok := c.Conn.(driver.QueryerContext); ok {
		return queryer.QueryContext(ctx, query, args)
	}
	return nil, driver.ErrSkip
}

// BeginTx implements driver.ConnBeginTx with a savepoint.
func (c heldConn) BeginTx(ctx context.Context, _ driver.TxOptions) (driver.Tx, error) {
	if _, err := c.ExecContext(ctx, "SAVEPOINT migration", nil); err != nil {
		return nil, err
	}
	return heldTx{ctx, c}, nil
}

// heldTx is a savepoint.
type heldTx struct {
	ctx  context.Context
	conn heldConn
}

// Commit implements driver.Tx.
func (t heldTx) Commit() error {
	_, err := t.conn.ExecContext(t.ctx, "RELEASE SAVEPOINT migration", nil)
	return err
}

// Rollback implements driver.Tx.
func (t heldTx) Rollback() error {
	_, err := t.conn.ExecContext(t.ctx, "ROLLBACK TO SAVEPOINT migration", nil)
	return err
}
