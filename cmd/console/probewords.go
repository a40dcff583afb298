package main

import (
	"strings"

	"github.com/alohub/agentconsole/probe"
)

// mark is a verdict at the edge of the table.
func mark(v probe.Verdict) string {
	switch v {
	case probe.Documented:
		return "ok"
	case probe.Differs:
		return "!"
	case probe.Unusable:
		return "x"
	}
	return "?"
}

func conclusion(r *probe.Report) string {
	switch r.Worst() {
	case probe.Unusable:
		return "Not usable as it was asked: see the lines marked x."
	case probe.Differs:
		return "Usable. The lines marked ! differ from the vendor's page, or are to be known."
	}
	return "All that could be told is as the vendor's page has it."
}

func stopped(why probe.Stop) string {
	switch why {
	case probe.StopCalls:
		return "it made all the calls that a probe may make."
	case probe.StopLimit:
		return "half of what the limit leaves is used, and more comes too late. Ask again when the tenant is quiet."
	case probe.StopRefused:
		return "the limit was met (429). Something else uses it; ask again when the tenant is quiet."
	case probe.StopOther:
		return "what comes back is no list of agents."
	case probe.StopReach:
		return "no answer comes."
	case probe.StopContext:
		return "it was interrupted."
	}
	return ""
}

// question is a code in words.
func question(code probe.Code) string {
	switch code {
	case probe.BasePath:
		return "where the API lives"
	case probe.TLS:
		return "TLS"
	case probe.Clock:
		return "its clock before ours"
	case probe.Latency:
		return "time an answer takes"
	case probe.KeyHeader:
		return "header for the key"
	case probe.TenantHeader:
		return "X-Tenant-ID is"
	case probe.WrongKey:
		return "a wrong key gets"
	case probe.MissingScope:
		return "a missing scope gets"
	case probe.PageSize:
		return "largest size"
	case probe.SizeCap:
		return "a larger size is"
	case probe.Numbering:
		return "pages are numbered"
	case probe.Total:
		return "totalRecord counts"
	case probe.Order:
		return "order of the list"
	case probe.Beyond:
		return "a page beyond the end"
	case probe.Callin:
		return "several callin queues"
	case probe.Filter:
		return "queue_id knows"
	case probe.Callout:
		return "callout queues shown"
	case probe.Types:
		return "JSON types"
	case probe.Nulls:
		return "what is not set is"
	case probe.Recording:
		return "isRecord in rows"
	case probe.TenantLimit:
		return "limit of the tenant"
	case probe.RouteLimit:
		return "limit of the route"
	case probe.OtherLimit:
		return "limit of a gateway"
	case probe.Window:
		return "kind of window"
	case probe.Gateway:
		return "who stands before it"
	case probe.RequestID:
		return "request id in"
	case probe.Compression:
		return "answers are compressed"
	case probe.KeepAlive:
		return "connections are kept"
	case probe.HTTP2:
		return "HTTP/2"
	}
	return string(code)
}

// follows is the setting that follows from a finding, or what the console makes of it. ""
// where nothing does.
func follows(f probe.Finding, base string) string {
	if f.Verdict == probe.Unknown {
		return ""
	}
	if f.Code == probe.Types && f.Verdict == probe.Unusable {
		return "leading zeros of extensions are lost, so nobody can be changed: ask the vendor for strings"
	}
	sentence, ok := sentences(base)[string(f.Code)+" "+f.Value]
	if !ok {
		sentence = sentences(base)[string(f.Code)]
	}
	return sentence
}

