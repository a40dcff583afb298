package live

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/alohub/agentconsole/journal"
)

// MaxKnownQueues bounds the list of queue ids that is kept for a tenant: where rows do
// not show all, each id is a call that a save may have to make.
const MaxKnownQueues = 500

// keptFor is how long the list is taken for what the journal has: another console, or
// another key of the tenant, may have changed it.
const keptFor = 5 * time.Second

// kept is the list of queue ids that an administrator keeps, as it was last read. Its
// lock is held during a call to the journal, for what was read before a change must not
// be entered after it.
type kept struct {
	sync.Mutex
	scope journal.Scope
	ids   []int64
	tried time.Time // when it was last asked for
}

// KnownQueues returns the callin queue ids that an administrator keeps for the tenant,
// as the journal has them now. The error wraps journal.ErrUnavailable.
func (t *Tenant) KnownQueues(ctx context.Context) (journal.KnownQueues, error) {
	t.touch()
	t.kept.Lock()
	defer t.kept.Unlock()
	return t.readKept(ctx, t.scopeNow())
}

// KeepKnownQueues makes a list of callin queue ids the one that is kept for the tenant,
// and has the filter asked about them. The error wraps journal.ErrUnavailable; the list
// before then stays.
func (t *Tenant) KeepKnownQueues(ctx context.Context, a Access, known journal.KnownQueues) error {
	t.touch()
	if err := t.keep(ctx, known); err != nil {
		return err
	}
	t.Refresh(a) // who is in them is known once they have been asked about
	return nil
}

func (t *Tenant) keep(ctx context.Context, known journal.KnownQueues) error {
	t.kept.Lock()
	defer t.kept.Unlock()
	scope := t.scopeNow()
	if err := t.cfg.Journal.KeepKnownQueues(ctx, scope, known); err != nil {
		return err
	}
	t.enterKept(scope, known.IDs)
	return nil
}

// recallKept reads the list where it was not read a moment ago.
func (t *Tenant) recallKept(ctx context.Context) {
	t.kept.Lock()
	defer t.kept.Unlock()
	scope := t.scopeNow()
	if t.kept.scope == scope && t.cfg.Now().Sub(t.kept.tried) < keptFor {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, journalTimeout)
	defer cancel()
	if _, err := t.readKept(ctx, scope); err != nil {
		t.cfg.Logger.WarnContext(ctx, "roster: known queues not recalled", "error", err)
	}
}

// readKept reads the list and enters it; the lock is held. Where that fails, what was
// read before goes on, unless it was of another scope.
func (t *Tenant) readKept(ctx context.Context, scope journal.Scope) (journal.KnownQueues, error) {
	known, err := t.cfg.Journal.KnownQueues(ctx, scope)
	switch {
	case err == nil:
		t.enterKept(scope, known.IDs)
	case t.kept.scope == scope:
		t.kept.tried = t.cfg.Now()
	default:
		t.enterKept(scope, nil)
	}
	return known, err
}

func (t *Tenant) enterKept(scope journal.Scope, ids []int64) {
	same := t.kept.scope == scope && slices.Equal(t.kept.ids, ids)
	t.kept.scope, t.kept.ids, t.kept.tried = scope, slices.Clone(ids), t.cfg.Now()
	if same {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.book.Keep(ids)
}

// KnownQueueIDs are the ids that the filter is asked about, whether or not anybody is known
// to be in them.
func (t *Tenant) KnownQueueIDs() []int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.book.Asked()
}
