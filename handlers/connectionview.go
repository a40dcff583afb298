package handlers

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/probe"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/templates/components"
	"github.com/alohub/agentconsole/templates/pages"
	"github.com/alohub/agentconsole/templates/partials"
)

// editCost says what an edit costs here. plain: it is as little as can be.
func (v *visit) editCost() (text string, plain bool) {
	calls, queues, ok := v.tenant.EditCost()
	switch {
	case !ok:
		return v.say.T("connection.edit.unknown"), false
	case queues == 0:
		return v.say.T("connection.edit.plain", "Calls", calls), true
	case v.tenant.HidesQueues():
		return v.say.N("connection.edit.hides", queues, "Calls", calls), false
	}
	return v.say.N("connection.edit.asks", queues, "Calls", calls), false
}

// conduct is what normal work has shown of the API: what this process has seen, or else
// what was kept from before.
func (v *visit) conduct(kept map[string]journal.Trait, wire apiclient.Wire, headers apiclient.AuthHeaders) []pages.ConductGroup {
	for _, f := range v.tenant.Conduct() {
		was := kept[string(f.Code)]
		now := journal.Trait{Code: string(f.Code), Value: f.Value, Sure: f.Sure, LearnedAt: f.At, SeenAt: f.At}
		if was.Value == f.Value {
			now.LearnedAt = was.LearnedAt
		}
		if !f.At.Before(was.SeenAt) {
			kept[now.Code] = now
		}
	}
	answers := pages.ConductGroup{ID: "answers", Title: v.say.T("connection.group.answers")}
	limits := pages.ConductGroup{ID: "limits", Title: v.say.T("connection.group.limits")}
	writes := pages.ConductGroup{ID: "writes", Title: v.say.T("connection.group.writes")}
	for _, code := range roster.TraitCodes() {
		group := &answers
		switch code {
		case roster.TraitWrite, roster.TraitReadBack, roster.TraitSame, roster.TraitOmitted:
			group = &writes
		case roster.TraitTenantLimit, roster.TraitRouteLimit, roster.TraitGatewayLimit, roster.TraitWindow:
			group = &limits
		}
		group.Traits = append(group.Traits, v.trait(code, kept[string(code)]))
	}
	return []pages.ConductGroup{answers, writes, limits, v.way(wire, headers)}
}

func (v *visit) trait(code roster.TraitCode, f journal.Trait) pages.ConductTrait {
	out := pages.ConductTrait{Code: string(code), Question: v.say.T("connection.trait." + string(code)), Since: f.LearnedAt, At: f.SeenAt, Sure: f.Sure}
	if f.Value == "" {
		out.Meaning = v.say.T("connection.untaught." + string(code))
		return out
	}
	out.Value = v.traitValue(code, f.Value)
	out.Meaning = v.traitMeaning(code, f.Value)
	return out
}

// traitValue is a trait's value in words.
func (p presenter) traitValue(code roster.TraitCode, value string) string {
	switch code {
	case roster.TraitPage:
		n, _ := strconv.Atoi(value)
		return p.say.N("connection.rows", n)
	case roster.TraitTenantLimit, roster.TraitRouteLimit, roster.TraitGatewayLimit:
		return p.limits(value)
	}
	return p.phrase("connection.value."+string(code)+".", value)
}

// limits are written "60/10s 300/1m0s".
func (p presenter) limits(value string) string {
	var words []string
	for word := range strings.FieldsSeq(value) {
		count, per, _ := strings.Cut(word, "/")
		n, _ := strconv.Atoi(count)
		if d, err := time.ParseDuration(per); err == nil {
			words = append(words, p.say.N("connection.calls_in", n, "Span", p.span(d)))
		} else {
			words = append(words, p.say.N("connection.calls", n))
		}
	}
	return strings.Join(words, ", ")
}

// span is a length of time, in the largest unit that it is a whole number of.
func (p presenter) span(d time.Duration) string {
	switch {
	case d >= 24*time.Hour && d%(24*time.Hour) == 0:
		return p.say.N("connection.days", int(d/(24*time.Hour)))
	case d >= time.Hour && d%time.Hour == 0:
		return p.say.N("connection.hours", int(d/time.Hour))
	case d >= time.Minute && d%time.Minute == 0:
		return p.say.N("connection.minutes", int(d/time.Minute))
	}
	return p.say.N("connection.seconds", int(d/time.Second))
}

