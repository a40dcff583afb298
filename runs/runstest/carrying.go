package runstest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/runs"
)

// start makes a run of three items and begins it.
func start(t *testing.T, s runs.Store, owner string) string {
	t.Helper()
	id := planned(t, s)
	must(t, s.Begin(t.Context(), scope(), id, []runs.State{runs.Planned}, 1, owner))
	return id
}

// moved wants ErrMoved alone.
func moved(t *testing.T, what string, err error) {
	t.Helper()
	if !errors.Is(err, runs.ErrMoved) || errors.Is(err, journal.ErrUnavailable) {
		t.Errorf("%s: %v, want ErrMoved alone", what, err)
	}
}

// notIts wants ErrLost alone.
func notIts(t *testing.T, what string, err error) {
	t.Helper()
	if !errors.Is(err, runs.ErrLost) || errors.Is(err, journal.ErrUnavailable) {
		t.Errorf("%s: %v, want ErrLost alone", what, err)
	}
}

// wants is what the owner is told.
func wants(t *testing.T, s runs.Store, id, owner string) runs.Want {
	t.Helper()
	w, err := s.Renew(t.Context(), id, owner)
	must(t, err)
	return w
}

func begin(t *testing.T, d Database) {
	s, ctx := d.Open(), t.Context()
	id := planned(t, s)
	still := []runs.State{runs.Planned, runs.Paused, runs.Interrupted}
	moved(t, "a plan that was replaced", s.Begin(ctx, scope(), id, still, 2, "one"))
	moved(t, "from other states", s.Begin(ctx, scope(), id, []runs.State{runs.Paused, runs.Interrupted}, 1, "one"))
	moved(t, "from none", s.Begin(ctx, scope(), id, nil, 1, "one"))
	for _, owner := range []string{"", "a\x00", strings.Repeat("x", 5000)} {
		if err := s.Begin(ctx, scope(), id, still, 1, owner); err == nil || errors.Is(err, journal.ErrUnavailable) {
			t.Errorf("as %.10q: %v, want an error that does not blame the database", owner, err)
		}
	}
	must(t, s.Begin(ctx, scope(), id, []runs.State{runs.Planned}, 1, "one"))
	r := find(t, s, id)
	if r.State != runs.Running || r.Owner != "one" || r.StartedAt.IsZero() || !r.EndedAt.IsZero() || r.StartedAt.Location() != time.UTC {
		t.Errorf("begun: %+v", r)
	}
	// Nobody takes what another has, whatever they ask for.
	moved(t, "one that runs", s.Begin(ctx, scope(), id, append(still, runs.Running), 0, "two"))
	moved(t, "one's own again", s.Begin(ctx, scope(), id, append(still, runs.Running), 0, "one"))

	must(t, s.Ask(ctx, scope(), id, runs.WantPause))
	must(t, s.End(ctx, id, "one", runs.Paused, runs.Outage, "3 × 503"))
	r = find(t, s, id)
	if r.State != runs.Paused || r.Reason != runs.Outage || r.Detail != "3 × 503" || r.Owner != "" || !r.EndedAt.IsZero() {
		t.Errorf("paused: %+v", r)
	}
	d.Pass(time.Hour)
	moved(t, "a paused one that should be interrupted", s.Begin(ctx, scope(), id, []runs.State{runs.Planned, runs.Interrupted}, 0, "two"))
	must(t, s.Begin(ctx, scope(), id, []runs.State{runs.Paused}, 0, "two"))
	again := find(t, s, id)
	if again.State != runs.Running || again.Reason != "" || again.Detail != "" || again.Owner != "two" || again.StartedAt != r.StartedAt {
		t.Errorf("begun again: %+v", again)
	}
	same(t, "wanted", wants(t, s, id, "two"), runs.WantNothing)
	must(t, s.End(ctx, id, "two", runs.Finished, "", ""))
	moved(t, "one that is over", s.Begin(ctx, scope(), id, append(still, runs.Finished, runs.Cancelled, runs.Running), 0, "two"))
}

