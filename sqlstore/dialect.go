package sqlstore

import (
	"embed"
	"io/fs"

	"github.com/pressly/goose/v3"
)

// dialect is what SQL cannot say alike on both databases.
type dialect struct {
	goose goose.Dialect
	// lock begins the transaction of a migration, so that only one runs.
	lock []string
	// snapshot begins a transaction that reads all of one moment.
	snapshot string
	// page cuts each of the readings that make up a page to its length. PostgreSQL
	// does not see that they are in order already, and would read and sort all of
	// them; SQLite merges them.
	page string
	// inOrder makes a join read its left side first. PostgreSQL has statistics.
	inOrder string
	// clock is the moment at which an entry is written, in microseconds since 1970: the
	// database's own where several processes use it, whose clocks may differ; "" where
	// one does.
	clock string
	// atOnce: a trip to the database may take long, so that what a save writes is one
	// statement and no transaction of several.
	atOnce bool
	// unlocked is the condition on entries e that no process is at work on their agent;
	// "" where one process alone uses the database.
	unlocked string
	// forUpdate keeps the rows that a transaction reads as they are until its end. SQLite's
	// transactions that write are alone anyway.
	forUpdate string
	// object makes one JSON object of the rows (name, n).
	object string
	// merges: readings that are in order each are merged, as they are needed. PostgreSQL
	// would sort them, and has statistics.
	merges bool
	// learn has PostgreSQL look at a table that grew by much at once: until it does so by
	// itself it takes a run for one of few items, and sorts all of them for a page.
	learn string
	// arrays: rows are inserted from arrays of their columns, many in a statement.
	arrays bool
	// index names the index to read a table by. SQLite keeps to it or fails, which
	// is better than a scan of a million rows; PostgreSQL chooses by statistics.
	index func(name string) string
}

//go:embed migrations
var migrations embed.FS

// schema returns the dialect's migrations.
func (d dialect) schema() (fs.FS, error) { return fs.Sub(migrations, "migrations/"+d.folder()) }

func (d dialect) folder() string {
	if d.goose == goose.DialectPostgres {
		return "postgres"
	}
	return "sqlite"
}

func sqliteDialect() dialect {
	return dialect{
		goose:    goose.DialectSQLite3,
		lock:     []string{"BEGIN IMMEDIATE"},
		snapshot: "BEGIN",
		inOrder:  "CROSS",
		object:   "json_group_object(name, n)",
		merges:   true,
		index:    func(name string) string { return " INDEXED BY " + name },
	}
}

func postgresDialect() dialect {
	return dialect{
		goose: goose.DialectPostgres,
		// The number is ours alone: "console" in ASCII.
		lock:      []string{"BEGIN", "SELECT pg_advisory_xact_lock(27988542868122725)"},
		snapshot:  "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
		page:      " ORDER BY id DESC LIMIT {limit}",
		atOnce:    true,
		forUpdate: " FOR UPDATE",
		object:    "COALESCE(CAST(json_object_agg(name, n) AS TEXT), '{}')",
		arrays:    true,
		learn:     "ANALYZE run_items",
		unlocked:  " AND NOT EXISTS (SELECT 1 FROM agent_locks l WHERE l.scope = e.scope AND l.agent = e.agent AND l.until > now())",
		clock:     "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)",
		index:     func(string) string { return "" },
	}
}
