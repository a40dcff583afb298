package live

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
)

// Rehearsal is a write that was asked for to learn what only a write tells. It goes on by
// itself, and what it may have changed is put back before it ends.
type Rehearsal struct {
	ID      string // opaque, of letters and digits
	Intent  roster.Intent
	BegunAt time.Time
	session string // that asked for it

	done chan struct{}

	mu       sync.Mutex
	progress RehearsalProgress
	out      Rehearsed
	overAt   time.Time
}

// RehearsalProgress is how far a rehearsal is.
type RehearsalProgress struct {
	WaitingUntil time.Time      // the limit makes it wait; zero: it does not
	Behind       journal.Holder // whose change of the agent it waits for; zero: nobody's
	Sending      bool           // its write has left, or is about to
	PuttingBack  bool
}

// Rehearsed is what came of a rehearsal.
type Rehearsed struct {
	// Sent is what came of the write; Err is why nothing was sent, or how it failed.
	Sent roster.Outcome
	Err  error
	// Back is what came of putting back what the write may have changed, BackErr how that
	// failed; nil where there was nothing to put back.
	Back    *roster.Outcome
	BackErr error
	// Omitted is what came of the priority that was left out, a value of
	// roster.TraitOmitted; "" where that cannot be told.
	Omitted string
	Left    Left
}

// Failed is why nothing was sent, or put back; nil where it was.
func (r Rehearsed) Failed() error {
	if r.Back != nil {
		return r.BackErr
	}
	return r.Err
}

// Left is how a rehearsal has left the agent.
type Left string

// The values of Left.
const (
	LeftAlone    Left = "alone"     // nothing was sent, or the API said no
	LeftAsBefore Left = "as-before" // a read has shown the list and the priority that were there
	LeftOthers   Left = "others"    // the priority is as before, and somebody else has changed the list
	LeftUnseen   Left = "unseen"    // what was there was sent again, and no read shows it yet
	LeftUnread   Left = "unread"    // what was there was sent again, and nothing says what is there now
	LeftChanged  Left = "changed"   // it could not be put back
)

const (
	// backWithin is how long putting back may take, whoever signs out meanwhile.
	backWithin = 2 * time.Minute
	// backTries is how often it is tried.
	backTries = 3
	// rehearsalLooks is how often a row is read for what came of a priority.
	rehearsalLooks = 3
)

// Rehearse begins a rehearsal, and returns at once; in is one of roster.RehearsalIntent. It
// is a change as any other, but nobody's yes gets past a question: it is sent only where
// nothing has to be asked. The one of the same session that goes on is returned where it
// asks for the same.
func (t *Tenant) Rehearse(ctx context.Context, src Source, in roster.Intent, by roster.Author) *Rehearsal {
	t.touch()
	r := &Rehearsal{ID: rand.Text(), Intent: in, BegunAt: t.cfg.Now().UTC(), session: by.Session, done: make(chan struct{})}
	if twin := t.rehearsals.add(r, t.cfg.Now()); twin != nil {
		return twin
	}
	t.goOn(ctx, func(ctx context.Context, _ context.CancelFunc) {
		told := newTelling()
		t.tell(ctx, told, r.ID, r.done, r.Told, func(journal.SavingWish) {})
		out := t.rehearse(ctx, src, r, by)
		t.learn(ctx)
		r.mu.Lock()
		r.out, r.overAt = out, t.cfg.Now()
		r.mu.Unlock()
		close(r.done)
		<-told.ended
	})
	return r
}

// Told is the rehearsal as the other consoles are told of it.
func (r *Rehearsal) Told() Told {
	r.mu.Lock()
	defer r.mu.Unlock()
	at, out := r.progress, r.out
	k := Told{
		Intent: r.Intent, BegunAt: r.BegunAt, PuttingBack: at.PuttingBack, Over: !r.overAt.IsZero(),
		Progress: SavingProgress{WaitingUntil: at.WaitingUntil, Behind: at.Behind, Sending: at.Sending},
	}
	if !k.Over {
		return k
	}
	k.Left, k.Omitted, k.Priority = out.Left, out.Omitted, out.Sent.Plan.PriorityBefore
	k.Taken = out.Err == nil && out.Sent.Cause == nil && out.Sent.EntryID != ""
	for _, sent := range []*roster.Outcome{&out.Sent, out.Back} {
		if sent != nil && sent.EntryID != "" {
			k.Entries = append(k.Entries, sent.EntryID)
		}
	}
	return k
}

