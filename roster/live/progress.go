package live

import "time"

// CrawlState is what a crawl is doing.
type CrawlState string

// The states of a crawl.
const (
	CrawlNever    CrawlState = "never"    // none was started yet
	CrawlAgents   CrawlState = "agents"   // reading the list of agents
	CrawlEvidence CrawlState = "evidence" // reading queue by queue
	CrawlDone     CrawlState = "done"
	CrawlFailed   CrawlState = "failed" // Progress.Err says why; what was read stays
)

// Progress is how far a crawl is.
type Progress struct {
	State       CrawlState
	Rows        int // received
	Agents      int // distinct
	Total       int // the upstream's claim, -1 where it made none
	QueuesDone  int
	QueuesTotal int
	StartedAt   time.Time
	FinishedAt  time.Time // zero while running
	// WaitingUntil is set while the upstream's limit makes the crawl wait.
	WaitingUntil time.Time
	Err          error // typed, as from the Source
	// Incomplete: what was received and what was claimed disagree, or the pages
	// ended in a repeat or at a bound.
	Incomplete bool
	// CompletedAt is when a crawl last came to its end, zero where none did.
	CompletedAt time.Time
}

// Running reports whether the crawl is at work.
func (p Progress) Running() bool { return p.State == CrawlAgents || p.State == CrawlEvidence }
