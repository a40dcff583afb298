package handlers

import (
	"testing"
	"time"

	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/locale"
	"github.com/alohub/agentconsole/probe"
	"github.com/alohub/agentconsole/roster"
)

// TestEveryTraitIsSaid: each trait, and each value of each, has words in both languages.
func TestEveryTraitIsSaid(t *testing.T) {
	t.Parallel()
	catalogues, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	values := map[roster.TraitCode][]string{
		roster.TraitQueues: {roster.ShownJoined, roster.ShownRows, roster.ShownBoth, roster.ShownFirst}, roster.TraitWhole: {"yes", "no"},
		roster.TraitCallout: {"several"}, roster.TraitRecording: {"carried", "absent"}, roster.TraitPage: {"100"},
		roster.TraitTenantLimit: {"100/10s"}, roster.TraitRouteLimit: {"60"}, roster.TraitGatewayLimit: {"5/1s 300/1m0s 9/1h0m0s 9/24h0m0s"},
		roster.TraitWindow: {"clock", "first", "sliding", "estimated"},
		roster.TraitWrite:  {"taken", "no-scope", "no-route", "refused"}, roster.TraitReadBack: {"at-once", "late"},
		roster.TraitSame: {"accepted", "refused"}, roster.TraitOmitted: {"kept", "emptied", "changed"},
	}
	for _, lang := range locale.Languages() {
		p := presenter{say: catalogues.Printer(lang)}
		for _, code := range roster.TraitCodes() {
			if len(values[code]) == 0 {
				t.Errorf("%s has no values here", code)
			}
			for _, id := range []string{"connection.trait.", "connection.untaught."} {
				if !p.say.Has(id + string(code)) {
					t.Errorf("%s: no %s%s", lang, id, code)
				}
			}
			for _, value := range values[code] {
				if said := p.traitValue(code, value); said == value || said == "" {
					t.Errorf("%s: the value %s of %s is %q", lang, value, code, said)
				}
				if said := p.traitMeaning(code, value); said == value || said == "" {
					t.Errorf("%s: %s of %s means %q", lang, value, code, said)
				}
			}
		}
	}
	p := presenter{say: catalogues.Printer("en")}
	for value, want := range map[string]string{
		"100/10s": "100 calls in 10 seconds", "5/1s 300/1m0s": "5 calls in 1 second, 300 calls in 1 minute", "60": "60 calls", "9/2h0m0s": "9 calls in 2 hours",
	} {
		if got := p.traitValue(roster.TraitGatewayLimit, value); got != want {
			t.Errorf("%s: %q, want %q", value, got, want)
		}
	}
	if got := p.traitValue(roster.TraitQueues, "of-tomorrow"); got != "of-tomorrow" {
		t.Errorf("a value of another version is %q", got)
	}
}

// TestEveryFindingIsSaid: each word that a probe finds, as its codes list them.
func TestEveryFindingIsSaid(t *testing.T) {
	t.Parallel()
	catalogues, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	words := map[probe.Code][]string{
		probe.BasePath: {"both", "unreachable", "limited", "not-the-api", ""}, probe.TLS: {"none"}, probe.Clock: {"0s", "-7s", "9s"},
		probe.Latency: {"median 41ms, worst 93ms"}, probe.KeyHeader: {"either", "one", "both", "x-api-key", "authorization", "refused"},
		probe.TenantHeader: {"checked", "ignored", "needed", "refused"}, probe.PageSize: {"ignored"}, probe.SizeCap: {"silent", "refused"},
		probe.Numbering: {"by-cap", "by-asked", "ignored"}, probe.Total: {"rows", "agents", "fewer-than-rows", "more-than-rows"},
		probe.Order: {"stable", "changes"}, probe.Beyond: {"empty", "error", "rows"}, probe.Callin: {"first", "joined", "rows", "varying"},
		probe.Filter: {"more", "same", "less"}, probe.Callout: {"several"}, probe.Types: {"documented"}, probe.Nulls: {"null", "absent", "mixed"},
		probe.Recording: {"carried", "not-carried"}, probe.TenantLimit: {"100/10s", "none-named"}, probe.RouteLimit: {"none-named"},
		probe.OtherLimit: {"none-named", "300/?"}, probe.Window: {"clock", "first", "sliding", "estimated"}, probe.Gateway: {"none-seen"},
		probe.RequestID: {"none"}, probe.Compression: {"none"}, probe.KeepAlive: {"yes", "no"}, probe.HTTP2: {"yes", "no"},
	}
	for _, lang := range locale.Languages() {
		p := presenter{say: catalogues.Printer(lang)}
		for _, code := range probe.Codes() {
			if !p.say.Has("connection.question." + string(code)) {
				t.Errorf("%s: no question for %s", lang, code)
			}
			for _, value := range words[code] {
				if code == probe.KeyHeader && (value == "x-api-key" || value == "authorization") {
					continue // a header's name
				}
				if said := p.found(probe.Finding{Code: code, Value: value}); said == value || said == "" {
					t.Errorf("%s: %s %q is %q", lang, code, value, said)
				}
			}
		}
		for _, why := range []probe.Stop{probe.StopCalls, probe.StopLimit, probe.StopRefused, probe.StopOther, probe.StopReach} {
			if !p.say.Has("connection.early." + string(why)) {
				t.Errorf("%s: nothing says that it ended by %s", lang, why)
			}
		}
	}
}

// TestShiftsAreToldByTheirTenant: of another tenant what is the API's alone, without what
// was before, and the same of several once a day.
func TestShiftsAreToldByTheirTenant(t *testing.T) {
	t.Parallel()
	catalogues, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	own, other := journal.Scope{Environment: "production", Tenant: "1"}, journal.Scope{Environment: "production", Tenant: "2"}
	v := &visit{actor: &actor{}, presenter: presenter{say: catalogues.Printer("en")}}
	v.access.Scope = own
	at := time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)
	lines := v.shifted([]journal.Shift{
		{Scope: own, Code: "page", Was: "100", Now: "50", At: at},
		{Scope: other, Code: "page", Was: "90", Now: "50", At: at.Add(-time.Minute)},
		{Scope: other, Code: "page", Was: "80", Now: "40", At: at.Add(-time.Hour)},
		{Scope: other, Code: "tenant-limit", Was: "7/10s", Now: "8/10s", At: at.Add(-2 * time.Hour)},
	})
	want := []string{"Most rows on a page: was “100 rows”, is now “50 rows”.", "Most rows on a page: is now “40 rows”."}
	if len(lines) != len(want) {
		t.Fatalf("%d lines: %v", len(lines), lines)
	}
	for i, line := range lines {
		if line.Text != want[i] {
			t.Errorf("%q, want %q", line.Text, want[i])
		}
	}
}