// Rehearsal returns one that was begun here, nil where there is none of that id.
func (t *Tenant) Rehearsal(id string) *Rehearsal { return t.rehearsals.find(id) }

// Done is closed when the rehearsal is over.
func (r *Rehearsal) Done() <-chan struct{} { return r.done }

// Result is what came of a rehearsal that is over.
func (r *Rehearsal) Result() Rehearsed {
	<-r.done
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.out
}

// Progress is how far it is.
func (r *Rehearsal) Progress() RehearsalProgress {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.progress
}

func (r *Rehearsal) note(change func(*RehearsalProgress)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.progress)
}

// reading is that of one of its changes.
func (r *Rehearsal) reading(t *Tenant, src Source) *reading {
	read := t.reading(asker{t: t, src: src, patient: true, waits: func(until time.Time) {
		r.note(func(p *RehearsalProgress) { p.WaitingUntil = until })
	}}, r.Intent.Agent, r.Intent.Type)
	read.behind = func(who journal.Holder) { r.note(func(p *RehearsalProgress) { p.Behind = who }) }
	return read
}

// nobodysYes is the consent to nothing. It is asked for when there is a plan to be sent.
func (r *Rehearsal) nobodysYes() roster.Consent {
	r.note(func(p *RehearsalProgress) { p.Sending = true })
	return roster.Consent{}
}

func (t *Tenant) rehearse(ctx context.Context, src Source, r *Rehearsal, by roster.Author) Rehearsed {
	done := Rehearsed{Left: LeftAlone}
	done.Sent, done.Err = t.change(ctx, r.reading(t, src), r.Intent, by, r.nobodysYes)
	t.rehearsedWrite(r.Intent, done.Sent, done.Err)
	switch sent := done.Sent; {
	case sent.EntryID == "" || sent.Result == journal.Refused:
		return done
	case !r.Intent.Omits:
		if done.Left = LeftUnread; sent.Result == journal.Verified { // a list that stays as it is lags behind nothing
			done.Left = LeftAsBefore
		} else if sent.Result == journal.Differs {
			done.Left = LeftChanged
		}
		return done
	}
	r.note(func(p *RehearsalProgress) { p.PuttingBack = true })
	// Whoever asked may sign out, and the console may be told to end: not before this.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), backWithin)
	defer cancel()
	before := done.Sent.Plan.PriorityBefore
	then, seen := t.priorityAfter(ctx, src, r.Intent.Agent, func(now string) bool { return now != before })
	if seen && done.Sent.Cause == nil && done.Sent.Result != journal.Differs { // or somebody else is in it
		done.Omitted = t.sawOmitted(before, then)
	}
	if !seen || then != "" {
		then = before // another number may be somebody's own: putting back asks about it, and so waits for the person
	}
	done.Back, done.BackErr = t.putBack(ctx, src, r, roster.PutBackIntent(done.Sent.Plan, done.Sent.EntryID, then), by)
	done.Left = t.leftAs(ctx, src, done)
	return done
}

// putBack sends what was there before. Where nothing was sent, or it was put off, it is
// tried again.
func (t *Tenant) putBack(ctx context.Context, src Source, r *Rehearsal, in roster.Intent, by roster.Author) (*roster.Outcome, error) {
	for try := 1; ; try++ {
		out, err := t.change(ctx, r.reading(t, src), in, by, r.nobodysYes)
		limited := (*apiclient.RateLimitError)(nil)
		switch {
		case err == nil, try == backTries, !triesAgain(out, err):
			return &out, err
		case errors.As(err, &limited):
			if !(asker{t: t, src: src}).wait(ctx, limited) {
				return &out, err
			}
		case !sleep(ctx, time.Second):
			return &out, err
		}
	}
}

// triesAgain reports whether what failed may go through a moment later: nothing was carried
// out, and no person has to be asked first.
func triesAgain(out roster.Outcome, err error) bool {
	var (
		limited     *apiclient.RateLimitError
		unreachable *apiclient.UnreachableError
		locked      *journal.LockedError
	)
	if out.EntryID != "" && out.Result != journal.Refused {
		return false
	}
	return errors.As(err, &limited) || errors.As(err, &unreachable) || errors.As(err, &locked) ||
		errors.Is(err, journal.ErrLockLost) || errors.Is(err, apiclient.ErrFailed) ||
		errors.Is(err, journal.ErrUnavailable) && !errors.Is(err, journal.ErrAlreadyUndone)
}

