package live_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/live"
)

// bench is a crawled tenant of three agents.
func bench(tb testing.TB, change ...func(*live.Config)) (*upstream, *live.Tenant, *memory) {
	tb.Helper()
	u := newUpstream(agentOf("081", 1, 2, 3), agentOf("082", 1, 2), agentOf("083", 3))
	tenant, store := setup(tb, u, change...)
	tenant.CrawlNow(tb.Context(), u)
	return u, tenant, store
}

func add(id string, queues ...int64) roster.Intent {
	return roster.AddIntent(id, apiclient.Callin, queues, nil)
}

func TestChangeIsJournalledBeforeAndAfter(t *testing.T) {
	t.Parallel()
	u, tenant, store := bench(t)
	u.before = func(_ int, write bool) {
		if write && store.last().Result != journal.Intent {
			t.Error("sent without an intent in the journal")
		}
	}
	by := roster.Author{Operator: "An", KeyFingerprint: "k1", RequestID: "r1", RunID: "run"}
	in := roster.EditIntent("081", apiclient.Callin, []int64{1, 2, 3}, []int64{9, 1, 3}, nil)
	out, err := tenant.Change(t.Context(), u, in, by, roster.ConsentToAll())
	if err != nil || out.Result != journal.Verified || out.Applied != roster.AppliedYes || !slices.Equal(out.Seen, []int64{1, 3, 9}) {
		t.Fatalf("%+v, %v", out, err)
	}
	// The order is that of what is there, then the additions; the priority shown
	// is sent again.
	if p := u.puts[0]; !slices.Equal(p.ids, []int64{1, 3, 9}) || p.priority == nil || *p.priority != 1 {
		t.Errorf("sent %+v", p)
	}
	e := store.last()
	if !slices.Equal(e.Before, []int64{1, 2, 3}) || !e.BeforeKnown || e.Certainty != "confirmed" || e.Operator != "An" ||
		e.RunID != "run" || e.PriorityBefore != "1" || e.PriorityAfter != "1" {
		t.Errorf("entry %+v", e)
	}
	if !slices.Equal(store.history, []string{"intent", "accepted", "verified"}) {
		t.Errorf("history %v", store.history)
	}
}

