package roster

import "time"

// TraitCode names one thing that an API shows of how it behaves.
type TraitCode string

// The traits, in the order people are told of them, with their values.
const (
	// TraitQueues: how a row shows an agent of several callin queues: ShownJoined,
	// ShownRows, ShownBoth, ShownFirst.
	TraitQueues TraitCode = "queues"
	// TraitWhole: rows show all that the queue_id filter knows: "yes", "no".
	TraitWhole TraitCode = "whole"
	// TraitCallout: several callout queues of an agent were shown: "several".
	TraitCallout TraitCode = "callout"
	// TraitRecording: rows carry isRecord: "carried", "absent".
	TraitRecording TraitCode = "recording"
	// TraitPage: as many rows an answer has at the most, as a number.
	TraitPage TraitCode = "page"
	// The limits that answers name: "60/10s", of a gateway's own one or several.
	TraitTenantLimit  TraitCode = "tenant-limit"
	TraitRouteLimit   TraitCode = "route-limit"
	TraitGatewayLimit TraitCode = "gateway-limit"
	// TraitWindow: the kind of a limit's window: "clock", "first", "sliding", "estimated".
	TraitWindow TraitCode = "window"

	// What writes have shown. TraitWrite: whether the key may write: "taken", "no-scope",
	// "no-route", "refused".
	TraitWrite TraitCode = "write"
	// TraitReadBack: how soon reads show a write: "at-once", "late".
	TraitReadBack TraitCode = "read-back"
	// TraitSame: a list sent as it is: "accepted", "refused". A rehearsal alone tells.
	TraitSame TraitCode = "same-list"
	// TraitOmitted: what comes of a priority that is left out: "kept", "emptied",
	// "changed". A rehearsal alone tells.
	TraitOmitted TraitCode = "priority-omitted"
)

// The values of TraitQueues.
const (
	ShownJoined = "joined" // in one row
	ShownRows   = "rows"   // a row each
	ShownBoth   = "both"   // now so, now so
	ShownFirst  = "first"  // only the first, though the filter knows more
)

// TraitCodes is all of them.
func TraitCodes() []TraitCode {
	return []TraitCode{
		TraitQueues, TraitWhole, TraitCallout, TraitRecording, TraitPage, TraitTenantLimit, TraitRouteLimit, TraitGatewayLimit, TraitWindow,
		TraitWrite, TraitReadBack, TraitSame, TraitOmitted,
	}
}

// OfTenant reports whether a trait tells of a tenant, and not of the API alone: nobody else
// is told of it.
func (c TraitCode) OfTenant() bool {
	switch c {
	case TraitTenantLimit, TraitRouteLimit, TraitGatewayLimit, TraitCallout, TraitWrite:
		return true
	}
	return false
}

// Trait is what an API has shown one tenant.
type Trait struct {
	Code  TraitCode
	Value string
	Sure  bool // borne out by a whole reading of the tenant, not only seen
	At    time.Time
}
