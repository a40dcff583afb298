package apiclient

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"maps"
	"slices"
	"sync"
	"time"
)

const (
	// mostBudgets bounds the memory that strangers trying keys can take.
	mostBudgets = 1024
	// forgetAfter is how long an unused budget is kept; its limits are learned
	// again with the next answer.
	forgetAfter = 10 * time.Minute
)

// account names a budget without naming its key: a hash under a salt that lives
// as long as the process.
type account [sha256.Size]byte

// ledger keeps a budget for each key and tenant.
type ledger struct {
	now   func() time.Time
	share float64
	lanes []conduct
	salt  []byte

	mu      sync.Mutex
	budgets map[account]*budget
}

func newLedger(now func() time.Time, share float64) *ledger {
	salt := make([]byte, 32)
	_, _ = rand.Read(salt) // never fails: crypto/rand ends the process instead
	return &ledger{now: now, share: share, lanes: lanes(), salt: salt, budgets: make(map[account]*budget)}
}

func (l *ledger) account(creds Credentials) account {
	mac := hmac.New(sha256.New, l.salt)
	mac.Write([]byte(creds.Key.Reveal()))
	mac.Write([]byte{0}) // no key holds a NUL: check refuses it
	mac.Write([]byte(creds.TenantID))
	return account(mac.Sum(nil))
}

// acquire waits for the account's budget. The budget cannot be forgotten
// between this call and the end of the slot.
func (l *ledger) acquire(ctx context.Context, id account, op string, r route, lane Lane) (*slot, error) {
	b := l.open(id)
	release := func() { l.close(b) }
	s, err := b.acquire(ctx, op, r, lane)
	if err != nil {
		release()
		return nil, err
	}
	s.release = release
	return s, nil
}

func (l *ledger) open(id account) *budget {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.budgets[id]
	if b == nil {
		if len(l.budgets) >= mostBudgets {
			l.forget()
		}
		b = newBudget(l.now, l.share, l.lanes)
		l.budgets[id] = b
	}
	b.holders++
	return b
}

func (l *ledger) close(b *budget) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b.holders--
	b.usedAt = l.now()
}

// forget drops what has been idle for long, and the longest idle if need be.
func (l *ledger) forget() {
	now := l.now()
	var (
		oldest   account
		oldestAt time.Time
	)
	for id, b := range l.budgets {
		switch {
		case b.holders > 0:
		case now.Sub(b.usedAt) > forgetAfter:
			delete(l.budgets, id)
		case oldestAt.IsZero() || b.usedAt.Before(oldestAt):
			oldest, oldestAt = id, b.usedAt
		}
	}
	if len(l.budgets) >= mostBudgets && !oldestAt.IsZero() {
		delete(l.budgets, oldest)
	}
}

// accept notes whether the account's key was accepted.
func (l *ledger) accept(id account, yes bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if b := l.budgets[id]; b != nil {
		b.accepted = yes
	}
}

func (l *ledger) isAccepted(id account) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.budgets[id]
	return b != nil && b.accepted
}

func (l *ledger) all() []*budget {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Collect(maps.Values(l.budgets))
}

// peek is the account's budget, nil where it has none yet.
func (l *ledger) peek(id account) *budget {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.budgets[id]
}

func (l *ledger) snapshot(id account) Budget {
	b := l.peek(id)
	if b == nil {
		return Budget{At: l.now()}
	}
	return b.snapshot()
}
