package live

import (
	"context"
	"time"

	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/belief"
)

const (
	// standsFor is how long a trait goes on without the journal being told that it stands.
	standsFor = 10 * time.Minute
	// learnPause is how long a journal that failed is not told anything.
	learnPause = time.Minute
)

// Conduct is what the API has shown of itself through this key.
func (t *Tenant) Conduct() []roster.Trait {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.book.Conduct()
}

// EditCost is how many calls an edit of a callin list makes where rows say it all, and of
// how many queues the filter is asked besides, as far as is known; ok is false before a
// crawl.
func (t *Tenant) EditCost() (calls, queues int, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.book.Crawled || t.book.Len() == 0 {
		return 0, 0, false
	}
	const plain = 3 // the row, the change, the row again
	if t.book.Style.RowsSuffice() {
		return plain, 0, true
	}
	return plain, len(t.book.Asked()), true
}

// sawWrite learns what a write has shown. The next read has it written to the journal.
func (t *Tenant) sawWrite(code roster.TraitCode, value string, sure bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.book.SawWrite(code, value, sure, belief.Stamp(t.cfg.Now().UnixNano()))
}

// sawReadBack learns how soon reads show a write.
func (t *Tenant) sawReadBack(late bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.book.SawReadBack(late, belief.Stamp(t.cfg.Now().UnixNano()))
}

// learn writes to the journal what the answers so far have shown of the API. That it
// shifted is noted there.
func (t *Tenant) learn(ctx context.Context) {
	t.gatherTraits()
	t.noteTraits(ctx)
}

// learnBeside does the same without holding up whoever waits for an answer: the database may
// be far away.
func (t *Tenant) learnBeside(ctx context.Context) {
	if !t.gatherTraits() {
		return
	}
	if !t.owner.spawn(func(base context.Context) { t.noteTraits(t.cfg.Trace.follow(base, ctx)) }) {
		// The snapshot was dropped under somebody who still uses it.
		t.noteTraits(ctx)
	}
}

// gatherTraits lines up what is to be noted, and reports whether there is anything.
func (t *Tenant) gatherTraits() bool {
	now := t.cfg.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	if now.Before(t.learnAt) {
		return false
	}
	traits := t.book.NewConduct(belief.Stamp(now.UnixNano()), belief.Stamp(standsFor))
	t.unnoted = append(t.unnoted, traits...)
	return len(traits) > 0
}

// noteTraits notes what is lined up, in the order in which it was seen: of two values of a
// trait the later one has to stand.
func (t *Tenant) noteTraits(ctx context.Context) {
	t.noting <- struct{}{}
	defer func() { <-t.noting }()
	t.mu.Lock()
	traits := t.unnoted
	t.unnoted = nil
	t.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), journalTimeout)
	defer cancel()
	for i, f := range traits {
		err := t.cfg.Journal.LearnTrait(ctx, t.scopeNow(), journal.Trait{Code: string(f.Code), Value: f.Value, Sure: f.Sure, SeenAt: f.At})
		if err == nil {
			continue
		}
		t.cfg.Logger.WarnContext(ctx, "roster: what the API shows not noted", "error", err)
		t.mu.Lock()
		t.book.ConductNotKept(traits[i:])
		t.learnAt = t.cfg.Now().Add(learnPause)
		t.mu.Unlock()
		return
	}
}
