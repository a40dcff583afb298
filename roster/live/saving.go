package live

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
)

// savingFor is how long what came of a saving is kept for somebody to ask.
const savingFor = 15 * time.Minute

// twiceWithin is how long after a verified saving the same one is taken for a form that
// was sent twice.
const twiceWithin = 5 * time.Second

// maxSavings bounds the savings kept; the oldest that is over goes first.
const maxSavings = 256

// Saving is a change that goes on by itself where the limit makes it wait, with the
// values it was asked for. It outlives the request that began it.
type Saving struct {
	ID      string // opaque, of letters and digits
	Intent  roster.Intent
	BegunAt time.Time
	by      roster.Author // who asked for it
	asked   roster.Consent

	cancel context.CancelFunc
	enough chan struct{}
	now    func()
	done   chan struct{}

	telling telling

	mu       sync.Mutex
	ended    bool // a person ended it
	consent  roster.Consent
	progress SavingProgress
	out      roster.Outcome
	err      error
	overAt   time.Time
}

// SavingProgress is how far a saving is.
type SavingProgress struct {
	Read, Total  int       // listings of queues, of those that have to be read
	WaitingUntil time.Time // the limit makes it wait; zero: it does not
	// OldestAt is when the oldest of the listings not read yet was last read, zero
	// where one never was. It is what saving now would rest on.
	OldestAt time.Time
	Sending  bool // the write has left, or is about to
	Now      bool // a person had it go on with what is known
	// Behind is whose change of the same agent it waits for; zero: nobody's.
	Behind journal.Holder
}

// Save begins a change and returns at once. It ends by itself, within Config.Patience:
// ctx only says for whom it is done. A form that is sent twice is one change: the same
// wish, with the same answers, of the same session returns the saving that is under way,
// or was verified a moment ago.
func (t *Tenant) Save(ctx context.Context, src Source, in roster.Intent, by roster.Author, consent roster.Consent) *Saving {
	t.touch()
	now := t.cfg.Now()
	s := &Saving{
		ID: rand.Text(), Intent: in, BegunAt: now.UTC(), by: by, asked: consent,
		enough: make(chan struct{}), done: make(chan struct{}), consent: consent, telling: newTelling(),
	}
	s.now = sync.OnceFunc(func() { close(s.enough) })
	if twin := t.savings.add(s, now, t.showsStill); twin != nil {
		return twin
	}
	t.goOn(ctx, func(ctx context.Context, cancel context.CancelFunc) {
		s.mu.Lock()
		s.cancel = cancel
		s.mu.Unlock()
		r := t.reading(asker{t: t, src: src, patient: true, waits: func(until time.Time) {
			s.note(func(p *SavingProgress) { p.WaitingUntil = until })
		}}, in.Agent, in.Type)
		r.enough = s.enough
		r.shown = func() bool { return t.cfg.Now().Sub(s.BegunAt) >= tellAfter }
		r.behind = func(who journal.Holder) { s.note(func(p *SavingProgress) { p.Behind = who }) }
		r.progress = func(done, total int, oldest time.Time) {
			s.note(func(p *SavingProgress) { p.Read, p.Total, p.OldestAt = done, total, oldest })
		}
		t.tell(ctx, s.telling, s.ID, s.done, func() Told { return s.told(t.cfg.Describe) }, s.wished)
		out, err := t.change(ctx, r, in, by, func() roster.Consent {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.progress.Sending = true
			return s.consent
		})
		s.mu.Lock()
		s.out, s.err, s.overAt = out, err, t.cfg.Now()
		s.mu.Unlock()
		close(s.done)
		<-s.telling.ended
	})
	return s
}

// told is the saving as the other consoles are told of it.
func (s *Saving) told(describe func(error) json.RawMessage) Told {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := Told{
		Intent: s.Intent, BegunAt: s.BegunAt, Progress: s.progress, Over: !s.overAt.IsZero(), EndedAt: s.overAt.UTC(),
		By: roster.Author{Session: s.by.Session, Operator: s.by.Operator},
	}
	if !k.Over {
		return k
	}
	var conflict *roster.ConflictError
	var confirm *roster.ConfirmError
	k.Nothing, k.Caused, k.Applied = s.err == nil && s.out.Nothing, s.out.Cause != nil, s.out.Applied
	if s.out.EntryID != "" {
		k.Entries = []string{s.out.EntryID}
	}
	switch cause := cmp.Or(s.out.Cause, s.err); {
	case cause == nil:
	case s.out.EntryID == "" && errors.Is(s.err, context.Canceled):
		k.Cancelled, k.Stopped = s.ended, !s.ended
	case errors.As(s.err, &confirm), errors.As(s.err, &conflict) && s.Intent.Verb == roster.Edit:
		k.Asked = true
	case describe != nil:
		k.Problem = describe(cause)
	}
	return k
}

