// Package directory is the snapshot of a tenant that people search, sort and
// count: agents by extension, name and queue, and the queues themselves, derived
// from the agents in them.
//
// A Snapshot never changes, so that readers share it without a lock; Next makes
// one from what is believed now and takes over what the one before had worked out.
// What lives here reads; what is believed, and why, is package belief's.
package directory