func (p presenter) traitMeaning(code roster.TraitCode, value string) string {
	switch code {
	case roster.TraitPage, roster.TraitTenantLimit, roster.TraitRouteLimit, roster.TraitGatewayLimit:
		return p.say.T("connection.means." + string(code))
	}
	return p.phrase("connection.means."+string(code)+".", value)
}

// phrase is a message by the value that ends its id; a value that has none, of another
// version of the console say, stands for itself.
func (p presenter) phrase(id, value string) string {
	if p.say.Has(id + value) {
		return p.say.T(id + value)
	}
	return value
}

// way is what is known of the way to the API: nothing of it is any tenant's.
func (v *visit) way(w apiclient.Wire, headers apiclient.AuthHeaders) pages.ConductGroup {
	g := pages.ConductGroup{ID: "way", Title: v.say.T("connection.group.way")}
	add := func(code, value, meaning string, at time.Time) {
		f := pages.ConductTrait{Code: code, Question: v.say.T("connection.trait." + code), Value: value, Sure: true, At: at}
		if f.Meaning = meaning; value == "" {
			f.Meaning = v.say.T("connection.untaught." + code)
		}
		g.Traits = append(g.Traits, f)
	}
	header, latency, clock, tls := "", "", "", ""
	if !w.AcceptedAt.IsZero() {
		header = v.say.T("connection.value.key-header." + string(headers))
	}
	if w.Of > 0 {
		latency = v.say.T("connection.latency", "Median", milliseconds(w.Median), "Worst", milliseconds(w.Worst))
	}
	if w.SkewKnown {
		clock = v.skew(w.Skew)
	}
	switch {
	case w.TLS != "":
		tls = "TLS " + w.TLS
	case w.Answers > 0 && !w.Encrypted:
		tls = v.say.T("connection.value.tls.none")
	}
	tlsMeaning := v.say.T("connection.means.tls.encrypted")
	if !w.Encrypted {
		tlsMeaning = v.say.T("connection.means.tls.none")
	}
	add("key-header", header, v.say.T("connection.means.key-header"), w.AcceptedAt)
	add("latency", latency, v.say.N("connection.means.latency", w.Of), w.At)
	add("tls", tls, tlsMeaning, w.At)
	add("gateway", w.Gateway, v.say.T("connection.means.gateway"), w.At)
	add("request-id", w.RequestID, v.say.T("connection.means.request-id"), w.At)
	add("clock", clock, v.say.T("connection.means.clock"), w.At)
	return g
}

// skew is how far a clock is before ours. By a Date, which has whole seconds, one of them
// is none.
func (p presenter) skew(d time.Duration) string {
	switch seconds := int(d / time.Second); {
	case seconds > 1:
		return p.say.N("connection.clock.before", seconds)
	case seconds < -1:
		return p.say.N("connection.clock.behind", -seconds)
	}
	return p.say.T("connection.clock.same")
}

func milliseconds(d time.Duration) string {
	if d < time.Millisecond {
		return "<\u00a01\u00a0ms"
	}
	return strconv.FormatInt(d.Milliseconds(), 10) + "\u00a0ms"
}

// report is what a probe found, in words. Of a report that another key may have been
// answered nothing is shown that tells of its tenant.
func (p presenter) report(r *probe.Report, foreign bool) *partials.ProbeReport {
	out := &partials.ProbeReport{At: r.At, Calls: r.Calls, Others: foreign}
	if r.Stopped != "" {
		out.Early = p.phrase("connection.early.", string(r.Stopped))
	}
	for _, code := range probe.Codes() {
		f := r.Find(code)
		question := p.say.T("connection.question." + string(code))
		switch {
		case foreign && ofTenant(f):
		case f.Verdict == probe.Unknown || f.Verdict == "":
			out.Untold = append(out.Untold, question)
		default:
			a := partials.ProbeAnswer{Code: string(code), Question: question, Answer: p.found(f), Tone: "good"}
			switch f.Verdict {
			case probe.Differs:
				a.Tone = "warn"
			case probe.Unusable:
				a.Tone = "bad"
			}
			out.Answers = append(out.Answers, a)
		}
	}
	return out
}

