package live

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
)

const (
	// tellAfter is how long a saving goes on before the other consoles are told of it: less
	// than anybody waits to be shown how far it is.
	tellAfter = 1500 * time.Millisecond
	tellEvery = time.Second
	// tellWithin bounds one telling: a database that does not answer holds up no saving.
	tellWithin = 2500 * time.Millisecond
	// lastTries is how often the last note is tried.
	lastTries = 60
)

// Told is a saving, or a rehearsal, as the database has it: another console makes it, or
// made it.
type Told struct {
	Intent   roster.Intent
	BegunAt  time.Time
	Progress SavingProgress
	// Alive: it is over, or its console is at it.
	Alive bool `json:"-"`
	Over  bool

	Wish journal.SavingWish `json:"-"` // what was asked of its console, and not told yet to be done

	By roster.Author // who asked for it: the session, and the name they gave

	// Of one that is over:
	EndedAt   time.Time
	Cancelled bool            // by a person
	Stopped   bool            // with its console, before anything was sent
	Nothing   bool            // it was so already
	Asked     bool            // it ended in a question, or a conflict
	Entries   []string        `json:",omitempty"` // of what was sent, in the journal; the first is the change
	Caused    bool            // what was sent had no usable answer
	Applied   roster.Applied  `json:",omitempty"`
	Problem   json.RawMessage `json:",omitempty"` // Config.Describe of what went wrong

	// Of a rehearsal:
	PuttingBack bool   `json:",omitempty"`
	Left        Left   `json:",omitempty"`
	Omitted     string `json:",omitempty"`
	Taken       bool   `json:",omitempty"` // the API took the write
	Priority    string `json:",omitempty"` // before it
}

// Told returns a saving or rehearsal that is not known here, or journal.ErrNotFound.
func (t *Tenant) Told(ctx context.Context, id string) (k Told, err error) {
	if t.cfg.Savings == nil {
		return k, journal.ErrNotFound
	}
	found, err := t.cfg.Savings.FindSaving(ctx, t.scopeNow(), id)
	if err != nil {
		return k, err
	}
	if err := json.Unmarshal(found.State, &k); err != nil {
		return k, fmt.Errorf("%w: a saving of another console: %w", journal.ErrUnavailable, err)
	}
	k.Over, k.Alive, k.Wish = found.Over, found.Alive, found.Wish
	return k, nil
}

// Wish tells the console that makes a saving what a person wishes of it.
func (t *Tenant) Wish(ctx context.Context, id string, wish journal.SavingWish) error {
	if t.cfg.Savings == nil {
		return journal.ErrNotFound
	}
	return t.cfg.Savings.WishSaving(ctx, t.scopeNow(), id, wish)
}

// telling is how far the other consoles were told of something.
type telling struct {
	begun chan struct{} // closed once it was tried for the first time, or need not be
	ended chan struct{} // closed once the last is told
}

func newTelling() telling { return telling{begun: make(chan struct{}), ended: make(chan struct{})} }

// tell tells the other consoles of something that goes on here, from when it has taken a
// while to when done is closed, and has wished told what people ask of it there.
func (t *Tenant) tell(ctx context.Context, told telling, id string, done <-chan struct{}, state func() Told, wished func(journal.SavingWish)) {
	if t.cfg.Savings == nil {
		close(told.begun)
		close(told.ended)
		return
	}
	ctx = context.WithoutCancel(ctx)
	note := func() error {
		ctx, cancel := context.WithTimeout(ctx, tellWithin)
		defer cancel()
		k := state()
		doc, err := json.Marshal(k)
		if err != nil {
			return err
		}
		wish, err := t.cfg.Savings.NoteSaving(ctx, t.scopeNow(), journal.Saving{ID: id, State: doc, Over: k.Over})
		if err == nil {
			wished(wish)
		}
		return err
	}
	go func() {
		defer close(told.ended)
		begin := sync.OnceFunc(func() { close(told.begun) })
		defer begin()
		timer := time.NewTimer(tellAfter)
		defer timer.Stop()
		begun := false
		for over := false; !over; {
			select {
			case <-done:
				over = true
			case <-timer.C:
				timer.Reset(tellEvery)
			}
			if over && !begun {
				return // nobody was shown how far it is
			}
			begun = true
			err := note()
			begin()
			for tries := 1; err != nil && over && tries < lastTries && sleep(t.owner.base, tellEvery); tries++ {
				err = note() // nobody else can tell that it has ended
			}
			if err != nil {
				t.cfg.Logger.WarnContext(ctx, "roster: how far a change is was not noted", "error", err)
			}
		}
	}()
}
