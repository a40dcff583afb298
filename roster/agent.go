package roster

import (
	"time"

	"github.com/alohub/agentconsole/apiclient"
)

// WhyNot says why an agent cannot be written to. "" means they can.
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
	ID string // the extension, leading zeros and all
	// WhyNot is why nothing of the agent may be written; a single list may be
	// closed all the same: see WhyNotEdit.
	WhyNot WhyNot

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

	// A queue id in the row that is no number closes its own list.
	CallinUnreadable, CalloutUnreadable bool

	SeenAt time.Time // when a row of the agent was last received
	// CallinAt is when the callin list was last read completely (row and filter
	// of every known queue); zero where it never was.
	CallinAt time.Time
	// CallinDoubts and CalloutDoubts are the queues of which the API contradicts our
	// own last write.
	CallinDoubts, CalloutDoubts []Doubt
	// CallinUnsure says why queues may be hidden from Callin; empty: it is sure.
	CallinUnsure []Unsure
}

// WhyNotEdit returns why the list of the given type cannot be written, or "".
func (a Agent) WhyNotEdit(typ apiclient.QueueType) WhyNot {
	switch {
	case a.WhyNot != "":
		return a.WhyNot
	case typ == apiclient.Callin && a.CallinUnreadable, typ == apiclient.Callout && a.CalloutUnreadable:
		return NotQueuesUnreadable
	}
	return ""
}

// CallinSure reports whether Callin is surely all of it: see Unsure and Doubt.
func (a Agent) CallinSure() bool { return len(a.CallinUnsure) == 0 && len(a.CallinDoubts) == 0 }

// Doubts returns the doubts about the list of the given type.
func (a Agent) Doubts(typ apiclient.QueueType) []Doubt {
	if typ == apiclient.Callout {
		return a.CalloutDoubts
	}
	return a.CallinDoubts
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

// Available reports whether the agent can be expected to take a call.
func (a Agent) Available() bool { return CanTakeCalls(a.Active(), a.SystemStatus, a.UserStatus) }

// CanTakeCalls reports whether a call can be expected to be taken by somebody whose row
// says so: active, system status AVAILABLE, and not logged out.
func CanTakeCalls(active bool, system, user *string) bool {
	return active && text(system) == "AVAILABLE" && text(user) != LoggedOut
}

// LoggedOut is the user status of somebody who is.
const LoggedOut = "LOGOUT"