// sentences are by code and value, or by code for all other values.
func sentences(base string) map[string]string {
	return map[string]string{
		"base-path /v1":         "CONSOLE_UPSTREAMS=…=" + strings.TrimSuffix(base, "/api"),
		"base-path /api/v1":     "CONSOLE_UPSTREAMS=…=" + strings.TrimSuffix(base, "/api") + "/api",
		"base-path both":        "CONSOLE_UPSTREAMS=…=" + base,
		"base-path ":            "the gateway has no such route: ask the vendor for the address",
		"base-path unreachable": "look at the address, the network and HTTPS_PROXY",
		"base-path limited":     "the limit is used up by others; ask again later",
		"base-path not-the-api": "what answers there is not the Agent Management API, or it fails",

		"tls none":    "the key travels readable: use https",
		"clock":       "where it is more than 5 s, set the clock of whichever is wrong (NTP)",
		"latency":     "an edit is some 4 to 6 of these",
		"gateway":     "",
		"request-id":  "the console shows it beside an error, to be given to the vendor",
		"compression": "",

		"key-header either":        "CONSOLE_AUTH_HEADERS=both",
		"key-header x-api-key":     "CONSOLE_AUTH_HEADERS=x-api-key",
		"key-header authorization": "CONSOLE_AUTH_HEADERS=authorization",
		"key-header one":           "CONSOLE_AUTH_HEADERS=x-api-key: two are refused",
		"key-header both":          "CONSOLE_AUTH_HEADERS=both: one is not enough",
		"key-header refused":       "the key is refused in whichever header: it is wrong, or of another environment",

		"tenant-header checked": "leave the tenant empty at sign-in, or give the key's own",
		"tenant-header ignored": "leave the tenant empty at sign-in",
		"tenant-header needed":  "give the tenant at sign-in (and -tenant here)",
		"tenant-header refused": "leave the tenant empty at sign-in",

		"wrong-key":     "the console asks for the key again on any 401",
		"missing-scope": "the console says which scope is missing on any 403",

		"page-size":             "a scan takes pages as they come",
		"page-size ignored":     "a scan takes as many calls as there are pages of this size",
		"size-cap silent":       "a scan goes by the rows that come, not by what was asked for",
		"size-cap refused":      "no page of more rows may be asked for",
		"numbering by-cap":      "a scan asks on with the size that came",
		"numbering by-asked":    "a scan that asks for more than the largest size skips agents, and sees by totalRecord that some are missing",
		"numbering ignored":     "only the first page can be read: ask the vendor",
		"total rows":            "the number of agents is known after a scan only",
		"total agents":          "a scan ends where rows end, not at totalRecord",
		"total fewer-than-rows": "a scan ends where rows end, not at totalRecord",
		"total more-than-rows":  "a scan ends where rows end, not at totalRecord",
		"order changes":         "a scan may miss agents or see them twice: ask the vendor for a fixed order",
		"order stable":          "",
		"beyond error":          "a scan whose last page is full ends in an error: ask the vendor for an empty page",
		"beyond rows":           "page is not obeyed beyond the end: a scan ends where nothing new comes",

		"callin first":    "a row hides queues: each edit asks the filter, and a list of known queue ids helps",
		"callin joined":   "a row shows every queue",
		"callin rows":     "rows of one agent are merged: all of them are its queues",
		"callin varying":  "no single answer is trusted: queues are the union of all",
		"filter more":     "the filter is asked about every known queue before an edit",
		"filter same":     "a row is as good as the filter",
		"filter less":     "the filter is no proof that somebody is not in a queue: ask the vendor",
		"callout several": "a callout list can be read back",

		"types":                 "read leniently, nothing to set",
		"types documented":      "",
		"nulls":                 "both are read as not set",
		"nulls null":            "",
		"recording carried":     "recording can be read back: it wins over what was sent",
		"recording not-carried": "recording is known as sent only",

		"tenant-limit":            "the console paces by it",
		"tenant-limit none-named": "without it the console paces by what it knows: one background call a second",
		"route-limit":             "the console paces by it",
		"route-limit none-named":  "",
		"other-limit":             "the console paces by the tightest",
		"other-limit none-named":  "",
		"window clock":            "calls may come at once after each full window",
		"window first":            "calls may come at once when the window of the first one ends",
		"window sliding":          "calls come one by one as old ones leave the window",
		"window estimated":        "calls are spread evenly: the count falls little by little",

		"keep-alive no": "every call opens a connection: look at what stands between",
	}
}
