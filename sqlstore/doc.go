// Package sqlstore is the console's database, SQLite or PostgreSQL: the journal,
// the sessions that ended early, the names of queues, and the locks by which
// replicas take turns. It is one implementation of journal.Store and
// journal.Sessions over database/sql, whose SQL both databases read. What differs between them (opening, locking, hints) is in
// sqlite.go, postgres.go and dialect.go; each has its own migrations. What an
// entry means is package journal's business.
//
// # How entries are found
//
// An entry's number is the microsecond it was written in, followed by a counter
// (see stamp.go). It is the primary key, so every index is in order of time by
// itself, a date range is a range of numbers, and a page starts where the last
// one ended. List never sorts and never reads more than a page plus one row per
// kind and result; list.go says how.
package sqlstore
