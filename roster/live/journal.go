package live

import (
	"context"
	"time"

	"github.com/alohub/agentconsole/journal"
)

// Journal is what a Roster needs of the journal. Its methods are those of
// journal.Store.
type Journal interface {
	Intend(ctx context.Context, e journal.Entry) (id string, err error)
	Settle(ctx context.Context, id string, s journal.Settlement) error
	List(ctx context.Context, f journal.Filter) (entries []journal.Entry, more bool, err error)
	Unsettled(ctx context.Context, scope journal.Scope, agent string) ([]journal.Entry, error)
	Lock(ctx context.Context, scope journal.Scope, agent string, by journal.Holder, waits func(journal.Holder)) (held context.Context, release func(), err error)
	RememberQueues(ctx context.Context, scope journal.Scope, kind journal.Kind, names map[int64]string) error
	QueueNames(ctx context.Context, scope journal.Scope, kind journal.Kind) (map[int64]string, error)
	KeepKnownQueues(ctx context.Context, scope journal.Scope, known journal.KnownQueues) error
	KnownQueues(ctx context.Context, scope journal.Scope) (journal.KnownQueues, error)
	LearnTrait(ctx context.Context, scope journal.Scope, f journal.Trait) error
}

// journalTimeout bounds what is asked of the journal on the side.
const journalTimeout = 5 * time.Second

// recall reads what is remembered of the tenant's queues.
func (t *Tenant) recall(ctx context.Context) {
	t.recallNames(ctx)
	t.recallKept(ctx)
}

// recallNames reads the queues remembered from before, once per scope: a queue nobody
// shows any more is still one to gather evidence of.
func (t *Tenant) recallNames(ctx context.Context) {
	scope := t.scopeNow()
	t.mu.Lock()
	done := t.recalled == scope
	t.mu.Unlock()
	if done {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, journalTimeout)
	defer cancel()
	names := make(map[journal.Kind]map[int64]string, 2)
	for _, kind := range [...]journal.Kind{journal.Callin, journal.Callout} {
		found, err := t.cfg.Journal.QueueNames(ctx, scope, kind)
		if err != nil {
			t.cfg.Logger.WarnContext(ctx, "roster: queue names not recalled", "error", err)
			return
		}
		names[kind] = found
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for kind, found := range names {
		t.book.Recall(queueType(kind), found)
	}
	t.recalled = scope
}

// rememberNames writes new queue names to the journal. A queue without a name is
// remembered too: its id is what a hidden membership is found by.
func (t *Tenant) rememberNames(ctx context.Context) {
	t.mu.Lock()
	callin, callout, some := t.book.NewNames()
	t.mu.Unlock()
	if !some {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), journalTimeout)
	defer cancel()
	scope := t.scopeNow()
	err := t.cfg.Journal.RememberQueues(ctx, scope, journal.Callin, callin)
	if err == nil {
		err = t.cfg.Journal.RememberQueues(ctx, scope, journal.Callout, callout)
	}
	if err != nil {
		t.cfg.Logger.WarnContext(ctx, "roster: queue names not remembered", "error", err)
		t.mu.Lock()
		t.book.NamesNotKept()
		t.mu.Unlock()
	}
}