// ofTenant reports whether a finding tells of the tenant that it was found with.
func ofTenant(f probe.Finding) bool {
	switch f.Code {
	case probe.TenantLimit, probe.RouteLimit, probe.OtherLimit, probe.Callout, probe.Total, probe.TenantHeader:
		return true
	case probe.PageSize:
		return strings.HasSuffix(f.Value, "+") // as many as there are agents
	}
	return false
}

func (p presenter) found(f probe.Finding) string {
	switch f.Code {
	case probe.TenantLimit, probe.RouteLimit, probe.OtherLimit:
		if f.Value != "none-named" {
			return p.limits(f.Value)
		}
	case probe.Clock:
		if d, err := time.ParseDuration(f.Value); err == nil {
			return p.skew(d)
		}
	case probe.KeyHeader:
		if f.Value == "one" {
			f.Value = "only-one" // to the catalogues the word means the singular
		}
	case probe.Latency:
		median, worst, ok := strings.Cut(strings.TrimPrefix(f.Value, "median "), ", worst ")
		m, err := time.ParseDuration(median)
		w, err2 := time.ParseDuration(worst)
		if ok && err == nil && err2 == nil {
			return p.say.T("connection.latency", "Median", milliseconds(m), "Worst", milliseconds(w))
		}
	}
	if f.Value == "" {
		return p.say.T("connection.found.no")
	}
	return p.phrase("connection.found."+string(f.Code)+".", f.Value)
}

// shiftedFor is how long what has shifted is told to whoever has not been.
const shiftedFor = 7 * 24 * time.Hour

// mostShifted is how much of it is told at once.
const mostShifted = 3

// ours are the shifts that may be shown, the newest first, one of each kind a day: several
// tenants' consoles notice the same. Another tenant's are those of the API alone, without
// what was before.
func (v *visit) ours(shifts []journal.Shift) []journal.Shift {
	day := func(t journal.Shift) string { return t.Code + " " + t.Now + " " + t.At.UTC().Format(time.DateOnly) }
	own := map[string]bool{} // which say more than another's of the same
	for _, t := range shifts {
		own[day(t)] = own[day(t)] || t.Scope == v.scope()
	}
	var out []journal.Shift
	said := map[string]bool{}
	for _, t := range shifts {
		if t.Scope != v.scope() {
			if own[day(t)] || roster.TraitCode(t.Code).OfTenant() {
				continue
			}
			t.Was = ""
		}
		if !said[day(t)] {
			said[day(t)] = true
			out = append(out, t)
		}
	}
	return out
}

// shifted are shifts in words.
func (v *visit) shifted(shifts []journal.Shift) []components.ShiftedLine {
	var lines []components.ShiftedLine
	for _, t := range v.ours(shifts) {
		code := roster.TraitCode(t.Code)
		question, now := v.say.T("connection.trait."+t.Code), v.traitValue(code, t.Now)
		text := v.say.T("connection.shifted.anothers", "Question", question, "Now", now)
		if t.Was != "" {
			text = v.say.T("connection.shifted.own", "Question", question, "Was", v.traitValue(code, t.Was), "Now", now)
		}
		lines = append(lines, components.ShiftedLine{Code: t.Code, Text: text, At: t.At})
	}
	return lines
}

// notices finds what has shifted.
type notices interface {
	Shifts(ctx context.Context, environment string, from, until time.Time) ([]journal.Shift, error)
}

// shifted is what this browser was not told yet, nil where there is nothing. That it cannot
// be read is no reason to show no page.
func (d *Desk) shifted(c *fiber.Ctx, v *visit, told time.Time) *components.Shifted {
	since := d.Now().Add(-shiftedFor).Truncate(time.Hour)
	shifts, err := d.Notices.Shifts(c.UserContext(), v.env.Slug, since, time.Time{})
	if err != nil {
		d.Log.WarnContext(c.UserContext(), "what has shifted not read", "error", err)
		return nil
	}
	var news []journal.Shift
	for _, t := range shifts {
		if t.At.After(told) {
			news = append(news, t)
		}
	}
	lines := v.shifted(news)
	if len(lines) == 0 {
		return nil
	}
	out := &components.Shifted{
		Lines: lines[:min(len(lines), mostShifted)], URL: d.Paths.ConnectionTold(), ShowURL: d.Paths.Connection(),
		Here: here(c), Upto: strconv.FormatInt(news[0].At.UnixMicro(), 10),
	}
	return out
}
