// Package journal remembers every change the console sent upstream: what it
// meant to do (the intent, before the call), and what came of it. It holds the
// Entry, the Store that keeps entries, and their errors. How they are kept is
// sqlstore's business; who may read which tenant's is handlers', where a visit
// takes its Scope from the key of its session.
package journal
