package live

import (
	"context"
	"fmt"
	"hash/maphash"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/belief"
	"github.com/alohub/agentconsole/roster/directory"
)

// Tenant is what is known of one tenant through one key. It is safe for
// concurrent use; readers never wait for a crawl.
type Tenant struct {
	cfg   *Config
	locks *locks
	owner *owner
	seed  maphash.Seed

	sessions map[string]struct{} // guarded by Roster.mu
	holds    int                 // likewise
	used     atomic.Int64        // Unix nanoseconds of the last use

	scope atomic.Pointer[journal.Scope]

	// mu guards what follows. It is held for moments only, never during a call.
	mu       sync.Mutex
	book     *belief.Book
	recalled journal.Scope  // whose queue names were read from the journal
	learnAt  time.Time      // not before then is what was learned written, the journal having failed
	unnoted  []roster.Trait // what was learned and is to be written

	noting chan struct{} // full while that is written: one after the other

	kept kept

	snapshot atomic.Pointer[versioned]

	flights struct {
		sync.Mutex
		on map[course]*flight
	}
	crawl      crawl
	savings    savings
	rehearsals rehearsals
	switches   singleflight.Group // of recording, by session, agent and direction
	answered   answered
	warm       struct {
		sync.Mutex
		until   time.Time // somebody edits, as far as is known
		running bool
	}
}

// versioned is a snapshot and the version of the book that it is of.
type versioned struct {
	*directory.Snapshot
	version uint64
}

func (t *Tenant) touch() { t.used.Store(t.cfg.Now().UnixNano()) }

func (t *Tenant) setScope(s journal.Scope) {
	if old := t.scope.Load(); old == nil || *old != s {
		t.scope.Store(&s)
	}
}

func (t *Tenant) scopeNow() journal.Scope {
	if s := t.scope.Load(); s != nil {
		return *s
	}
	return journal.Scope{}
}

// own reports whether the rows of q are of the key's own tenant, as far as can be
// told: a team_id names another one, whose extensions mean other agents.
func (t *Tenant) own(q apiclient.AgentQuery) bool {
	return q.TeamID == "" || q.TeamID == t.scopeNow().Tenant
}

// stamp returns the present moment, later than any it has returned before.
func (t *Tenant) stamp() belief.Stamp {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.book.Stamp(t.cfg.Now())
}

// record returns what is believed of an agent, nil where nothing is.
func (t *Tenant) record(id string) *belief.Record {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.book.Record(id)
}

// style is how the API reports the tenant.
func (t *Tenant) style() belief.Style {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.book.Style
}

// missing returns the known queues of which nothing was read since then that says
// whether the agent is in them.
func (t *Tenant) missing(id string, since belief.Since) []int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := t.book.Record(id)
	if r == nil {
		return nil
	}
	return t.book.Missing(r, since)
}

// Known returns what the snapshot has of an agent.
func (t *Tenant) Known(id string) (roster.Agent, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := t.book.Record(id)
	if r == nil {
		return roster.Agent{}, false
	}
	return t.book.Agent(r), true
}

// AgentName returns an agent's name, "" where none was ever seen.
func (t *Tenant) AgentName(id string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if r := t.book.Record(id); r != nil {
		return r.Name
	}
	return ""
}

// QueueName returns a queue's name, "" where none was ever seen.
func (t *Tenant) QueueName(typ apiclient.QueueType, id int64) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.book.Name(typ, id)
}

// ShowsRecording reports whether any row has carried isRecord.
func (t *Tenant) ShowsRecording() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.book.RecordingShown
}

// HidesQueues reports whether callin queues beyond the one a row shows can be seen by
// nobody here: a crawl has been through, and neither a row nor the filter ever showed a
// second one. It is so for the tenant as a whole.
func (t *Tenant) HidesQueues() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.book.Crawled && t.book.Len() > 0 && t.book.CanHide(apiclient.Callin)
}