// priorityAfter reads the agent's row until its priority is as wanted, a few times at the
// most; seen is false where it could not be read.
func (t *Tenant) priorityAfter(ctx context.Context, src Source, agent string, wanted func(string) bool) (priority string, seen bool) {
	for look := 1; ; look++ {
		if err := (asker{t: t, src: src, patient: true}).findRow(ctx, agent, t.stamp()); err != nil {
			t.cfg.Logger.InfoContext(ctx, "roster: rehearsal not read back", "agent", agent, "error", err)
			return priority, seen
		}
		a, ok := t.Known(agent)
		if !ok {
			return priority, seen
		}
		priority, seen = text(a.Priority), true
		if wanted(priority) || look == rehearsalLooks || !sleep(ctx, max(t.cfg.ReadBackPause, 0)) {
			return priority, seen
		}
	}
}

// leftAs is how the agent was left, by what can be read of it.
func (t *Tenant) leftAs(ctx context.Context, src Source, done Rehearsed) Left {
	plan, late := done.Sent.Plan, (*apiclient.UnreachableError)(nil)
	sent := done.Back.EntryID != "" && done.Back.Result != journal.Refused
	now, seen := t.priorityAfter(ctx, src, plan.Agent.ID, func(now string) bool { return now == plan.PriorityBefore })
	a, _ := t.Known(plan.Agent.ID)
	switch {
	case !sent && (!seen || now != plan.PriorityBefore || !t.readsAtOnce()),
		done.Back.Result == journal.Unknown && seen && now != plan.PriorityBefore:
		return LeftChanged
	case !seen:
		return LeftUnread
	case now != plan.PriorityBefore, errors.As(done.Sent.Cause, &late) && late.Sent:
		return LeftUnseen // or the first write may yet arrive
	case !roster.SameSet(roster.IDs(a.Callin), roster.IDs(plan.Before)):
		return LeftOthers
	}
	return LeftAsBefore
}

func (t *Tenant) readsAtOnce() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.book.ReadsAtOnce()
}

// sawOmitted learns what came of a priority that was left out. That it is as it was is sure
// where reads are known to show a write at once.
func (t *Tenant) sawOmitted(before, then string) string {
	value, sure := "changed", false // or somebody else has set another
	switch then {
	case before:
		value, sure = "kept", t.readsAtOnce()
	case "":
		value, sure = "emptied", true
	}
	t.sawWrite(roster.TraitOmitted, value, sure)
	return value
}

// rehearsedWrite learns from the answer to a rehearsal's write. What failed for a moment, or
// for this agent alone, tells nothing of the API.
func (t *Tenant) rehearsedWrite(in roster.Intent, out roster.Outcome, err error) {
	switch refused := (*apiclient.RefusedError)(nil); {
	case out.EntryID == "":
	case err == nil && out.Cause == nil:
		if !in.Omits {
			t.sawWrite(roster.TraitSame, "accepted", true)
		}
	case !errors.As(err, &refused) || refused.Local || out.Result != journal.Refused:
	case errors.Is(err, apiclient.ErrInsufficientScope):
		t.sawWrite(roster.TraitWrite, "no-scope", true)
	case errors.Is(err, apiclient.ErrNoRoute):
		t.sawWrite(roster.TraitWrite, "no-route", true)
	case errors.Is(err, apiclient.ErrInvalidInput) && !in.Omits:
		t.sawWrite(roster.TraitSame, "refused", false)
	}
}

// maxRehearsals bounds those that are kept; the oldest that is over goes first.
const maxRehearsals = 32

// rehearsals are those of one tenant.
type rehearsals struct {
	mu sync.Mutex
	by []*Rehearsal // the oldest first
}

// add keeps a rehearsal, unless one that asks for the same goes on: that is returned then.
func (l *rehearsals) add(r *Rehearsal, now time.Time) (twin *Rehearsal) {
	l.mu.Lock()
	defer l.mu.Unlock()
	kept := l.by[:0:0]
	for i, other := range l.by {
		other.mu.Lock()
		over := other.overAt
		other.mu.Unlock()
		if over.IsZero() && other.session == r.session && other.Intent.Same(r.Intent) {
			return other
		}
		if over.IsZero() || now.Sub(over) < savingFor && len(l.by)-i < maxRehearsals {
			kept = append(kept, other)
		}
	}
	l.by = append(kept, r)
	return nil
}

func (l *rehearsals) find(id string) *Rehearsal {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range l.by {
		if r.ID == id {
			return r
		}
	}
	return nil
}
