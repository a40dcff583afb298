// Package roster is the domain of the console: what is known of a tenant's
// agents and queues, how surely it is known, and how a change is made without
// losing any of it.
//
// The upstream shows one queue per row (or several joined, or several rows; it
// cannot be known which), replaces whole lists on a write, and has no search, no
// queue list and no way to read one agent. So this package crawls a tenant, keeps
// a snapshot of it in memory per key, answers searches from that, and compiles
// what a person wants (add, remove, replace, undo) into one exact PUT made from
// evidence whose age is bounded.
//
// What lives here is plain data and what can be computed from it alone: Agent,
// Membership and Certainty, Queue, Intent, Plan, Question and Consent, Unsure and
// Doubt. Calls, goroutines and the safe write are roster/live's, what is believed is
// roster/belief's, search is roster/directory's. No room knows HTTP in either direction
// (a Source does the calls, handlers show the results), words for people (codes only),
// keys (a Source holds its own; a snapshot is named by a fingerprint), or databases (a
// journal is handed in).
//
// roster/belief/evidence.go defines what counts as the truth about a list, sure.go when
// a list is sure: read these two first. docs/domain.md draws the rooms.
package roster
