// Package live keeps what is known of the tenants in use, reads them, and changes
// their agents without losing a queue.
//
// A Roster has a Tenant per key. A Tenant owns a book (roster/belief), guarded by
// its lock, and makes snapshots of it (roster/directory) for readers, who never
// wait. It lists and gathers for people, crawls in the background, plans what an
// intent would send, and sends it: Change reads afresh, plans, writes the intent to
// the journal, sends one PUT and reads back.
//
// What lives here are calls, goroutines and their owners, locks and the clock. What
// may not: HTTP in either direction (a Source does the calls, handlers show the
// results), words for people (codes only), keys (a Source holds its own; a snapshot
// is named by a fingerprint), databases (a Journal is handed in), and what counts
// as true (package belief).
package live