func TestNothingIsSent(t *testing.T) {
	t.Parallel()
	edit := func(base, want []int64) roster.Intent {
		return roster.EditIntent("081", apiclient.Callin, base, want, nil)
	}
	three := []int64{1, 2, 3}
	var (
		conflict *roster.ConflictError
		confirm  *roster.ConfirmError
	)
	for name, c := range map[string]struct {
		in        roster.Intent
		confirmed bool
		prepare   func(*upstream, *memory)
		want      func(roster.Outcome, error) bool
	}{
		"unchanged": {in: edit(three, []int64{3, 2, 1}), want: func(o roster.Outcome, err error) bool { return o.Nothing && err == nil }},
		"already so": {in: add("081", 2), want: func(o roster.Outcome, err error) bool {
			return o.Nothing && err == nil
		}},
		"priority unchanged": {in: roster.EditIntent("081", apiclient.Callin, three, three, new(1)), want: func(o roster.Outcome, err error) bool {
			return o.Nothing && err == nil
		}},
		"emptied": {in: edit(three, nil), confirmed: true, want: func(_ roster.Outcome, err error) bool { return errors.Is(err, roster.ErrEmptyList) }},
		"removal unconfirmed": {in: edit(three, []int64{1, 2}), want: func(_ roster.Outcome, err error) bool {
			return errors.As(err, &confirm) && confirm.Plan.Asks(roster.ConfirmRemoval)
		}},
		"moved": {in: edit([]int64{1, 2}, []int64{1, 9}), confirmed: true, want: func(_ roster.Outcome, err error) bool {
			return errors.As(err, &conflict) && slices.Equal(conflict.Plan.Conflict.Merged, []int64{1, 3, 9}) &&
				slices.Equal(conflict.Plan.Conflict.AddedByThem(), []int64{3})
		}},
		"no base": {in: edit(nil, []int64{9}), confirmed: true, want: func(_ roster.Outcome, err error) bool {
			return errors.As(err, &conflict) && slices.Equal(conflict.Plan.Conflict.Merged, []int64{1, 2, 3, 9})
		}},
		"no such agent": {in: add("999", 1), want: func(_ roster.Outcome, err error) bool { return errors.Is(err, roster.ErrNoSuchAgent) }},
		"unreadable ids": {
			in: add("081", 9), confirmed: true,
			prepare: func(u *upstream, _ *memory) {
				u.names = func(int64) string { return "x" }
				u.find("081").unreadable = true
			},
			want: func(_ roster.Outcome, err error) bool { return errors.Is(err, roster.ErrNotEditable) },
		},
		"unreadable priority": {
			in:      add("081", 9),
			prepare: func(u *upstream, _ *memory) { u.find("081").priority = "high" },
			want: func(_ roster.Outcome, err error) bool {
				return errors.As(err, &confirm) && confirm.Plan.Asks(roster.ConfirmPriority)
			},
		},
		"journal fails": {
			in: add("081", 9), prepare: func(_ *upstream, m *memory) { m.fail = errors.New("disk full") },
			want: func(_ roster.Outcome, err error) bool { return errors.Is(err, journal.ErrUnavailable) },
		},
		"reads fail": {
			in: add("081", 9),
			prepare: func(u *upstream, _ *memory) {
				u.answer = func(int, bool) error { return &apiclient.UnreachableError{Op: "x"} }
			},
			want: func(_ roster.Outcome, err error) bool { return errors.As(err, new(*apiclient.UnreachableError)) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u, tenant, store := bench(t)
			if c.prepare != nil {
				c.prepare(u, store)
			}
			out, err := tenant.Change(t.Context(), u, c.in, roster.Author{}, consentIf(c.confirmed))
			if !c.want(out, err) {
				t.Errorf("%+v, %v", out, err)
			}
			if len(u.puts) > 0 || len(store.entries) > 0 {
				t.Errorf("sent %v, journalled %v", u.puts, store.entries)
			}
		})
	}
}

func TestFailedWrites(t *testing.T) {
	t.Parallel()
	unknown := &apiclient.UnknownOutcomeError{Op: "replace queues", Cause: &apiclient.UnreachableError{Reason: apiclient.ReachTimeout, Sent: true}}
	for name, c := range map[string]struct {
		failure error
		result  journal.Result
		code    string
		applied roster.Applied
		wantErr bool
	}{
		"refused": {
			&apiclient.RefusedError{Kind: apiclient.ErrInvalidInput, Status: 400, Code: "INVALID_INPUT", Message: "no"},
			journal.Refused, "INVALID_INPUT", roster.AppliedNo, true,
		},
		"rate limited":         {&apiclient.RateLimitError{RetryAfter: time.Second}, journal.Refused, roster.CodeRateLimited, roster.AppliedNo, true},
		"not sent":             {&apiclient.UnreachableError{Reason: apiclient.ReachRefused}, journal.Refused, roster.CodeNotSent, roster.AppliedNo, true},
		"unknown, not applied": {unknown, journal.Unknown, "", roster.AppliedNo, true},
		"unknown, applied":     {applied{unknown}, journal.Verified, "", roster.AppliedYes, false},
		"denied, not applied": {
			&apiclient.RefusedError{Kind: apiclient.ErrFailed, Status: 200, Code: "FAIL"},
			journal.Refused, "FAIL", roster.AppliedNo, true,
		},
		"denied, applied": {
			applied{&apiclient.RefusedError{Kind: apiclient.ErrFailed, Status: 200, Code: "FAIL"}},
			journal.Verified, "FAIL", roster.AppliedYes, false,
		},
		"500 applied": {applied{&apiclient.RefusedError{Kind: apiclient.ErrFailed, Status: 500}}, journal.Verified, "", roster.AppliedYes, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u, tenant, store := bench(t)
			u.answer = func(_ int, write bool) error {
				if write {
					return c.failure
				}
				return nil
			}
			out, err := tenant.Change(t.Context(), u, add("081", 9), roster.Author{}, roster.Consent{})
			if out.Result != c.result || out.Code != c.code || out.Applied != c.applied || (err != nil) != c.wantErr || out.Cause == nil {
				t.Errorf("%v %q %v cause %v, %v", out.Result, out.Code, out.Applied, out.Cause, err)
			}
			if e := store.last(); e.Result != c.result || e.Code != c.code {
				t.Errorf("journalled %v %q", e.Result, e.Code)
			}
			if u.writes != 1 {
				t.Errorf("%d writes", u.writes)
			}
		})
	}
}

