package live

import (
	"context"
	"time"

	"github.com/alohub/agentconsole/roster/belief"
)

// Warm begins to read, in the background, what a save would have to read: somebody
// has begun to edit. The listings of the queues are read, the oldest first, for as
// long as somebody goes on editing, and for all editors of the tenant at once.
func (t *Tenant) Warm(a Access) {
	t.touch()
	if a.Background == nil || t.cfg.EvidenceAge < 0 {
		return
	}
	t.warm.Lock()
	defer t.warm.Unlock()
	t.warm.until = t.cfg.Now().Add(2 * t.cfg.EvidenceAge)
	if t.warm.running {
		return
	}
	t.warm.running = t.owner.spawn(func(ctx context.Context) { t.keepWarm(ctx, a.Background) })
}

// keepWarm reads listings until nobody edits any more.
func (t *Tenant) keepWarm(ctx context.Context, src Source) {
	a := asker{t: t, src: src, patient: true, alone: true}
	tired := make(map[int64]bool) // those whose pages do not join: nothing is known by reading them again
	for t.editing() && ctx.Err() == nil {
		queue, at := t.coldest(tired)
		age := belief.Stamp(t.cfg.Now().UnixNano()) - at
		if wait := t.cfg.EvidenceAge/2 - time.Duration(age); queue == 0 || wait > 0 {
			if !sleep(ctx, min(max(wait, time.Second), t.cfg.EvidenceAge)) {
				break
			}
			continue
		}
		if err := a.readWhole(ctx, queue, 0, nothing); err != nil {
			break // whoever saves will be told
		}
		if _, now := t.coldest(nil); now == at {
			tired[queue] = true
		}
	}
	t.warm.Lock()
	defer t.warm.Unlock()
	t.warm.running = false
}

func (t *Tenant) editing() bool {
	t.warm.Lock()
	defer t.warm.Unlock()
	return t.cfg.Now().Before(t.warm.until)
}

// coldest is the queue whose listing was read the longest time ago, 0 where rows make
// listings pointless.
func (t *Tenant) coldest(but map[int64]bool) (queue int64, at belief.Stamp) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.book.Style.RowsSuffice() {
		return 0, 0
	}
	for _, id := range t.book.Asked() {
		if listed := t.book.ListedAt(id); !but[id] && (queue == 0 || listed < at) {
			queue, at = id, listed
		}
	}
	return queue, at
}
