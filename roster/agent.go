package roster

import (
	"time"

	"github.com/alohub/agentconsole/apiclient"
)

// WhyNot says why an agent's queues cannot be written. "" means they can.
type WhyNot string

// The reasons of WhyNot.
const (
	// NotIDIsNumber: the upstream sent agentId as a JSON number, so leading zeros
	// may be lost and a write could reach another agent.
	NotIDIsNumber WhyNot = "id-is-number"
	// NotQueuesUnreadable: a queue id in the row is not a number. A write replaces
	// the whole list, and what cannot be read cannot be sent again.
	NotQueuesUnreadable WhyNot = "queues-unreadable"
	// NotOtherTenant: the row belongs to a tenant other than the key's own, or
	// rows of two tenants share the extension; a PUT names the extension alone.
	NotOtherTenant WhyNot = "other-tenant"
)

// Agent is everything known of one agent. A nil pointer is "not known" ("–" on a
// page). It is a copy: callers may keep and change it.
type Agent struct {
	ID       string // the extension, leading zeros and all
	Editable bool   // callin and callout may both be written
	WhyNot   WhyNot // where Editable is false

	TenantID     string // digits, "" where unknown
	TenantName   string
	UserName     *string
	Status       *int // 1 active, 0 inactive
	Callin       []Membership
	Callout      []Membership
	Priority     *string
	FollowMe     *bool
	SystemStatus *string // AVAILABLE, NOT AVAILABLE
	UserStatus   *string // AVAILABLE, LOGOUT
	Record       *bool   // only where a row carries isRecord

	SeenAt time.Time // when a row of the agent was last received
	// CallinAt is when the callin list was last read completely (row and filter
	// of every known queue); zero where it never was.
	CallinAt time.Time
	// CallinSure is false where queues may be hidden from Callin: see Unsure.
	CallinSure bool
	// CallinUnsure says why not.
	CallinUnsure []Unsure

	calloutUnreadable bool
	callinUnreadable  bool
}

// WhyNotEdit returns why the list of the given type cannot be written, or "".
func (a Agent) WhyNotEdit(typ apiclient.QueueType) WhyNot {
	switch {
	case a.WhyNot == NotQueuesUnreadable && typ == apiclient.Callout && !a.calloutUnreadable:
		return ""
	case a.WhyNot == NotQueuesUnreadable && typ == apiclient.Callin && !a.callinUnreadable:
		return ""
	}
	return a.WhyNot
}

// Memberships returns the list of the given type.
func (a Agent) Memberships(typ apiclient.QueueType) []Membership {
	if typ == apiclient.Callout {
		return a.Callout
	}
	return a.Callin
}

// Active reports whether the row says status 1.
func (a Agent) Active() bool { return a.Status != nil && *a.Status == 1 }

// Available reports whether the agent can be expected to take a call: active,
// system status AVAILABLE, and not logged out.
func (a Agent) Available() bool {
	return a.Active() && a.SystemStatus != nil && *a.SystemStatus == available &&
		(a.UserStatus == nil || *a.UserStatus != logout)
}

const (
	available = "AVAILABLE"
	logout    = "LOGOUT"
)
