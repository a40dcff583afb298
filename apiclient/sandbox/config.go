package sandbox

import (
	"fmt"
	"math"
	"net/http"
	"time"
)

// Config is what a Server is made of. The zero Config is a server without
// tenants or keys, with no limit at all.
type Config struct {
	Clock   func() time.Time // nil: time.Now
	Seed    uint64           // of drift and request ids
	Tenants []Tenant
	Keys    []Key
	Limits  Limits

	// PathPrefix is a second place to find the routes: "/api" adds
	// /api/v1/agents beside /v1/agents. No trailing slash.
	PathPrefix string

	// PrefixOnly leaves no routes at /v1: they are below PathPrefix alone.
	PrefixOnly bool

	// Front is what stands before the API.
	Front Front

	// MaxCalls caps the recorded requests, the oldest going first. 0: 10,000.
	MaxCalls int

	// Before is called with each request before anything else happens to it,
	// with no lock held: it may change the server's state, to interleave another
	// administrator. Its request's body is a copy.
	Before func(*http.Request)

	Behaviour
}

// Behaviour is what the vendor's page leaves open. The zero value is the
// reading this repository takes as its default.
type Behaviour struct {
	Style       Style
	QueueFilter QueueFilter
	AuthHeaders AuthHeaders
	Tenant      TenantHeader

	// RejectUnknownQueues answers 400 to a PUT with a queue id the tenant does
	// not have. Otherwise it is stored, and shown without a name.
	RejectUnknownQueues bool

	// ResetOmittedPriority makes a callin PUT without priority set it to null.
	// Otherwise the priority stays.
	ResetOmittedPriority bool

	// MigrationPending is the state before migration_add_is_record.sql: PUT
	// recording answers 500 FAIL.
	MigrationPending bool

	MaxSize    int  // largest size honoured; 0: 100, negative: no cap
	IgnoreSize bool // every page has 20 rows
	IgnorePage bool // every page is the first one

	RefuseSize    bool // a size above MaxSize is a 400
	OffsetByAsked bool // page 1 begins after as many rows as were asked for, not as a page has
	BeyondFails   bool // a page beyond the end is a 404
	UnstableOrder bool // each answer begins its list with another agent
	CountAgents   bool // totalRecord is the number of agents, however many rows they have

	// TotalRecord distorts the true number of rows; nil: the truth.
	TotalRecord func(rows int) int

	ShowRecording    bool // rows carry isRecord: 1, 0 or null
	NumericAgentID   bool // agentId is a JSON number: leading zeros are lost
	NumbersAsStrings bool // documented numbers are JSON strings
	OmitNulls        bool // null fields are absent

	// Drift is about how long an agent keeps its system and user status before
	// it may change by itself; 0: never. The status is a function of clock and
	// Seed, so two servers of one seed agree.
	Drift time.Duration
}

// Style is how a row shows an agent that is in several queues.
type Style int

const (
	// FirstOnly shows the first queue of the list and hides the rest.
	FirstOnly Style = iota
	// Joined shows every queue in one string: queueCallinId "1001226,1000886",
	// queueCallin "1001226-test,1000886-CSKH". Several callout queues turn the
	// documented number into such a string.
	Joined
	// RowPerQueue shows one row for each callin queue (times callout queue, as
	// a join of tables would). Paging and totalRecord count rows, and queue_id
	// leaves only the rows of that queue.
	RowPerQueue
	// Varying goes through the other three, request by request.
	Varying
)

// String is the word that ParseStyle reads.
func (s Style) String() string {
	switch s {
	case FirstOnly:
		return "first"
	case Joined:
		return "joined"
	case RowPerQueue:
		return "rows"
	case Varying:
		return "varying"
	default:
		return fmt.Sprintf("Style(%d)", int(s))
	}
}

// Styles is all of them.
func Styles() []Style { return []Style{FirstOnly, Joined, RowPerQueue, Varying} }

// ParseStyle reads "first", "joined", "rows" or "varying".
func ParseStyle(word string) (Style, error) {
	for _, s := range Styles() {
		if s.String() == word {
			return s, nil
		}
	}
	return FirstOnly, fmt.Errorf("style %q: want first, joined, rows or varying", word)
}

// QueueFilter is what queue_id matches.
type QueueFilter int

const (
	// MatchMembership finds an agent by each of its callin queues.
	MatchMembership QueueFilter = iota
	// MatchShown finds an agent by the callin queues its row shows only.
	MatchShown
)

// AuthHeaders is where the gateway looks for the key.
type AuthHeaders int

const (
	// EitherHeader accepts X-Api-Key or Authorization. Both may be sent if they
	// carry the same key.
	EitherHeader AuthHeaders = iota
	// OnlyXAPIKey does not look at Authorization.
	OnlyXAPIKey
	// OnlyAuthorization does not look at X-Api-Key.
	OnlyAuthorization
	// OneHeader accepts either, but not both at once: Kong's "Duplicate API key
	// found".
	OneHeader
	// BothHeaders wants the same key in each.
	BothHeaders
)

// TenantHeader is what the gateway makes of X-Tenant-ID.
type TenantHeader int

const (
	// TenantChecked takes the header's tenant, if the key may see it, or else the
	// key's own.
	TenantChecked TenantHeader = iota
	// TenantIgnored takes the key's own, whatever the header says.
	TenantIgnored
	// TenantNeeded is TenantChecked, but without the header it is a 400.
	TenantNeeded
	// TenantRefused answers 403 to anybody who sends it: the gateway sets it itself.
	TenantRefused
)

const (
	defaultSize     = 20
	defaultMaxSize  = 100
	defaultMaxCalls = 10_000
)

// pageSize is the number of rows a page has when asked for size.
func (b Behaviour) pageSize(asked int) int {
	if b.IgnoreSize || asked <= 0 {
		return defaultSize
	}
	return min(asked, b.maxSize())
}

func (b Behaviour) maxSize() int {
	switch {
	case b.MaxSize < 0:
		return math.MaxInt32
	case b.MaxSize == 0:
		return defaultMaxSize
	default:
		return b.MaxSize
	}
}
