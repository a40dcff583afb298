package roster

import "time"

// Listing is the answer of a live call, with what else is known of its agents.
type Listing struct {
	Agents  []Agent // one per agent, in the order of their first rows
	Total   int     // the upstream's claim, -1 where it made none
	Rows    int     // rows received, before merging
	HasMore bool    // another page is worth asking for
	At      time.Time
}