// TestOurOwnLimitRefusesNothing: a switch of recording that our budget does not let go was
// never sent, and the API did not refuse it.
func TestOurOwnLimitRefusesNothing(t *testing.T) {
	t.Parallel()
	for local, want := range map[bool]string{true: roster.CodeNotSent, false: roster.CodeRateLimited} {
		u, tenant, store := bench(t)
		u.answer = func(_ int, write bool) error {
			if write {
				return &apiclient.RateLimitError{Local: local, RetryAfter: time.Second}
			}
			return nil
		}
		_, err := tenant.Change(t.Context(), u, roster.RecordingIntent("081", true), roster.Author{}, roster.Consent{})
		if e := store.last(); e.Result != journal.Refused || e.Code != want || !errors.As(err, new(*apiclient.RateLimitError)) {
			t.Errorf("local %t: %v %q, %v", local, e.Result, e.Code, err)
		}
	}
}

func TestLaterReadSettlesAnUnknownOutcome(t *testing.T) {
	t.Parallel()
	for late, want := range map[bool]journal.Result{true: journal.Verified, false: journal.Differs} {
		synctest.Test(t, func(t *testing.T) {
			u, tenant, store := bench(t)
			u.answer = func(_ int, write bool) error {
				if write {
					return &apiclient.UnknownOutcomeError{Cause: context.DeadlineExceeded}
				}
				return nil
			}
			_, _ = tenant.Change(t.Context(), u, add("081", 9), roster.Author{}, roster.Consent{})
			gather := func() {
				if _, err := tenant.Gather(t.Context(), u, "081", apiclient.Callin, 0); err != nil {
					t.Fatal(err)
				}
			}
			gather()
			if got := store.last().Result; got != journal.Unknown {
				t.Errorf("settled as %v at once", got)
			}
			if late {
				u.find("081").callin = []int64{1, 2, 3, 9}
			}
			time.Sleep(2 * time.Minute)
			gather()
			if e := store.last(); e.Result != want || want == journal.Differs && e.Code != journal.CodeNotApplied {
				t.Errorf("settled as %v %q, want %v", e.Result, e.Code, want)
			}
		})
	}
}

