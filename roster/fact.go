package roster

import "time"

// FactCode names one thing that an API shows of how it behaves.
type FactCode string

// The facts, in the order people are told of them, with their values.
const (
	// FactQueues: how a row shows an agent of several callin queues: ShownJoined,
	// ShownRows, ShownBoth, ShownFirst.
	FactQueues FactCode = "queues"
	// FactWhole: rows show all that the queue_id filter knows: "yes", "no".
	FactWhole FactCode = "whole"
	// FactCallout: several callout queues of an agent were shown: "several".
	FactCallout FactCode = "callout"
	// FactRecording: rows carry isRecord: "carried", "absent".
	FactRecording FactCode = "recording"
	// FactPage: as many rows an answer has at the most, as a number.
	FactPage FactCode = "page"
	// The limits that answers name: "60/10s", of a gateway's own one or several.
	FactTenantLimit  FactCode = "tenant-limit"
	FactRouteLimit   FactCode = "route-limit"
	FactGatewayLimit FactCode = "gateway-limit"
)

// The values of FactQueues.
const (
	ShownJoined = "joined" // in one row
	ShownRows   = "rows"   // a row each
	ShownBoth   = "both"   // now so, now so
	ShownFirst  = "first"  // only the first, though the filter knows more
)

// FactCodes is all of them.
func FactCodes() []FactCode {
	return []FactCode{
		FactQueues, FactWhole, FactCallout, FactRecording, FactPage, FactTenantLimit, FactRouteLimit, FactGatewayLimit,
	}
}

// OfTenant reports whether a fact tells of a tenant, and not of the API alone: nobody else
// is told of it.
func (c FactCode) OfTenant() bool {
	switch c {
	case FactTenantLimit, FactRouteLimit, FactGatewayLimit, FactCallout:
		return true
	}
	return false
}

// Fact is what an API has shown one tenant.
type Fact struct {
	Code  FactCode
	Value string
	Sure  bool // borne out by a whole reading of the tenant, not only seen
	At    time.Time
}
