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

// ledger keeps a budget for each tenant, or key of an unknown one.
type ledger struct {
	now   func() time.Time
	share float64
	lanes []conduct
	salt  []byte

	mu      sync.Mutex
	budgets map[account]*budget
	// accepted are the accounts whose key an answer has accepted since it was last refused.
	accepted map[account]bool
}

func newLedger(now func() time.Time, share float64) *ledger {
	salt := make([]byte, 32)
	_, _ = rand.Read(salt) // never fails: crypto/rand ends the process instead
	return &ledger{now: now, share: share, lanes: lanes(), salt: salt, budgets: make(map[account]*budget), accepted: make(map[account]bool)}
}

func (l *ledger) account(creds Credentials) account {
	return l.hash(creds.Key.Reveal(), creds.TenantID)
}

// purse names the budget of all keys of a tenant, or of the one key where no tenant is
// known.
func (l *ledger) purse(creds Credentials) account {
	if creds.Tenant == "" {
		return l.account(creds)
	}
	return l.hash("", creds.Tenant) // no key is empty
}

func (l *ledger) hash(key, tenant string) account {
	mac := hmac.New(sha256.New, l.salt)
	mac.Write([]byte(key))
	mac.Write([]byte{0}) // no key holds a NUL: check refuses it
	mac.Write([]byte(tenant))
	return account(mac.Sum(nil))
}

// acquire waits for a call of the account in the purse's budget. The budget cannot be
// forgotten between this call and the end of the slot.
func (l *ledger) acquire(ctx context.Context, purse, id account, op string, r route, lane Lane) (*slot, error) {
	b := l.open(purse, id)
	release := func() { l.close(b) }
	s, err := b.acquire(ctx, id, op, r, lane)
	if err != nil {
		release()
		return nil, err
	}
	s.release = release
	return s, nil
}

// open takes a purse's budget. A tenant's begins as that of the account which found out whose
// it is: what the answer to its first call told of the limits is known already.
func (l *ledger) open(purse, id account) *budget {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.budgets[purse]
	if b == nil {
		if len(l.budgets) >= mostBudgets {
			l.forget()
		}
		if b = l.budgets[id]; b == nil {
			b = newBudget(l.now, l.share, l.lanes)
		}
		l.budgets[purse] = b
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
	if !yes {
		delete(l.accepted, id)
		return
	}
	if len(l.accepted) >= mostBudgets {
		clear(l.accepted) // each is noted again with its next answer
	}
	l.accepted[id] = true
}

func (l *ledger) isAccepted(id account) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.accepted[id]
}

func (l *ledger) all() []*budget {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Collect(maps.Values(l.budgets))
}

// peek is the purse's budget, nil where it has none yet.
func (l *ledger) peek(purse account) *budget {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.budgets[purse]
}

func (l *ledger) snapshot(purse, id account) Budget {
	b := l.peek(purse)
	if b == nil {
		return Budget{At: l.now()}
	}
	return b.snapshot(&id)
}
