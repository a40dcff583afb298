package probe

import "time"

// Verdict is what a Finding means for the console.
type Verdict string

// The verdicts.
const (
	Documented Verdict = "documented" // as the vendor's page has it, or one of its two readings
	Differs    Verdict = "differs"    // something to know of, that the console can work with
	Unusable   Verdict = "unusable"   // nothing can be done with this API as it was asked
	Unknown    Verdict = "unknown"    // cannot be told
)

// Code names a question.
type Code string

// The questions, in the order in which a report has them.
const (
	BasePath     Code = "base-path"     // "/v1", "/api/v1", "both"; "" where there is no route
	TLS          Code = "tls"           // "1.3", "1.2", "none"
	Clock        Code = "clock"         // how far its clock is before ours: "-3s"
	Latency      Code = "latency"       // "median 41ms, worst 93ms"
	KeyHeader    Code = "key-header"    // "either", "one", "both", "x-api-key", "authorization"
	TenantHeader Code = "tenant-header" // "checked", "ignored", "needed", "refused"
	WrongKey     Code = "wrong-key"     // "401 UNAUTHORIZED"
	MissingScope Code = "missing-scope" // "403 INSUFFICIENT_SCOPE"
	PageSize     Code = "page-size"     // the largest: "100"; "413+", "100-199", "ignored"
	SizeCap      Code = "size-cap"      // "silent", "refused"
	Numbering    Code = "numbering"     // "by-cap", "by-asked", "ignored"
	Total        Code = "total"         // "rows", "agents", "fewer-than-rows", "more-than-rows"
	Order        Code = "order"         // "stable", "changes"
	Beyond       Code = "beyond"        // a page beyond the end: "empty", "error", "rows"
	Callin       Code = "callin"        // "first", "joined", "rows", "varying"
	Filter       Code = "filter"        // "more", "same", "less" than the row
	Callout      Code = "callout"       // "several"
	Types        Code = "types"         // "documented", or "agentId=number …"
	Nulls        Code = "nulls"         // "null", "absent", "mixed"
	Recording    Code = "recording"     // rows carry isRecord: "carried", "not-carried"
	TenantLimit  Code = "tenant-limit"  // "100/10s"
	RouteLimit   Code = "route-limit"   // "60/10s"
	OtherLimit   Code = "other-limit"   // a gateway's own: "300/1m0s"
	Window       Code = "window"        // "clock", "first", "sliding", "estimated"
	Gateway      Code = "gateway"       // "kong/3.4.2", "nginx/1.26.3", "none-seen"
	RequestID    Code = "request-id"    // the headers' names; "none"
	Compression  Code = "compression"   // "gzip", "none"
	KeepAlive    Code = "keep-alive"    // "yes", "no"
	HTTP2        Code = "http2"         // "yes", "no"
)

// Codes is all of them, in a report's order.
func Codes() []Code {
	return []Code{
		BasePath, TLS, Clock, Latency, KeyHeader, TenantHeader, WrongKey, MissingScope,
		PageSize, SizeCap, Numbering, Total, Order, Beyond,
		Callin, Filter, Callout, Types, Nulls, Recording,
		TenantLimit, RouteLimit, OtherLimit, Window,
		Gateway, RequestID, Compression, KeepAlive, HTTP2,
	}
}

// Finding is the answer to one question.
type Finding struct {
	Code    Code    `json:"code"`
	Verdict Verdict `json:"verdict"`
	// Value is the answer as a word or number; see the codes. Of an Unknown it may say
	// what was seen.
	Value    string `json:"value"`
	Asked    string `json:"asked"`    // the request that tells, without the key
	Answered string `json:"answered"` // what came back, as numbers and known words
}

// Report is what a probe found.
type Report struct {
	BaseURL  string    `json:"base_url"`
	At       time.Time `json:"at"`
	Took     string    `json:"took"`
	Calls    int       `json:"calls"`
	Limited  int       `json:"limited"`           // 429s that were met: it stops at the first
	Stopped  Stop      `json:"stopped,omitempty"` // why it ended early; "" where it did not
	Findings []Finding `json:"findings"`
}

// Stop is why a probe ended before all was asked.
type Stop string

// The reasons.
const (
	StopCalls   Stop = "calls"       // all that it may make were made
	StopLimit   Stop = "limit"       // the limit leaves too little for a long time
	StopRefused Stop = "429"         // the limit was met after all
	StopOther   Stop = "no-use"      // the API cannot be used as it was asked
	StopReach   Stop = "unreachable" // it stopped answering
	StopContext Stop = "interrupted"
)

// Find returns the finding of a code; the zero one where a report has none.
func (r *Report) Find(code Code) Finding {
	for _, f := range r.Findings {
		if f.Code == code {
			return f
		}
	}
	return Finding{}
}

// Worst is the verdict on the whole: Unusable, Differs or Documented. What cannot be
// told changes nothing.
func (r *Report) Worst() Verdict {
	worst := Documented
	for _, f := range r.Findings {
		switch f.Verdict {
		case Unusable:
			return Unusable
		case Differs:
			worst = Differs
		}
	}
	return worst
}
