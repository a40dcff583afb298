package roster

import "time"

// Health is a filter for agents that need somebody's attention.
type Health string

// The health filters.
const (
	HealthNoCallin       Health = "no-callin"       // active without a callin queue
	HealthInactiveQueued Health = "inactive-queued" // inactive, but in a callin queue
	HealthFollowMeOut    Health = "follow-me-out"   // follow-me on while logged out
)

// Query selects agents of the snapshot. Zero fields do not filter.
type Query struct {
	Q string // words, all of which must match extension, name or queue
	// IDs are the only extensions to be found, where there are any.
	IDs []string
	// PeopleOnly: words match extension and name alone.
	PeopleOnly bool
	Status     string // "1", "0"
	System     string // AVAILABLE, NOT AVAILABLE
	User       string // AVAILABLE, LOGOUT
	Queue      int64  // callin, as the API's queue_id
	// Callout is the callout queue that agents are in, which the API has no filter for.
	Callout int64
	Health  Health
	// Keep, where not nil, is asked last about agents that match the rest (the
	// recording filter): record is what the row says of recording, nil where it
	// says nothing.
	Keep func(agentID string, record *bool) bool
	// Sort is extension, name, queue, status, system, user or priority, with a
	// leading "-" for descending; "" is by relevance with a Q, else by extension.
	Sort string
	Page int // from 0
	Size int // 0: all
}

// QueueQuery selects known queues of a type. Zero fields do not filter.
type QueueQuery struct {
	Q string // the beginning of an id, or words of a name
	// Sort is name, members, active or available, with a leading "-" for descending; "" is
	// by id.
	Sort string
	Page int // from 0
	Size int // 0: all
}

// Result is the answer to a search.
type Result struct {
	Agents []Agent
	Total  int // matching, on all pages
	// At is when the oldest row the search went over was received.
	At time.Time
	// Complete: a crawl came to its end, so the whole tenant was searched.
	Complete bool
}