// Told is closed once the other consoles were told of the saving, or that failed.
func (s *Saving) Told() <-chan struct{} { return s.telling.begun }

// By is who asked for it.
func (s *Saving) By() roster.Author { return s.by }

// wished does what a person asked of it at another console.
func (s *Saving) wished(wish journal.SavingWish) {
	switch wish {
	case journal.WishNow:
		s.Now()
	case journal.WishCancel:
		s.Cancel()
	}
}

// goOn has something run that outlives the request which began it, within Config.Patience;
// ctx only says for whom.
func (t *Tenant) goOn(ctx context.Context, do func(ctx context.Context, cancel context.CancelFunc)) {
	run := func(base context.Context) {
		ctx, cancel := context.WithTimeout(t.cfg.Trace.follow(base, ctx), t.cfg.Patience)
		defer cancel()
		do(ctx, cancel)
	}
	if !t.owner.spawn(run) {
		// The snapshot was dropped under somebody who still uses it: nobody would end
		// a goroutine, so it runs here, and does not wait for long.
		ctx, cancel := context.WithTimeout(context.Background(), t.cfg.WriteTimeout)
		defer cancel()
		run(ctx)
	}
}

// Saving returns a saving that was begun here, nil where there is none of that id.
func (t *Tenant) Saving(id string) *Saving { return t.savings.find(id) }

// Done is closed when the saving is over.
func (s *Saving) Done() <-chan struct{} { return s.done }

// Result is what came of a saving that is over, as Change returns it.
func (s *Saving) Result() (roster.Outcome, error) {
	<-s.done
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out, s.err
}

// Progress is how far the saving is.
func (s *Saving) Progress() SavingProgress {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.progress
}

// Now has the saving go on with what is known of the queues that it is not about. The
// person was shown how old that is.
func (s *Saving) Now() {
	s.mu.Lock()
	s.consent.Unread, s.progress.Now = true, true
	s.mu.Unlock()
	s.now()
}

// Cancel ends the saving, unless the write has left.
func (s *Saving) Cancel() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cancel != nil && !s.progress.Sending {
		s.ended = true
		s.cancel()
	}
}

func (s *Saving) note(change func(*SavingProgress)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.progress)
}

// repeats reports whether a saving asks for just what another did.
func (s *Saving) repeats(other *Saving) bool {
	return s.by.Session != "" && s.by.Session == other.by.Session && s.Intent.Same(other.Intent) &&
		s.asked.Given == other.asked.Given && s.asked.Unread == other.asked.Unread && slices.Equal(s.asked.To, other.asked.To)
}

// stands reports whether a saving is under way, or was verified so lately that asking
// for it again is one press too many, for nothing read since shows another list. Anything
// else may be asked for again at once.
func (s *Saving) stands(now time.Time, still func(roster.Plan) bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.overAt.IsZero() || s.err == nil && s.out.Result == journal.Verified && now.Sub(s.overAt) < twiceWithin && still(s.out.Plan)
}

// showsStill reports whether what is known of a list is what a plan made it.
func (t *Tenant) showsStill(p roster.Plan) bool {
	a, ok := t.Known(p.Agent.ID)
	if !ok || p.Intent.Verb == roster.Record {
		return ok
	}
	list := a.Callin
	if p.Type() == apiclient.Callout {
		list = a.Callout
	}
	return roster.SameSet(roster.IDs(list), p.After)
}

func (s *Saving) over(now time.Time) (is, old bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.overAt.IsZero(), !s.overAt.IsZero() && now.Sub(s.overAt) > savingFor
}

// savings are those of one tenant.
type savings struct {
	mu sync.Mutex
	by []*Saving // the oldest first
}

// add keeps a saving, unless it is one that is kept already: that is returned then.
func (l *savings) add(s *Saving, now time.Time, still func(roster.Plan) bool) (twin *Saving) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, other := range slices.Backward(l.by) {
		if other.Intent.Agent != s.Intent.Agent || other.Intent.Type != s.Intent.Type {
			continue
		}
		if s.repeats(other) && other.stands(now, still) {
			return other
		}
		break // something else was asked for since
	}
	kept := l.by[:0]
	for i, other := range l.by {
		is, old := other.over(now)
		if old || is && len(l.by)-i > maxSavings {
			continue
		}
		kept = append(kept, other)
	}
	clear(l.by[len(kept):])
	l.by = append(kept, s)
	return nil
}

func (l *savings) find(id string) *Saving {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range l.by {
		if s.ID == id {
			return s
		}
	}
	return nil
}
