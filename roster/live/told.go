package live

import (
	"context"
	"encoding/json"
	"fmt"
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

	// Of one that is over:
	Cancelled bool
	Nothing   bool     // it was so already
	Entries   []string `json:",omitempty"` // of what was sent, in the journal; the first is the change

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
	k.Over, k.Alive = found.Over, found.Alive
	return k, nil
}

// Wish tells the console that makes a saving what a person wishes of it.
func (t *Tenant) Wish(ctx context.Context, id string, wish journal.SavingWish) error {
	if t.cfg.Savings == nil {
		return journal.ErrNotFound
	}
	return t.cfg.Savings.WishSaving(ctx, t.scopeNow(), id, wish)
}

// tell tells the other consoles of something that goes on here, from when it has taken a
// while to when done is closed, and has wished told what people ask of it there. The channel
// it returns is closed once the last is told.
func (t *Tenant) tell(ctx context.Context, id string, done <-chan struct{}, state func() Told, wished func(journal.SavingWish)) <-chan struct{} {
	told := make(chan struct{})
	if t.cfg.Savings == nil {
		close(told)
		return told
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
		defer close(told)
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
			if err := note(); err != nil {
				t.cfg.Logger.WarnContext(ctx, "roster: how far a change is was not noted", "error", err)
			}
		}
	}()
	return told
}
