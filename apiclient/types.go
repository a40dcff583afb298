package apiclient

import "time"

// Credentials are what a call is made with. TenantID becomes X-Tenant-ID and is
// sent only when it is not empty (docs/api, decision 3).
type Credentials struct {
	Key      Secret
	TenantID string
	// Tenant is the tenant whose limits the calls count against, as an answer named it. All
	// keys of one share what is known of them. "": not known, the key is paced by itself.
	Tenant string
}

// QueueType is the `type` parameter of PUT /v1/agents/{id}/queues.
type QueueType string

// The two documented queue types.
const (
	Callin  QueueType = "callin"
	Callout QueueType = "callout"
)

// AgentQuery holds the documented parameters of GET /v1/agents. Zero values are
// left out of the request, but for Page and Size, which are always sent.
type AgentQuery struct {
	TeamID  string // digits; "filter by tenantId"
	Status  string // "1" active, "0" inactive, "" both
	QueueID int64  // 0: any callin queue
	Page    int    // from 0
	Size    int    // rows asked for; the upstream may cap or ignore it
}

// AgentRow is one row of GET /v1/agents as the upstream sent it. One agent may
// be spread over several rows (decision 5). A nil pointer is null or absent.
type AgentRow struct {
	TenantID   *int64
	TenantName string
	// AgentID is the extension, and the {id} of both PUTs: a string, for it may
	// have leading zeros ("082018").
	AgentID string
	// AgentIDIsNumber is true where the row carried agentId as a JSON number:
	// leading zeros may be lost, so the agent must not be written to.
	AgentIDIsNumber bool
	Status          *int // 1 active, 0 inactive
	UserName        *string
	QueueCallin     *string // "ID-NAME", or several joined
	QueueCallinID   *string // "1001226", or several joined: "1001226,1000886"
	// QueueCallout is documented as a number; kept as its digits so that a
	// joined string ("13876,13877") survives.
	QueueCallout     *string
	QueueCalloutName *string
	IsFollowMe       *int // 1 on
	Priority         *string
	SystemStatus     *string // AVAILABLE, NOT AVAILABLE
	UserStatus       *string // AVAILABLE, LOGOUT
	// IsRecord is not documented. Should a row carry it, it wins over what was
	// last sent (decision 8).
	IsRecord *bool
	// HasRecord: the row carries isRecord, if only with null.
	HasRecord bool
}

// AgentPage is the answer to GET /v1/agents.
type AgentPage struct {
	Rows []AgentRow
	// TotalRecord is the upstream's own count, or -1 where it gave none. It is a
	// claim, not a fact: rows decide.
	TotalRecord int
	// ReceivedAt is when the answer arrived, UTC.
	ReceivedAt time.Time
	// Limits are those that the answer's headers name.
	Limits []Limit
}

// QueueAssignment is the body of PUT /v1/agents/{id}/queues. It REPLACES the
// agent's whole list of the given type.
type QueueAssignment struct {
	QueueIDs []int64
	// Priority is sent only for callin and only when not nil.
	Priority *int
}

// Receipt is what a write that the upstream called a success answered.
type Receipt struct {
	Message    string // error_message, for people
	ReceivedAt time.Time
}