// TestChangeWaitsOutTheLimit: it goes on where it stopped, asks nothing twice, and
// ends within the windows that its calls need, plus one.
func TestChangeWaitsOutTheLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var people []*person
		for q := range int64(36) {
			people = append(people, agentOf(fmt.Sprintf("08%02d", q), q+1))
		}
		u := newUpstream(people...)
		u.style = always(firstOnly)
		tenant, _ := setup(t, u)
		defer synctest.Wait()
		tenant.CrawlNow(t.Context(), u)
		const limit, window = 6, 10 * time.Second
		var mu sync.Mutex
		opened, used := time.Now().Add(-window), 0
		u.answer = func(int, bool) error {
			mu.Lock()
			defer mu.Unlock()
			if time.Since(opened) >= window {
				opened, used = time.Now(), 0
			}
			if used++; used > limit {
				return &apiclient.RateLimitError{Local: true, RetryAfter: time.Until(opened.Add(window))}
			}
			return nil
		}
		u.left = func() (int, bool) { return limit, true }
		time.Sleep(2 * time.Minute) // what the crawl read is too old by now
		reads, begun := u.lists, time.Now()
		out, err := tenant.Change(t.Context(), u, add("0800", 2), roster.Author{}, roster.ConsentToAll())
		if err != nil || len(u.puts) != 1 || !slices.Equal(u.puts[0].ids, []int64{1, 2}) || out.Result != journal.Verified {
			t.Fatalf("sent %v, %v, %v", u.puts, out.Result, err)
		}
		// 36 listings, the row, the write, and reading back row and listing of both.
		if took := time.Since(begun); took > 8*window {
			t.Errorf("took %v", took)
		}
		if n := u.lists - reads; n > 36+1+3+36 { // those that the limit refused counted in
			t.Errorf("%d reads", n)
		}
		// A request that does not last as long as the wait is told at once.
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		mu.Lock()
		opened, used = time.Now(), limit
		mu.Unlock()
		if _, err := tenant.Change(ctx, u, add("0801", 1), roster.Author{}, roster.ConsentToAll()); !errors.As(err, new(*apiclient.RateLimitError)) {
			t.Errorf("of a short request: %v", err)
		}
	})
}