// beginAtOnce: of many processes one has the run.
func beginAtOnce(t *testing.T, d Database) {
	stores := []runs.Store{d.Open(), d.Open()}
	id := planned(t, stores[0])
	from := []runs.State{runs.Planned, runs.Interrupted}
	for round := range 3 {
		var all sync.WaitGroup
		var won atomic.Int64
		for i := range 20 {
			all.Go(func() {
				err := stores[i%2].Begin(t.Context(), scope(), id, from, 0, fmt.Sprint(round, " ", i))
				if err == nil {
					won.Add(1)
				} else {
					moved(t, "another", err)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 {
			t.Fatalf("%d processes have the run", won.Load())
		}
		d.Pass(runs.LeaseFor + time.Second)
	}
}

func leases(t *testing.T, d Database) {
	s, ctx := d.Open(), t.Context()
	id := start(t, s, "one")
	d.Pass(runs.LeaseFor - 2*time.Second)
	same(t, "state", find(t, s, id).State, runs.Running)
	d.Pass(4 * time.Second)
	list, _, err := s.List(ctx, scope(), "", 0)
	must(t, err)
	busy, err := s.Active(ctx, scope())
	must(t, err)
	must(t, s.Keep(ctx, scope(), id, "x"))
	named, err := s.Kept(ctx, scope())
	must(t, err)
	for _, r := range slices.Concat([]runs.Run{find(t, s, id)}, list, busy, named) {
		if r.State != runs.Interrupted || r.Owner != "" || r.Reason != "" || r.StartedAt.IsZero() {
			t.Errorf("after the lease: %+v", r)
		}
	}
	if len(list)+len(busy)+len(named) != 3 {
		t.Errorf("in %d lists", len(list)+len(busy)+len(named))
	}
	moved(t, "an interrupted one that should run", s.Begin(ctx, scope(), id, []runs.State{runs.Planned, runs.Paused, runs.Running}, 0, "two"))
	must(t, s.Begin(ctx, scope(), id, []runs.State{runs.Interrupted}, 0, "two"))
	same(t, "owner", find(t, s, id).Owner, "two")
	_, err = s.Renew(ctx, id, "one")
	notIts(t, "the one before", err)
}

func renew(t *testing.T, d Database) {
	s, ctx := d.Open(), t.Context()
	id := start(t, s, "one")
	for range 4 {
		d.Pass(runs.LeaseFor / 2)
		same(t, "wanted", wants(t, s, id, "one"), runs.WantNothing)
		same(t, "state", find(t, s, id).State, runs.Running)
	}
	_, err := s.Renew(ctx, id, "two")
	notIts(t, "another", err)
	_, err = s.Renew(ctx, planned(t, s), "")
	notIts(t, "nobody", err)
	// Late, but nobody took it.
	d.Pass(runs.LeaseFor + time.Second)
	same(t, "wanted", wants(t, s, id, "one"), runs.WantNothing)
	same(t, "state", find(t, s, id).State, runs.Running)
}

func askWhoCarriesOut(t *testing.T, d Database) {
	s, ctx := d.Open(), t.Context()
	id := start(t, s, "one")
	must(t, s.Ask(ctx, scope(), id, runs.WantPause))
	same(t, "wanted", wants(t, s, id, "one"), runs.WantPause)
	same(t, "wanted still", wants(t, s, id, "one"), runs.WantPause)
	same(t, "state", find(t, s, id).State, runs.Running)
	must(t, s.Ask(ctx, scope(), id, runs.WantCancel))
	must(t, s.Ask(ctx, scope(), id, runs.WantPause))
	same(t, "a cancel is not overruled", wants(t, s, id, "one"), runs.WantCancel)
	same(t, "items", states(t, s, id), []runs.ItemState{runs.ItemPlanned, runs.ItemPlanned, runs.ItemPlanned})
	for _, w := range []runs.Want{"", "more"} {
		if err := s.Ask(ctx, scope(), id, w); err == nil || errors.Is(err, journal.ErrUnavailable) {
			t.Errorf("asked for %q: %v", w, err)
		}
	}
	// What the owner meant by a pause is too late.
	must(t, s.End(ctx, id, "one", runs.Paused, runs.Outage, "503"))
	r := find(t, s, id)
	if r.State != runs.Cancelled || r.Reason != runs.Asked || r.Detail != "" || r.EndedAt.IsZero() {
		t.Errorf("asked to cancel while it paused: %+v", r)
	}
	same(t, "items", states(t, s, id), []runs.ItemState{runs.ItemNotAttempted, runs.ItemNotAttempted, runs.ItemNotAttempted})
}

func askNobody(t *testing.T, d Database) {
	s, ctx := d.Open(), t.Context()
	pausedID := start(t, s, "one")
	must(t, s.Settle(ctx, pausedID, "one", []runs.Result{{Seq: 1, State: runs.ItemVerified}, {Seq: 2, State: runs.ItemRunning}}))
	must(t, s.End(ctx, pausedID, "one", runs.Paused, runs.Outage, "503"))
	interrupted := start(t, s, "one")
	d.Pass(runs.LeaseFor + time.Second)
	for _, id := range []string{planned(t, s), pausedID, interrupted} {
		before := find(t, s, id)
		moved(t, "pause of "+string(before.State), s.Ask(ctx, scope(), id, runs.WantPause))
		same(t, "run", find(t, s, id), before)
		must(t, s.Ask(ctx, scope(), id, runs.WantCancel))
		r := find(t, s, id)
		if r.State != runs.Cancelled || r.Reason != runs.Asked || r.Detail != "" || r.EndedAt.IsZero() || r.Counts.Open() != 0 || r.Counts.Total() != 3 {
			t.Errorf("cancelled: %+v", r)
		}
		moved(t, "pause of one that is over", s.Ask(ctx, scope(), id, runs.WantPause))
		moved(t, "cancel of one that is over", s.Ask(ctx, scope(), id, runs.WantCancel))
	}
	same(t, "items", states(t, s, pausedID), []runs.ItemState{runs.ItemVerified, runs.ItemNotAttempted, runs.ItemNotAttempted})
	_, err := s.Renew(ctx, interrupted, "one")
	notIts(t, "what was cancelled meanwhile", err)
}

func settle(t *testing.T, d Database) {
	s, ctx := d.Open(), t.Context()
	id := create(t, s, full(), items())
	must(t, s.Begin(ctx, scope(), id, []runs.State{runs.Planned}, 0, "one"))
	must(t, s.Settle(ctx, id, "one", nil))
	same(t, "items", itemsOf(t, s, id, runs.ItemFilter{}), items())
	want := items()
	it := &want[0]
	it.State, it.Why, it.Message, it.Before, it.After = runs.ItemDiffers, "not-applied", "sai", []int64{4, 5}, []int64{9}
	it.Certainty, it.ReadAt, it.Entry, it.SettledAt = "partly", noon().Add(time.Hour), "0000000000009", noon().Add(2*time.Hour)
	must(t, s.Settle(ctx, id, "one", []runs.Result{{
		Seq: 1, State: it.State, Why: it.Why, Message: it.Message, Before: it.Before, After: it.After,
		Certainty: it.Certainty, ReadAt: it.ReadAt, Entry: it.Entry, SettledAt: it.SettledAt,
	}}))
	same(t, "all of it", itemsOf(t, s, id, runs.ItemFilter{}), want)
	// What is left out stays as it was planned; of two of one item the last counts; an item
	// that is none is nobody's.
	must(t, s.Settle(ctx, id, "one", []runs.Result{
		{Seq: 2, State: runs.ItemUnknown, Before: []int64{1}},
		{Seq: 99, State: runs.ItemVerified},
		{Seq: 1, State: runs.ItemVerified},
		{Seq: 2, State: runs.ItemAside, Why: "z", After: []int64{}},
	}))
	got := itemsOf(t, s, id, runs.ItemFilter{})
	for i, item := range got[:2] {
		if item.SettledAt.IsZero() || item.SettledAt.Equal(want[i].SettledAt) {
			t.Errorf("item %d settled at %s, want now", item.Seq, item.SettledAt)
		}
		got[i].SettledAt = want[i].SettledAt
	}
	it.State, it.Why, it.Message, it.Entry = runs.ItemVerified, "", "", ""
	want[1].State, want[1].Why, want[1].After = runs.ItemAside, "z", []int64{}
	same(t, "a part of it", got, want)
	same(t, "counts", find(t, s, id).Counts, runs.Counts{runs.ItemVerified: 1, runs.ItemAside: 1, runs.ItemUnchanged: 1, runs.ItemImpossible: 1})
	// Open again: it is not settled.
	must(t, s.Settle(ctx, id, "one", []runs.Result{{Seq: 2, State: runs.ItemPlanned}}))
	if at := itemsOf(t, s, id, runs.ItemFilter{})[1].SettledAt; !at.IsZero() {
		t.Errorf("open, and settled at %s", at)
	}
	for _, state := range []runs.ItemState{"", "perhaps"} {
		if err := s.Settle(ctx, id, "one", []runs.Result{{Seq: 1, State: state}}); err == nil || errors.Is(err, journal.ErrUnavailable) {
			t.Errorf("settled as %q: %v", state, err)
		}
	}
	must(t, s.Settle(ctx, id, "one", []runs.Result{{Seq: 1, State: runs.ItemRefused, Message: "\x00" + strings.Repeat("ệ", 5000)}}))
	if m := itemsOf(t, s, id, runs.ItemFilter{})[0].Message; len(m) > 2000 || !strings.HasPrefix(m, "\uFFFDệ") {
		t.Errorf("message of %d bytes", len(m))
	}
}

func settleMany(t *testing.T, d Database) {
	s, ctx := d.Open(), t.Context()
	id := create(t, s, full(), plain(2500))
	must(t, s.Begin(ctx, scope(), id, []runs.State{runs.Planned}, 0, "one"))
	var results []runs.Result
	for i := range 2500 {
		results = append(results, runs.Result{Seq: i + 1, State: runs.ItemVerified, Entry: fmt.Sprint(i)})
	}
	notIts(t, "another", s.Settle(ctx, id, "two", results))
	same(t, "counts", find(t, s, id).Counts, runs.Counts{runs.ItemPlanned: 2500})
	must(t, s.Settle(ctx, id, "one", results))
	same(t, "counts", find(t, s, id).Counts, runs.Counts{runs.ItemVerified: 2500})
	same(t, "the last", itemsOf(t, s, id, runs.ItemFilter{After: 2499})[0].Entry, "2499")
}

func end(t *testing.T, d Database) {
	s, ctx := d.Open(), t.Context()
	for _, to := range []runs.State{runs.Paused, runs.Interrupted, runs.Cancelled, runs.Finished} {
		id := start(t, s, "one")
		must(t, s.Settle(ctx, id, "one", []runs.Result{{Seq: 1, State: runs.ItemVerified}, {Seq: 2, State: runs.ItemRunning}}))
		notIts(t, "another", s.End(ctx, id, "two", to, "", ""))
		must(t, s.Ask(ctx, scope(), id, runs.WantPause))
		must(t, s.End(ctx, id, "one", to, runs.TooLong, "\x00"+strings.Repeat("x", 5000)))
		r := find(t, s, id)
		if r.State != to || r.Reason != runs.TooLong || !strings.HasPrefix(r.Detail, "\uFFFDx") || len(r.Detail) > 2000 || r.Owner != "" || r.EndedAt.IsZero() == to.Over() {
			t.Errorf("%s: %+v", to, r)
		}
		want := []runs.ItemState{runs.ItemVerified, runs.ItemRunning, runs.ItemPlanned}
		if to == runs.Cancelled {
			want = []runs.ItemState{runs.ItemVerified, runs.ItemNotAttempted, runs.ItemNotAttempted}
		}
		same(t, "items", states(t, s, id), want)
		notIts(t, "twice", s.End(ctx, id, "one", to, "", ""))
		_, err := s.Renew(ctx, id, "one")
		notIts(t, "after the end", err)
	}
	id := start(t, s, "one")
	for _, to := range []runs.State{"", runs.Planned, runs.Running} {
		if err := s.End(ctx, id, "one", to, "", ""); err == nil || errors.Is(err, journal.ErrUnavailable) {
			t.Errorf("let go as %q: %v", to, err)
		}
	}
	same(t, "state", find(t, s, id).State, runs.Running)
}

// lost: whoever lost a run changes nothing of it any more.
func lost(t *testing.T, d Database) {
	one, two, ctx := d.Open(), d.Open(), t.Context()
	id := start(t, one, "one")
	d.Pass(runs.LeaseFor + time.Second)
	// Its lease has ended, but nobody took it: what it sent is noted.
	must(t, one.Settle(ctx, id, "one", []runs.Result{{Seq: 1, State: runs.ItemVerified, SettledAt: noon()}}))
	must(t, two.Begin(ctx, scope(), id, []runs.State{runs.Interrupted}, 1, "two"))
	before, run := itemsOf(t, two, id, runs.ItemFilter{}), find(t, two, id)
	notIts(t, "Settle", one.Settle(ctx, id, "one", []runs.Result{{Seq: 1, State: runs.ItemRefused}, {Seq: 2, State: runs.ItemVerified}}))
	notIts(t, "Settle of nothing", one.Settle(ctx, id, "one", nil))
	notIts(t, "End", one.End(ctx, id, "one", runs.Cancelled, "", ""))
	_, err := one.Renew(ctx, id, "one")
	notIts(t, "Renew", err)
	same(t, "items", itemsOf(t, two, id, runs.ItemFilter{}), before)
	same(t, "run", find(t, two, id), run)
}

func active(t *testing.T, d Database) {
	s, ctx := d.Open(), t.Context()
	planned(t, s)
	interrupted := start(t, s, "one")
	d.Pass(runs.LeaseFor + time.Second)
	paused := start(t, s, "one")
	must(t, s.End(ctx, paused, "one", runs.Paused, runs.Asked, ""))
	running := start(t, s, "one")
	for _, to := range []runs.State{runs.Cancelled, runs.Finished} {
		must(t, s.End(ctx, start(t, s, "one"), "one", to, "", ""))
	}
	list, err := s.Active(ctx, scope())
	must(t, err)
	var got []string
	for _, r := range list {
		got = append(got, string(r.State)+" "+r.ID)
		if r.Counts.Total() != 3 || r.Effects != nil || r.Groups != nil {
			t.Errorf("active: %+v", r)
		}
	}
	same(t, "newest first", got, []string{"running " + running, "paused " + paused, "interrupted " + interrupted})
}

func forsake(t *testing.T, d Database) {
	s, ctx := d.Open(), t.Context()
	planned(t, s)
	ids := []string{start(t, s, "one"), start(t, s, "one")}
	want, state := 2, runs.Interrupted
	if d.Shared {
		want, state = 0, runs.Running
	}
	for range 2 {
		if n, err := s.Forsake(ctx); err != nil || n != want {
			t.Errorf("forsook %d, %v; want %d", n, err, want)
		}
		for _, id := range ids {
			same(t, "state", find(t, s, id).State, state)
		}
		want = 0
	}
	if d.Shared {
		return
	}
	_, err := s.Renew(ctx, ids[0], "one")
	notIts(t, "the dead", err)
	must(t, s.Begin(ctx, scope(), ids[0], []runs.State{runs.Interrupted}, 0, "two"))
}

func pauseAll(t *testing.T, d Database) {
	s, ctx := d.Open(), t.Context()
	one, cancelling := start(t, s, "one"), start(t, s, "one")
	must(t, s.Ask(ctx, scope(), cancelling, runs.WantCancel))
	elsewhere := journal.Scope{Environment: "staging", Tenant: "1"}
	other := create(t, s, runs.Run{Scope: elsewhere}, plain(1))
	must(t, s.Begin(ctx, elsewhere, other, []runs.State{runs.Planned}, 0, "one"))
	plan := planned(t, s)
	must(t, s.PauseAll(ctx))
	same(t, "wanted", wants(t, s, one, "one"), runs.WantPause)
	same(t, "wanted elsewhere", wants(t, s, other, "one"), runs.WantPause)
	same(t, "a cancel is not overruled", wants(t, s, cancelling, "one"), runs.WantCancel)
	must(t, s.Begin(ctx, scope(), plan, []runs.State{runs.Planned}, 0, "one"))
	same(t, "of one that began later", wants(t, s, plan, "one"), runs.WantNothing)
}
