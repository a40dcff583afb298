package sandbox

import (
	"net/http"
	"time"
)

// Preset is a ready-made fault with a name, for a table of tests over all of
// them and for the control endpoint.
type Preset struct {
	Name  string
	Row   int // of docs/api/faults.md
	Fault Fault
}

// Presets is every row of docs/api/faults.md that a fault can play, and every documented
// and gateway error. Rows 8–9, 11–14, 28 and 29 are Behaviour, DemoOptions and
// the state functions; 2, 16 and 30 are no matter of an API that answers.
func Presets() []Preset {
	presets := []Preset{
		{"slow", 1, Slow(5 * time.Second)},
		{"drip", 1, Dripping(time.Second)},
		{"silence", 1, Silence()},
		{"silence-after-apply", 1, SilenceAfterApply()},
		{"reset", 3, Reset()},
		{"reset-after-apply", 3, ResetAfterApply()},
		{"truncated", 4, Truncated()},
		{"cut-off", 4, CutOff()},
		{"empty-body", 4, EmptyBody()},
		{"captive-portal", 5, CaptivePortal()},
		{"other-json", 5, OtherJSON()},
		{"json-array", 5, JSONArray()},
		{"gzip", 6, Gzipped()},
		{"gzip-bomb", 6, Bomb()},
		{"endless", 6, Endless()},
		{"success-0", 7, Refused("FAIL", "Queue is locked")},
		{"success-number", 7, SuccessAs("1")},
		{"success-true", 7, SuccessAs("true")},
		{"success-absent", 7, SuccessAs("")},
		{"unknown-fields", 10, UnknownFields()},
		{"redirect", 15, Redirected("http://elsewhere.invalid/v1/agents")},
		{"429", 17, RateLimited("3")},
		{"429-no-retry-after", 17, RateLimited("")},
		{"429-date", 17, RateLimited("Wed, 21 Oct 2099 07:28:00 GMT")},
		// 68 is the last two-digit year that Go reads as one to come.
		{"429-date-rfc850", 17, RateLimited("Sunday, 21-Oct-68 07:28:00 GMT")},
		{"429-date-asctime", 17, RateLimited("Wed Oct 21 07:28:00 2099")},
		{"429-zero", 17, RateLimited("0")},
		{"429-negative", 17, RateLimited("-5")},
		{"429-huge", 17, RateLimited("99999999999999999999")},
		{"429-text", 17, RateLimited("soon")},
		{"gateway-429", 17, GatewayRateLimited("7")},
		{"gateway-429-bare", 17, GatewayRateLimited("")},
		{"limits-missing", 18, NoLimitHeaders()},
		{"limits-zero", 18, LimitHeaders("0", "0", "0", "0")},
		{"limits-negative", 18, LimitHeaders("-1", "-1", "-1", "-1")},
		{"limits-nan", 18, LimitHeaders("NaN", "NaN", "NaN", "NaN")},
		{"limits-differ", 18, LimitHeaders("100", "90", "10", "2")},
		{"401", 19, Unauthorized()},
		{"gateway-401", 19, GatewayUnauthorized("")},
		{"gateway-401-no-key", 19, GatewayUnauthorized("No API key found in request")},
		{"gateway-401-invalid", 19, GatewayUnauthorized("Invalid authentication credentials")},
		{"gateway-401-duplicate", 19, GatewayUnauthorized("Duplicate API key found")},
		{"403", 20, InsufficientScope()},
		{"gateway-403", 20, GatewayForbidden("")},
		{"gateway-403-ip", 20, GatewayForbidden("IP address not allowed: 203.0.113.7")},
		{"404", 21, NotFound()},
		{"no-route", 21, NoRoute()},
		{"400", 22, InvalidInput("queue_ids contains 1001226, which is <b>locked</b>")},
		{"411", 23, LengthRequired()},
		{"413", 23, TooLarge()},
		{"417", 23, ExpectationFailed()},
		{"500", 24, SystemError()},
		{"500-after-apply", 24, ApplyThenStatus(http.StatusInternalServerError)},
		{"502", 24, BadGateway()},
		{"502-after-apply", 24, ApplyThenStatus(http.StatusBadGateway)},
		{"502-html", 24, HTMLBadGateway()},
		{"503", 24, Unavailable("")},
		{"503-no-service", 24, Unavailable("no Service found with those values")},
		{"503-dns", 24, Unavailable("name resolution failed")},
		{"504", 24, GatewayTimeout()},
		{"504-after-apply", 24, ApplyThenStatus(http.StatusGatewayTimeout)},
		{"ignored-write", 25, IgnoredWrite()},
		{"echoed-key", 26, EchoedKey()},
		{"duplicate-keys", 27, DuplicateKeys()},
		{"invalid-utf8", 27, InvalidUTF8()},
		{"deep-nesting", 27, DeepNesting(100_000)},
		{"migration", 24, MigrationMissing()},
	}
	for i := range presets {
		presets[i].Fault.Name = presets[i].Name
	}
	return presets
}

// PresetNamed finds a preset; false if there is none of the name.
func PresetNamed(name string) (Fault, bool) {
	for _, p := range Presets() {
		if p.Name == name {
			return p.Fault, true
		}
	}
	return Fault{}, false
}