func TestTwoChangesOfOneAgentLoseNothing(t *testing.T) {
	t.Parallel()
	u, tenant, _ := bench(t)
	var wg sync.WaitGroup
	for q := range int64(8) {
		wg.Go(func() {
			if _, err := tenant.Change(t.Context(), u, add("081", 20+q), roster.Author{}, roster.Consent{}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := u.find("081").callin; len(got) != 11 {
		t.Errorf("left with %v", got)
	}
}

func TestWaitingForAnotherChangeEndsWithTheRequest(t *testing.T) {
	t.Parallel()
	u, tenant, _ := bench(t)
	entered, leave := make(chan struct{}), make(chan struct{})
	u.before = func(_ int, write bool) {
		if write {
			close(entered)
			<-leave
		}
	}
	done := make(chan error)
	go func() {
		_, err := tenant.Change(t.Context(), u, add("081", 20), roster.Author{}, roster.Consent{})
		done <- err
	}()
	<-entered
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := tenant.Change(ctx, u, add("081", 21), roster.Author{}, roster.Consent{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	close(leave)
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestClosedBrowserLeavesAResult(t *testing.T) {
	t.Parallel()
	u, tenant, store := bench(t)
	ctx, cancel := context.WithCancel(t.Context())
	u.before = func(_ int, write bool) {
		if write {
			cancel()
		}
	}
	if _, err := tenant.Change(ctx, u, add("081", 20), roster.Author{}, roster.Consent{}); err != nil {
		t.Fatal(err)
	}
	if got := store.last().Result; got != journal.Verified {
		t.Errorf("journalled %v", got)
	}
}

func TestUndoKeepsWhatOthersDid(t *testing.T) {
	t.Parallel()
	u, tenant, store := bench(t)
	in := roster.EditIntent("081", apiclient.Callin, []int64{1, 2, 3}, []int64{1, 3, 9}, new(5))
	if _, err := tenant.Change(t.Context(), u, in, roster.Author{}, roster.ConsentToAll()); err != nil {
		t.Fatal(err)
	}
	u.edit(func() { u.find("081").callin = []int64{1, 3, 9, 7} })
	undo, err := roster.UndoIntent(store.last())
	if err != nil {
		t.Fatal(err)
	}
	// Queue 9 has nobody else: that is asked, and the removal itself is not.
	_, err = tenant.Change(t.Context(), u, undo, roster.Author{}, roster.Consent{})
	confirm := (*roster.ConfirmError)(nil)
	if !errors.As(err, &confirm) || !slices.Equal(confirm.Plan.Questions(), []roster.Question{{Why: roster.ConfirmQueue, Queue: 9}}) {
		t.Fatalf("asked %v", err)
	}
	out, err := tenant.Change(t.Context(), u, undo, roster.Author{}, roster.ConsentToAll())
	if err != nil || len(u.puts) != 2 || !slices.Equal(u.puts[1].ids, []int64{1, 3, 7, 2}) || *u.puts[1].priority != 1 {
		t.Fatalf("sent %v, %v", u.puts[1:], err)
	}
	if !slices.ContainsFunc(out.Plan.Warnings, func(w roster.Warning) bool { return w.Code == roster.WarnMoved }) {
		t.Error("no word of the other's change")
	}
	if store.entries[0].UndoneBy != store.entries[1].ID || store.entries[1].UndoOf != store.entries[0].ID {
		t.Error("not linked")
	}
}

func TestLastAgentOfAQueueIsWarnedAbout(t *testing.T) {
	t.Parallel()
	u, tenant, _ := bench(t)
	u.edit(func() { u.find("083").user = "LOGOUT" })
	tenant.CrawlNow(t.Context(), u)
	_, err := tenant.Change(t.Context(), u, roster.RemoveIntent("081", apiclient.Callin, []int64{3, 1}), roster.Author{}, roster.Consent{})
	confirm := (*roster.ConfirmError)(nil)
	if !errors.As(err, &confirm) || !confirm.Plan.Asks(roster.ConfirmQueue) {
		t.Fatalf("got %v", err)
	}
	for _, w := range confirm.Plan.Warnings {
		if w.Code == roster.WarnLeavesQueue && w.Queue != 3 {
			t.Errorf("warned of %d, which 082 is in", w.Queue)
		}
	}
}

func TestCalloutIsReplacedAsChosen(t *testing.T) {
	t.Parallel()
	u, tenant, _ := bench(t)
	u.edit(func() { u.find("081").callout = []int64{50} })
	try := func(consent roster.Consent, want ...int64) (roster.Outcome, error) {
		t.Helper()
		a, err := tenant.Gather(t.Context(), u, "081", apiclient.Callout, 0)
		if err != nil {
			t.Fatal(err)
		}
		return tenant.Change(t.Context(), u, roster.EditIntent("081", apiclient.Callout, roster.IDs(a.Callout), append(roster.IDs(a.Callout), want...), nil), roster.Author{}, consent)
	}
	change := func(want ...int64) roster.Outcome {
		t.Helper()
		out, err := try(roster.ConsentOf(true, "unsure:callout-one-shown", true), want...)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	// Others may hide behind the one that is shown, from the editor too.
	var confirm *roster.ConfirmError
	if _, err := try(roster.Consent{}, 51); !errors.As(err, &confirm) || roster.ShownBy(confirm.Plan) != "unsure:callout-one-shown" || len(u.puts) > 0 {
		t.Fatalf("not asked: %v", err)
	}
	if out := change(51); out.Result != journal.Accepted || out.Plan.Warnings[0].Code != roster.WarnCalloutShowsOne || u.puts[0].priority != nil {
		t.Errorf("%+v", out)
	}
	change(52)
	if got := u.puts[1].ids; !slices.Equal(got, []int64{50, 51, 52}) {
		t.Errorf("what was sent before was lost: %v", got)
	}
}

func TestRecording(t *testing.T) {
	t.Parallel()
	u, tenant, store := bench(t)
	out, err := tenant.Change(t.Context(), u, roster.RecordingIntent("081", true), roster.Author{Operator: "An"}, roster.Consent{})
	if err != nil || out.Result != journal.Accepted || store.last().Kind != journal.Recording || !store.last().Enabled {
		t.Errorf("%+v, %v", out, err)
	}
	u.edit(func() { u.find("081").record = new(false) })
	if _, err := tenant.Gather(t.Context(), u, "081", apiclient.Callin, 0); err != nil {
		t.Fatal(err)
	}
	if out, err = tenant.Change(t.Context(), u, roster.RecordingIntent("081", true), roster.Author{}, roster.Consent{}); err != nil || out.Result != journal.Verified {
		t.Errorf("%+v, %v", out, err)
	}
}

// TestReplicasTakeTurns: two processes that share a journal change one agent at once.
// The second plans from what the first has left.
func TestReplicasTakeTurns(t *testing.T) {
	t.Parallel()
	u, tenant, store := bench(t)
	other := live.New(live.Config{Journal: store, ReadBackPause: -1, Logger: quiet()})
	defer other.Close()
	twin := other.Tenant(access("b", u))
	twin.CrawlNow(t.Context(), u)
	base := []int64{1, 2, 3}
	errs := make([]error, 2)
	edit := func(i int, tenant *live.Tenant) {
		in := roster.EditIntent("081", apiclient.Callin, base, append(slices.Clone(base), 20+int64(i)), nil)
		_, errs[i] = tenant.Change(t.Context(), u, in, roster.Author{}, roster.ConsentToAll())
	}
	// The first is about to write when the second begins, and goes on once the second
	// waits for it, or is about to write as well.
	var all sync.WaitGroup
	caughtUp := make(chan struct{})
	var once sync.Once
	reached := func() { once.Do(func() { close(caughtUp) }) }
	store.contended = reached
	u.before = func(call int, write bool) {
		switch {
		case write && call == 0:
			all.Go(func() { edit(1, twin) })
			<-caughtUp
		case write:
			reached()
		}
	}
	edit(0, tenant)
	all.Wait()
	conflicts := 0
	for i, err := range errs {
		switch conflict := (*roster.ConflictError)(nil); {
		case errors.As(err, &conflict):
			conflicts++
		case err != nil:
			t.Error(err)
		case !slices.Contains(u.find("081").callin, 20+int64(i)):
			t.Errorf("the addition of %d was accepted and is gone: %v", 20+i, u.find("081").callin)
		}
	}
	if conflicts != 1 {
		t.Errorf("%d conflicts", conflicts)
	}
}

// TestRowsApart: one row per queue, sorted by queue, so that an agent's rows lie on
// pages far apart. Adding one queue to an agent of three leaves four.
func TestRowsApart(t *testing.T) {
	t.Parallel()
	for _, cap := range []int{100, 7, 3} {
		u := newUpstream()
		for i := range 12 {
			u.people = append(u.people, agentOf(fmt.Sprintf("%03d", i), 1+int64(i%3), 10+int64(i%2), 20))
		}
		u.style, u.byQueue, u.cap = func(int) style { return rowPerQueue }, true, cap
		tenant, _ := setup(t, u)
		tenant.CrawlNow(t.Context(), u)
		for _, id := range []string{"000", "005", "011"} {
			before := slices.Clone(u.find(id).callin)
			if _, err := tenant.Change(t.Context(), u, add(id, 99), roster.Author{}, roster.ConsentToAll()); err != nil {
				t.Fatal(err)
			}
			if got := u.find(id).callin; len(got) != 4 || len(minusIDs(before, got)) > 0 {
				t.Errorf("pages of %d: %s was in %v and is in %v", cap, id, before, got)
			}
		}
		// What somebody else added since lies on a page of its own.
		u.edit(func() { u.find("007").callin = append(u.find("007").callin, 30) })
		before := slices.Clone(u.find("007").callin)
		if _, err := tenant.Change(t.Context(), u, add("007", 99), roster.Author{}, roster.ConsentToAll()); err != nil {
			t.Fatal(err)
		}
		if got := u.find("007").callin; len(minusIDs(before, got)) > 0 {
			t.Errorf("pages of %d: 007 was in %v and is in %v", cap, before, got)
		}
		// Nor is it forgotten while the tenant is read again: the change comes as the
		// new crawl has read its first page.
		if cap < 100 {
			u.edit(func() { u.find("001").callin = append(u.find("001").callin, 31) })
			before, calls := slices.Clone(u.find("001").callin), 0
			var changed error
			u.before = func(_ int, write bool) {
				if calls++; calls == 2 {
					_, changed = tenant.Change(t.Context(), u, add("001", 99), roster.Author{}, roster.ConsentToAll())
				}
			}
			tenant.CrawlNow(t.Context(), u)
			u.before = nil
			if got := u.find("001").callin; changed != nil || len(minusIDs(before, got)) > 0 {
				t.Errorf("pages of %d: during a crawl 001 was in %v and is in %v, %v", cap, before, got, changed)
			}
		}
		// Nobody else changed anything, so there is nothing to merge.
		now := slices.Clone(u.find("003").callin)
		in := roster.EditIntent("003", apiclient.Callin, now, append(slices.Clone(now), 98), nil)
		if _, err := tenant.Change(t.Context(), u, in, roster.Author{}, roster.ConsentToAll()); err != nil {
			t.Errorf("pages of %d: %v", cap, err)
		}
	}
}

// TestOneRowHides: the style changes for one agent alone, whose row then shows less
// than was known. The listings are asked before anything is believed gone.
func TestOneRowHides(t *testing.T) {
	t.Parallel()
	for _, usual := range []style{joined, rowPerQueue} {
		u, tenant, _ := bench(t)
		u.edit(func() { u.style = func(int) style { return usual } })
		tenant.CrawlNow(t.Context(), u)
		u.edit(func() { u.alone = map[string]style{"081": firstOnly} })
		if _, err := tenant.Change(t.Context(), u, add("081", 9), roster.Author{}, roster.Consent{}); err != nil {
			t.Fatal(err)
		}
		if got := u.find("081").callin; !slices.Equal(got, []int64{1, 2, 3, 9}) {
			t.Errorf("style %d: left in %v", usual, got)
		}
	}
}

// TestFilterMayHide: rows show one queue, and the filter has never listed anybody in
// another. Whether it would cannot be told, so a person is asked.
func TestFilterMayHide(t *testing.T) {
	t.Parallel()
	u := newUpstream(agentOf("081", 1, 2, 3), agentOf("082", 2, 1), agentOf("083", 3))
	u.style, u.shown = func(int) style { return firstOnly }, true
	tenant, _ := setup(t, u)
	tenant.CrawlNow(t.Context(), u)
	_, err := tenant.Change(t.Context(), u, add("081", 9), roster.Author{}, roster.Consent{})
	confirm := (*roster.ConfirmError)(nil)
	if !errors.As(err, &confirm) || !slices.Contains(confirm.Plan.Unsure, roster.OneShown) || len(u.puts) > 0 {
		t.Fatalf("sent %v, %v", u.puts, err)
	}
	if a, _ := tenant.Known("081"); a.CallinSure() {
		t.Error("the page calls the list sure")
	}
}

// TestCalloutAsksBeforeItAdds: the API shows one callout queue, and a write replaces
// them all. Whoever does not see the list is asked.
func TestCalloutAsksBeforeItAdds(t *testing.T) {
	t.Parallel()
	u, tenant, _ := bench(t)
	u.edit(func() { u.find("081").callout = []int64{50, 51} })
	in := roster.AddIntent("081", apiclient.Callout, []int64{52}, nil)
	_, err := tenant.Change(t.Context(), u, in, roster.Author{}, roster.Consent{})
	confirm := (*roster.ConfirmError)(nil)
	if !errors.As(err, &confirm) || !slices.Contains(confirm.Plan.Unsure, roster.CalloutOneShown) || len(u.puts) > 0 {
		t.Fatalf("sent %v, %v", u.puts, err)
	}
	if _, err := tenant.Change(t.Context(), u, in, roster.Author{}, roster.ConsentToAll()); err != nil {
		t.Fatal(err)
	}
	// What we wrote ourselves may have been added to since, by somebody whom nothing shows.
	in = roster.AddIntent("081", apiclient.Callout, []int64{53}, nil)
	an, binh := roster.Author{Operator: "An", Session: "1"}, roster.Author{Operator: "Bình", Session: "2"}
	if _, err := tenant.Change(t.Context(), u, in, an, roster.Consent{}); !errors.As(err, &confirm) {
		t.Errorf("not asked after an own write: %v", err)
	}
	if _, err := tenant.Change(t.Context(), u, in, an, roster.ConsentToAll()); err != nil {
		t.Fatal(err)
	}
	// Who was asked is not asked again about a list that shows nothing new.
	in = roster.AddIntent("081", apiclient.Callout, []int64{54}, nil)
	if _, err := tenant.Change(t.Context(), u, in, binh, roster.Consent{}); !errors.As(err, &confirm) {
		t.Errorf("another person is not asked: %v", err)
	}
	if _, err := tenant.Change(t.Context(), u, in, an, roster.Consent{}); err != nil {
		t.Errorf("asked again: %v", err)
	}
}

func minusIDs(a, b []int64) []int64 {
	return slices.DeleteFunc(slices.Clone(a), func(id int64) bool { return slices.Contains(b, id) })
}

// TestUndoLeavesALaterPriority: somebody set it since; that stays.
func TestUndoLeavesALaterPriority(t *testing.T) {
	t.Parallel()
	u, tenant, store := bench(t)
	in := roster.EditIntent("081", apiclient.Callin, []int64{1, 2, 3}, []int64{1, 2, 3, 9}, new(5))
	if _, err := tenant.Change(t.Context(), u, in, roster.Author{}, roster.ConsentToAll()); err != nil {
		t.Fatal(err)
	}
	u.edit(func() { u.find("081").priority = "7" })
	undo, err := roster.UndoIntent(store.last())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tenant.Change(t.Context(), u, undo, roster.Author{}, roster.ConsentToAll()); err != nil {
		t.Fatal(err)
	}
	if p := u.puts[1].priority; p == nil || *p != 7 {
		t.Errorf("sent priority %v", p)
	}
}

// TestInactiveAgentsAreNobody: who is inactive takes no calls, whatever their status
// line says.
func TestInactiveAgentsAreNobody(t *testing.T) {
	t.Parallel()
	u, tenant, _ := bench(t)
	u.edit(func() { u.find("083").status = 0 })
	tenant.CrawlNow(t.Context(), u)
	_, err := tenant.Change(t.Context(), u, roster.RemoveIntent("081", apiclient.Callin, []int64{3}), roster.Author{}, roster.Consent{})
	confirm := (*roster.ConfirmError)(nil)
	if !errors.As(err, &confirm) || !confirm.Plan.Asks(roster.ConfirmQueue) {
		t.Errorf("got %v", err)
	}
}

// TestOneShownIsSaid: where the filter shows what rows do not, a queue that is nobody's
// first stays unseen; the plan says so.
func TestOneShownIsSaid(t *testing.T) {
	t.Parallel()
	u := newUpstream(agentOf("081", 1, 2, 3), agentOf("082", 2, 1), agentOf("083", 3))
	u.style = func(int) style { return firstOnly }
	tenant, _ := setup(t, u)
	tenant.CrawlNow(t.Context(), u)
	plan := tenant.Preview(add("081", 9), roster.Author{})
	if !slices.ContainsFunc(plan.Warnings, func(w roster.Warning) bool { return w.Code == roster.WarnOneShown }) {
		t.Errorf("%+v", plan.Warnings)
	}
}

// TestGoneAgentIsForgotten: whoever the whole list does not have any more is nobody.
func TestGoneAgentIsForgotten(t *testing.T) {
	t.Parallel()
	u, tenant, _ := bench(t)
	u.edit(func() { u.people = slices.DeleteFunc(u.people, func(p *person) bool { return p.id == "082" }) })
	if _, err := tenant.Gather(t.Context(), u, "082", apiclient.Callin, 0); !errors.Is(err, roster.ErrNoSuchAgent) {
		t.Errorf("got %v", err)
	}
	if _, ok := tenant.Known("082"); ok {
		t.Error("the snapshot still has them")
	}
}
