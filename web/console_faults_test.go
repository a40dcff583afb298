package web_test

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alohub/agentconsole/apiclient/sandbox"
	"github.com/alohub/agentconsole/journal"
)

// seen is what people see of a fault, and what the journal says of the change it
// struck.
type seen struct {
	fault   sandbox.Fault
	status  int
	failure string // data-failure, "" for none
	says    string
	// Of a write: whether it took effect, and what the journal says.
	applied bool
	result  journal.Result
	toast   bool
	// lasts: from the write on every call is struck, the read that confirms it too.
	lasts bool
}

// faultRow is a row of docs/api/faults.md played through the console: as a read of the
// list, as an edit of an agent, or as a play of its own.
type faultRow struct {
	row   int
	name  string
	read  *seen
	write *seen
	play  func(*testing.T)
}

const always = sandbox.Always

func faultRows() []faultRow {
	read := func(f sandbox.Fault, status int, failure, says string) *seen {
		return &seen{fault: f, status: status, failure: failure, says: says}
	}
	wrote := func(f sandbox.Fault, status int, failure, says string, applied bool, result journal.Result) *seen {
		return &seen{fault: f, status: status, failure: failure, says: says, applied: applied, result: result}
	}
	toast := func(s *seen) *seen { s.toast = true; return s }
	lasts := func(s *seen) *seen { s.fault, s.lasts = s.fault.Repeat(always), true; return s }
	slow, notAPI, broken, failed := said("problem.reach.timeout.title"), said("problem.reach.not-api.title"), said("problem.reach.reset.title"), said("problem.failed.title")
	readBack, asBefore := said("outcome.unknown_yes.title"), said("outcome.unknown_no.title")
	return []faultRow{
		{row: 1, name: "silence", read: read(sandbox.Silence().Repeat(always), 504, "unreachable", slow), write: wrote(sandbox.Silence(), 504, "unreachable", asBefore, false, journal.Unknown)},
		{row: 1, name: "silence after the write", write: wrote(sandbox.SilenceAfterApply(), 504, "unreachable", readBack, true, journal.Verified)},
		{row: 1, name: "dripping bytes", read: read(sandbox.Dripping(200*time.Millisecond).Repeat(always), 504, "unreachable", slow)},
		{row: 1, name: "slow once", read: read(sandbox.Slow(time.Hour), 200, "", "")},
		{row: 2, name: "connection refused", play: connectionRefused},
		{row: 3, name: "reset", read: read(sandbox.Reset().Repeat(always), 502, "unreachable", broken), write: wrote(sandbox.Reset(), 502, "unreachable", asBefore, false, journal.Unknown)},
		{row: 3, name: "reset once", read: read(sandbox.Reset(), 200, "", "")},
		{row: 3, name: "reset after the write", write: wrote(sandbox.ResetAfterApply(), 502, "unreachable", readBack, true, journal.Verified)},
		{row: 4, name: "truncated", read: read(sandbox.Truncated().Repeat(always), 502, "unreachable", broken), write: wrote(sandbox.Truncated(), 502, "unreachable", readBack, true, journal.Verified)},
		{row: 4, name: "truncated once", read: read(sandbox.Truncated(), 200, "", "")},
		{row: 4, name: "cut off", read: read(sandbox.CutOff().Repeat(always), 502, "unreachable", broken), write: wrote(sandbox.CutOff(), 502, "unreachable", readBack, true, journal.Verified)},
		{row: 4, name: "an empty body", read: read(sandbox.EmptyBody().Repeat(always), 502, "unreachable", broken), write: wrote(sandbox.EmptyBody(), 502, "unreachable", readBack, true, journal.Verified)},
		{row: 5, name: "a captive portal", read: read(sandbox.CaptivePortal().Repeat(always), 502, "unreachable", notAPI), write: wrote(sandbox.CaptivePortal(), 502, "unreachable", asBefore, false, journal.Unknown)},
		{row: 5, name: "other JSON", read: read(sandbox.OtherJSON().Repeat(always), 502, "unreachable", notAPI), write: wrote(sandbox.OtherJSON(), 502, "unreachable", asBefore, false, journal.Unknown)},
		{row: 5, name: "an array", read: read(sandbox.JSONArray().Repeat(always), 502, "unreachable", notAPI)},
		{row: 6, name: "gzip", read: read(sandbox.Gzipped().Repeat(always), 200, "", ""), write: wrote(sandbox.Gzipped(), 303, "", "", true, journal.Verified)},
		{row: 6, name: "a bomb", read: read(sandbox.Bomb().Repeat(always), 502, "unreachable", "too large")},
		{row: 6, name: "an endless body", read: read(sandbox.Endless().Repeat(always), 502, "unreachable", "too large")},
		{row: 7, name: "success 0", read: toast(read(sandbox.Refused("FAIL", "Tenant is locked").Repeat(always), 502, "failed", "Tenant is locked")), write: wrote(sandbox.Refused("FAIL", "Queue is locked"), 502, "failed", "Queue is locked", false, journal.Refused)},
		{row: 7, name: "success 0 in a word of its own", write: toast(wrote(sandbox.Refused("QUEUE_SYNC_PENDING", "Sync pending"), 502, "failed", asBefore, false, journal.Unknown))},
		{row: 7, name: "success 0 in a word of its own after the write", write: toast(wrote(sandbox.Refused("QUEUE_SYNC_PENDING", "Sync pending").Applied(), 502, "failed", readBack, true, journal.Verified))},
		{row: 7, name: "success 0 in a documented word", write: wrote(sandbox.Documented(200, "INVALID_INPUT", "Queue is locked"), 422, "invalid-input", "Queue is locked", false, journal.Refused)},
		{row: 7, name: "success 0 after the write", write: wrote(sandbox.Refused("FAIL", "Queue is locked").Applied(), 502, "failed", readBack, true, journal.Verified)},
		{row: 7, name: "success 1", read: read(sandbox.SuccessAs("1").Repeat(always), 200, "", ""), write: wrote(sandbox.SuccessAs("1"), 303, "", "", true, journal.Verified)},
		{row: 7, name: "success true", read: read(sandbox.SuccessAs("true").Repeat(always), 200, "", ""), write: wrote(sandbox.SuccessAs("true"), 303, "", "", true, journal.Verified)},
		{row: 7, name: "success absent", write: wrote(sandbox.SuccessAs(""), 502, "unreachable", readBack, true, journal.Verified)},
		{row: 8, name: "leading zeros", play: leadingZeros},
		{row: 9, name: "a number for an extension", play: numberForExtension},
		{row: 10, name: "numbers as strings, nulls left out", play: looseTypes},
		{row: 10, name: "unknown fields", read: read(sandbox.UnknownFields().Repeat(always), 200, "", "")},
		{row: 11, name: "joined ids and several rows", play: severalRows},
		{row: 12, name: "wrong totals", play: wrongTotals},
		{row: 13, name: "sizes and pages ignored", play: ignoredPaging},
		{row: 14, name: "rows shift during the crawl", play: shiftingRows},
		{row: 15, name: "a redirect", play: redirectElsewhere},
		{row: 16, name: "TLS", play: untrustedTLS},
		{row: 16, name: "old TLS", play: oldTLS},
		{row: 17, name: "every Retry-After", play: everyRetryAfter},
		{row: 17, name: "429 on a write", write: wrote(sandbox.RateLimited("3"), 429, "rate-limited", "", false, journal.Refused)},
		{row: 18, name: "no limit headers", read: read(sandbox.NoLimitHeaders().Repeat(always), 200, "", ""), write: wrote(sandbox.NoLimitHeaders(), 303, "", "", true, journal.Verified)},
		{row: 18, name: "limits of zero", read: read(sandbox.LimitHeaders("0", "0", "0", "0").Repeat(always), 200, "", "")},
		{row: 18, name: "limits below zero", read: read(sandbox.LimitHeaders("-1", "-1", "-1", "-1").Repeat(always), 200, "", "")},
		{row: 18, name: "limits that are none", read: read(sandbox.LimitHeaders("NaN", "NaN", "NaN", "NaN").Repeat(always), 200, "", "")},
		{row: 18, name: "limits that differ", read: read(sandbox.LimitHeaders("100", "90", "10", "9").Repeat(always), 200, "", "")},
		{row: 19, name: "401", read: read(sandbox.Unauthorized().Repeat(always), 303, "", ""), write: lasts(wrote(sandbox.Unauthorized(), 303, "", "", false, journal.Refused))},
		{row: 19, name: "one 401 among successes", read: read(sandbox.Unauthorized(), 200, "", ""), write: wrote(sandbox.Unauthorized(), 502, "failed", "still signed in", false, journal.Refused)},
		{row: 19, name: "the gateway's 401", read: read(sandbox.GatewayUnauthorized("No API key found in request").Repeat(always), 303, "", ""), write: lasts(wrote(sandbox.GatewayUnauthorized(""), 303, "", "", false, journal.Refused))},
		{row: 19, name: "the gateway's 401 once", read: read(sandbox.GatewayUnauthorized("Unauthorized"), 200, "", ""), write: wrote(sandbox.GatewayUnauthorized(""), 502, "failed", "still signed in", false, journal.Refused)},
		{row: 20, name: "scope", read: read(sandbox.InsufficientScope(), 403, "insufficient-scope", "still signed in"), write: wrote(sandbox.InsufficientScope(), 403, "insufficient-scope", "still signed in", false, journal.Refused)},
		{row: 20, name: "ACL", read: read(sandbox.GatewayForbidden(""), 403, "insufficient-scope", "You cannot consume this service"), write: wrote(sandbox.GatewayForbidden("IP address not allowed: 203.0.113.7"), 403, "insufficient-scope", "203.0.113.7", false, journal.Refused)},
		{row: 21, name: "the agent is gone", write: wrote(sandbox.NotFound(), 404, "not-found", said("problem.gone.title"), false, journal.Refused)},
		{row: 21, name: "no route", read: read(sandbox.NoRoute(), 404, "not-found", said("problem.no_route.title")), write: wrote(sandbox.NoRoute(), 404, "not-found", said("problem.no_route.title"), false, journal.Refused)},
		{row: 22, name: "400", read: read(sandbox.InvalidInput("size is <b>bad</b>"), 422, "invalid-input", "size is <b>bad</b>"), write: wrote(sandbox.InvalidInput("queue_ids contains 1000887, which is <b>locked</b>"), 422, "invalid-input", "which is <b>locked</b>", false, journal.Refused)},
		{row: 23, name: "411", write: wrote(sandbox.LengthRequired(), 502, "failed", "", false, journal.Refused)},
		{row: 23, name: "413", write: wrote(sandbox.TooLarge(), 502, "failed", "", false, journal.Refused)},
		{row: 23, name: "417", write: wrote(sandbox.ExpectationFailed(), 502, "failed", "", false, journal.Refused)},
		{row: 24, name: "500", read: toast(read(sandbox.SystemError().Repeat(always), 502, "failed", failed)), write: toast(wrote(sandbox.SystemError(), 502, "failed", asBefore, false, journal.Unknown))},
		{row: 24, name: "500 after the write", write: toast(wrote(sandbox.ApplyThenStatus(500), 502, "failed", readBack, true, journal.Verified))},
		{row: 24, name: "502", read: read(sandbox.BadGateway().Repeat(always), 502, "unreachable", "gateway"), write: wrote(sandbox.ApplyThenStatus(502), 502, "unreachable", readBack, true, journal.Verified)},
		{row: 24, name: "502 as a page", read: read(sandbox.HTMLBadGateway().Repeat(always), 502, "unreachable", "gateway"), write: wrote(sandbox.HTMLBadGateway(), 502, "unreachable", asBefore, false, journal.Unknown)},
		{row: 24, name: "503", read: read(sandbox.Unavailable("").Repeat(always), 502, "unreachable", "gateway"), write: wrote(sandbox.Unavailable("name resolution failed"), 502, "unreachable", asBefore, false, journal.Unknown)},
		{row: 24, name: "504", read: read(sandbox.GatewayTimeout().Repeat(always), 504, "unreachable", "gateway"), write: wrote(sandbox.ApplyThenStatus(504), 504, "unreachable", readBack, true, journal.Verified)},
		{row: 25, name: "a yes that does nothing", write: wrote(sandbox.IgnoredWrite(), 303, "", said("outcome.accepted.title"), false, journal.Accepted)},
		{row: 26, name: "an error that echoes the key", read: toast(read(sandbox.EchoedKey().Repeat(always), 502, "failed", "cannot resolve tenant of key")), write: toast(wrote(sandbox.EchoedKey(), 502, "failed", asBefore, false, journal.Unknown))},
		{row: 27, name: "duplicate keys", read: read(sandbox.DuplicateKeys().Repeat(always), 502, "unreachable", notAPI)},
		{row: 27, name: "invalid UTF-8", read: read(sandbox.InvalidUTF8().Repeat(always), 200, "", "")},
		{row: 27, name: "deep nesting", read: read(sandbox.DeepNesting(100_000).Repeat(always), 502, "unreachable", "")},
		{row: 28, name: "markup in names", play: markupInNames},
		{row: 29, name: "another administrator", play: anotherAdministrator},
		{row: 30, name: "an intent left behind", play: intentLeftBehind},
		{row: 31, name: "nothing answers any more", play: nothingAnswers},
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	covered := map[int]bool{}
	for _, r := range faultRows() {
		covered[r.row] = true
		t.Run(strconv.Itoa(r.row)+" "+r.name, func(t *testing.T) {
			t.Parallel()
			if r.play != nil {
				r.play(t)
				return
			}
			var hurry impatience
			clock := &shifted{}
			s := newStand(t, hurry.wearies, func(o *setup) { o.web.Now = clock.now })
			p := s.signIn(sandbox.DemoKey)
			if r.read != nil {
				r.read.asRead(t, p, &hurry, nil)
				r.read.asRead(t, p, &hurry, append(htmx("agents"), "HX-Current-URL", "http://here/agents?page=1"))
			}
			if r.write != nil {
				r.write.asWrite(t, p, &hurry, "082019", nil)
				clock.advance(5 * time.Second) // a 429's wait is over
				r.write.asWrite(t, p, &hurry, "082018", htmx("editor"))
			}
		})
	}
	for row := 1; row <= 31; row++ {
		if !covered[row] {
			t.Errorf("row %d of docs/api/faults.md is not played", row)
		}
	}
}

// strike lets the fault wait for the next call of an op.
func (w *seen) strike(s *stand, hurry *impatience, op sandbox.Op) {
	s.api.ClearFaults()
	s.api.ResetCalls()
	fault := w.fault.On(op)
	if w.lasts {
		var written atomic.Bool
		fault.Op, fault.Match = sandbox.OpAny, func(r *http.Request) bool {
			return r.Method == http.MethodPut && written.CompareAndSwap(false, true) || written.Load()
		}
	}
	s.api.Fail(fault)
	if w.fault.Hang || w.fault.Drip > 0 || w.fault.Delay > 0 {
		n := int64(1)
		if w.fault.Times == always {
			n = 100
		}
		hurry.arm(op, n)
	}
}

// asRead asks for the list.
func (w *seen) asRead(t *testing.T, p *person, hurry *impatience, header []string) {
	t.Helper()
	s := p.s
	w.strike(s, hurry, sandbox.OpList)
	a := p.get("/agents", header...)
	s.api.ClearFaults()
	hurry.disarm()
	if w.status == http.StatusSeeOther {
		if header != nil {
			a.is(http.StatusNoContent)
		} else {
			a.is(http.StatusSeeOther)
		}
		if to := a.location() + a.header.Get("HX-Redirect"); !strings.Contains(to, "reason=unauthorized") || !strings.Contains(to, "next=") {
			t.Errorf("leads to %q", to)
		}
		p.enter(sandbox.DemoKey)
		p.crawled()
		return
	}
	a.fails(w.status, w.failure).says(w.says)
	if w.status == http.StatusOK {
		if n := a.find("tr[data-agent-id]").Length(); n != 20 {
			t.Errorf("%d rows", n)
		}
		return
	}
	a.lacks("tr[data-agent-id]").lacks("script:not([src])")
	if w.toast {
		// And the list gives way: its rows are not what the filters say.
		a.has("[data-toast][data-failure]").has("#agents [data-failure]")
	}
	// It says how to go on, and going on works.
	if header == nil && w.status >= 500 {
		if retry := a.attrs("[data-retry-url]", "data-retry-url"); len(retry) != 1 || retry[0] != "/agents" {
			t.Errorf("retry at %q", retry)
		}
	}
	p.get("/agents").is(http.StatusOK).has("tr[data-agent-id]")
}

// asWrite adds a queue to an agent while the fault waits for the PUT.
func (w *seen) asWrite(t *testing.T, p *person, hurry *impatience, agent string, header []string) {
	t.Helper()
	s := p.s
	form := p.editor(agent, "callin")
	form.Add("queue_ids", "1000887")
	form.Set("priority", "6")
	w.strike(s, hurry, sandbox.OpQueues)
	a := p.save(agent, "callin", form, header...)
	s.api.ClearFaults()
	hurry.disarm()
	if puts := s.puts(); len(puts) != 1 {
		t.Fatalf("sent %d times", len(puts))
	}
	if got := slices.Contains(s.callin(agent), 1000887); got != w.applied {
		t.Errorf("applied: %t", got)
	}
	e := s.last(agent)
	if e.Result != w.result || len(s.entries(journal.Filter{Agent: agent})) != 1 {
		t.Errorf("journalled as %s (%s), want %s", e.Result, e.Message, w.result)
	}
	if w.status == http.StatusSeeOther {
		w.ledOn(t, p, a, agent, header != nil)
		return
	}
	a.fails(w.status, w.failure).says(w.says)
	if e.Code != "" && w.status != http.StatusTooManyRequests && !a.saysAny(e.Code) {
		t.Errorf("the code %s is not shown", e.Code)
	}
	if w.toast {
		a.has("[data-toast]")
	}
	if a.find("[data-failure][data-retry-after]").Length() == 1 != (w.status == http.StatusTooManyRequests) {
		t.Error("the countdown is not as it should be")
	}
	back := a.form("#editor-form")
	if !slices.Contains(back["queue_ids"], "1000887") || back.Get("priority") != "6" && !w.applied {
		t.Errorf("typed %v, came back %v", form, back)
	}
	p.get("/changes").has(`[data-change-id="` + e.ID + `"][data-result=` + string(w.result) + `]`)
}

// ledOn checks a write that went on to another page: its result, or the key form.
func (w *seen) ledOn(t *testing.T, p *person, a *answer, agent string, hx bool) {
	t.Helper()
	if w.result == journal.Refused {
		if to := a.location() + a.header.Get("HX-Redirect"); !strings.HasPrefix(to, "/sign-in?next=%2Fagents%2F"+agent+"%2Fqueues") {
			t.Errorf("leads to %q", to)
		}
		p.enter(sandbox.DemoKey)
		p.crawled()
		return
	}
	if hx {
		a.is(http.StatusOK).has("#editor").says(w.says)
		return
	}
	p.get(a.is(http.StatusSeeOther).location()).is(http.StatusOK).has("[data-result=" + string(w.result) + "]").says(w.says)
}
