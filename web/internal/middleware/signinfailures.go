package middleware

import (
	"net/netip"
	"sync"
	"time"
)

// SignInFailuresConfig bounds failed sign-ins. Zero fields take the default in
// brackets.
type SignInFailuresConfig struct {
	PerKey     int              // tries of one refused key from one address per window (10)
	PerClient  int              // refused keys of one address per window before it goes last (10)
	PerProcess int              // refused keys of all addresses at once (300)
	Reserve    int              // of PerProcess, for addresses below PerClient (a third)
	Refill     time.Duration    // in which one of PerProcess comes back (1s)
	Window     time.Duration    // (5m)
	Remembered int              // how many of each, keys and addresses, are remembered (10,000)
	Now        func() time.Time // (time.Now)
}

// SignInFailures counts sign-ins that the upstream refused, so that the console is no
// place to try keys at. It counts by key and address: a key that was refused is known
// from then on, and trying it again costs nobody else anything. All keys that are not
// known yet share one brake, whatever address they come from; addresses that did not
// yet send many wrong ones may use it further down. A key that was good here passes it.
//
// Keys are told apart by fingerprints that the caller makes, of key, environment and
// tenant together. Safe for concurrent use; its memory is bounded.
type SignInFailures struct {
	cfg SignInFailuresConfig

	mu      sync.Mutex
	brake   bucket
	refused *recent[try, tried]
	clients *recent[string, tally]
	good    *recent[string, struct{}]
}

// try names a key at an address.
type try struct{ client, fingerprint string }

// tried is what came of a key at an address.
type tried struct {
	again  bucket    // tries left, once it was refused
	failed time.Time // when it last was; zero: never
	held   int       // of the brake, by tries under way
}

// tally is one address: keys refused since a time.
type tally struct {
	since  time.Time
	failed int
}

// NewSignInFailures returns a counter without failures.
func NewSignInFailures(cfg SignInFailuresConfig) *SignInFailures {
	if cfg.PerKey <= 0 {
		cfg.PerKey = 10
	}
	if cfg.PerClient <= 0 {
		cfg.PerClient = 10
	}
	if cfg.PerProcess <= 0 {
		cfg.PerProcess = 300
	}
	if cfg.Reserve <= 0 {
		cfg.Reserve = cfg.PerProcess / 3
	}
	if cfg.Refill <= 0 {
		cfg.Refill = time.Second
	}
	if cfg.Window <= 0 {
		cfg.Window = 5 * time.Minute
	}
	if cfg.Remembered <= 0 {
		cfg.Remembered = 10_000
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &SignInFailures{
		cfg:     cfg,
		brake:   bucket{size: cfg.PerProcess, refill: cfg.Refill},
		refused: newRecent[try, tried](cfg.Remembered),
		clients: newRecent[string, tally](cfg.Remembered),
		good:    newRecent[string, struct{}](cfg.Remembered),
	}
}

// Allow reports whether the key of that fingerprint may be tried from that address, and
// if not, after how long (at least one second). Each true is to be followed by Failed
// or Succeeded, or by Undecided where the key could not be tried.
func (f *SignInFailures) Allow(ip, fingerprint string) (ok bool, retryAfter time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now, client := f.cfg.Now(), clientKey(ip)
	id := try{client: client, fingerprint: fingerprint}
	if key, there := f.refused.find(id); there && f.known(key, now) {
		if wait := key.again.take(now, 0); wait > 0 {
			return false, max(wait, time.Second)
		}
		return true, 0
	}
	if _, there := f.good.find(fingerprint); there {
		return true, 0
	}
	keep := 0
	if of, there := f.clients.find(client); there && now.Sub(of.since) < f.cfg.Window && of.failed >= f.cfg.PerClient {
		keep = f.cfg.Reserve
	}
	// Held from now on, or a burst would slip through before the first one failed.
	if wait := f.brake.take(now, keep); wait > 0 {
		return false, max(wait, time.Second)
	}
	f.refused.at(id).held++
	return true, 0
}

// Failed counts a key that the upstream refused.
func (f *SignInFailures) Failed(ip, fingerprint string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now, client := f.cfg.Now(), clientKey(ip)
	f.good.drop(fingerprint)
	key := f.refused.at(try{client: client, fingerprint: fingerprint})
	held := key.held > 0
	if held {
		key.held--
	}
	if f.known(key, now) {
		if held { // another try of it was faster
			f.brake.give()
		}
		key.failed = now
		return
	}
	key.failed = now
	key.again = bucket{size: f.cfg.PerKey, refill: f.cfg.Window / time.Duration(f.cfg.PerKey)}
	key.again.take(now, 0)
	of := f.clients.at(client)
	if of.failed == 0 || now.Sub(of.since) >= f.cfg.Window {
		*of = tally{since: now}
	}
	of.failed++
}

// Succeeded notes a key that the upstream accepted.
func (f *SignInFailures) Succeeded(ip, fingerprint string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	id := try{client: clientKey(ip), fingerprint: fingerprint}
	f.release(id)
	f.refused.drop(id)
	f.good.at(fingerprint)
}

// Undecided takes back a try that told nothing of the key: the upstream could not be
// asked. An outage must not lock people out.
func (f *SignInFailures) Undecided(ip, fingerprint string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	id := try{client: clientKey(ip), fingerprint: fingerprint}
	if key, there := f.refused.find(id); there && f.known(key, f.cfg.Now()) && key.held == 0 {
		key.again.give()
		return
	}
	f.release(id)
}

// release gives back what a try holds of the brake.
func (f *SignInFailures) release(id try) {
	key, there := f.refused.find(id)
	if !there || key.held == 0 {
		return
	}
	key.held--
	f.brake.give()
	if key.held == 0 && key.failed.IsZero() {
		f.refused.drop(id)
	}
}

// known reports whether the key was refused not long ago.
func (f *SignInFailures) known(key *tried, now time.Time) bool {
	return !key.failed.IsZero() && now.Sub(key.failed) < f.cfg.Window
}

// bucket holds size tokens, and gets back one every refill.
type bucket struct {
	size   int
	refill time.Duration

	used int       // tokens that are out
	last time.Time // when the one that comes back next began to
}

// take takes one, if more than keep are there. Otherwise it takes none and returns how
// long until that will be so.
func (b *bucket) take(now time.Time, keep int) time.Duration {
	if b.used > 0 {
		back := min(int(now.Sub(b.last)/b.refill), b.used)
		if back > 0 {
			b.used -= back
			b.last = b.last.Add(time.Duration(back) * b.refill)
		}
	}
	if b.used == 0 {
		b.last = now
	}
	if missing := b.used - (b.size - keep - 1); missing > 0 {
		return b.last.Add(time.Duration(missing) * b.refill).Sub(now)
	}
	b.used++
	return 0
}

// give puts one back.
func (b *bucket) give() { b.used = max(b.used-1, 0) }

// clientKey is the address, or for IPv6 its /64 network: a single machine owns
// all addresses of that.
func clientKey(ip string) string {
	addr, err := netip.ParseAddr(ip)
	if err != nil || addr.Unmap().Is4() {
		return ip
	}
	prefix, err := addr.WithZone("").Prefix(64)
	if err != nil {
		return ip
	}
	return prefix.String()
}