// now is the snapshot as of now. It is made when somebody asks and the book has
// changed since.
func (t *Tenant) now() *directory.Snapshot {
	t.mu.Lock()
	defer t.mu.Unlock()
	last, version := t.snapshot.Load(), t.book.Version
	if last != nil && last.version == version {
		return last.Snapshot
	}
	var before *directory.Snapshot
	if last != nil {
		before = last.Snapshot
	}
	facts, records := t.book.Snapshot()
	next := &versioned{directory.Next(before, facts, records), version}
	t.snapshot.Store(next)
	return next.Snapshot
}

// Search finds agents in the snapshot. It calls nothing and never waits.
func (t *Tenant) Search(q roster.Query) roster.Result {
	t.touch()
	return t.now().Search(q)
}

// Matching returns the extensions of all agents of the snapshot that match, in
// order; Page and Size are ignored.
func (t *Tenant) Matching(q roster.Query) []string {
	t.touch()
	return t.now().Matching(q)
}

// Count is how many agents match; -1 where no crawl has come to its end.
func (t *Tenant) Count(q roster.Query) int {
	s := t.now()
	if !s.Crawled() {
		return -1
	}
	return s.Count(q)
}

// Queues returns all known queues of a type, by id.
func (t *Tenant) Queues(typ apiclient.QueueType) []roster.Queue {
	t.touch()
	return t.now().Queues(typ)
}

// FindQueues returns the known queues of a type that a query selects, and how many they
// are on all pages.
func (t *Tenant) FindQueues(typ apiclient.QueueType, q roster.QueueQuery) (page []roster.Queue, total int) {
	t.touch()
	return t.now().FindQueues(typ, q)
}

// Outside returns agents who may join a queue: see directory.Snapshot.
func (t *Tenant) Outside(typ apiclient.QueueType, id int64, text string, most int) []roster.Agent {
	return t.now().Outside(typ, id, text, most)
}

// Queue returns one known queue.
func (t *Tenant) Queue(typ apiclient.QueueType, id int64) (roster.Queue, bool) {
	t.touch()
	return t.now().Queue(typ, id)
}

// SwitchRecording is Change for recording. What is pressed twice at once is sent once, and
// both are told what came of it.
func (t *Tenant) SwitchRecording(ctx context.Context, src Source, agent string, on bool, by roster.Author) (roster.Outcome, error) {
	type answer struct {
		out roster.Outcome
		err error
	}
	change := func() (roster.Outcome, error) {
		return t.Change(ctx, src, roster.RecordingIntent(agent, on), by, roster.Consent{})
	}
	if by.Session == "" {
		return change()
	}
	key := fmt.Sprintf("%s %s %t", by.Session, agent, on)
	came, _, _ := t.switches.Do(key, func() (any, error) {
		out, err := change()
		return answer{out, err}, nil
	})
	a, _ := came.(answer)
	return a.out, a.err
}

// QueuesNamed finds the known queues of that name: see directory.Snapshot.
func (t *Tenant) QueuesNamed(typ apiclient.QueueType, name string) []roster.Queue {
	return t.now().QueuesNamed(typ, name)
}

// ExtensionLike is the known extension that a text is but for lost zeros, "" for none.
func (t *Tenant) ExtensionLike(text string) string { return t.now().ExtensionLike(text) }

// PeopleNamed are the extensions of the agents of that name: see directory.Snapshot.
func (t *Tenant) PeopleNamed(name string) []string { return t.now().PeopleNamed(name) }

// QueuesLike finds the known queues that somebody may have meant.
func (t *Tenant) QueuesLike(typ apiclient.QueueType, text string) []roster.Queue {
	return t.now().QueuesLike(typ, text)
}

func queueType(kind journal.Kind) apiclient.QueueType {
	if kind == journal.Callout {
		return apiclient.Callout
	}
	return apiclient.Callin
}
