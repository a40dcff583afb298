// Package roster is the domain of the console: what is known of a tenant's
// agents and queues, how surely it is known, and how a change is made without
// losing any of it.
//
// The upstream shows one queue per row (or several joined, or several rows; it
// cannot be known which), replaces whole lists on a write, and has no search, no
// queue list and no way to read one agent. So this package crawls a tenant, keeps
// a snapshot of it in memory per key, answers searches from that, and compiles
// what a person wants (add, remove, replace, undo) into one exact PUT made from
// evidence that was read after the person asked.
//
// What lives here: Roster (the snapshots of all keys in use), Tenant (one of
// them), Agent, Membership and Certainty, Queue, Intent and Plan, and Change,
// the safe write. What may not: HTTP in either direction (a Source does the
// calls, handlers show the results), words for people (codes only), keys (a
// Source holds its own; a snapshot is named by a fingerprint), databases (a
// journal.Store is handed in).
//
// evidence.go defines what counts as the truth about a list; sure.go defines
// when a list is sure. Read these two first.
package roster
