package live_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/live"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// style is how the fake upstream shows an agent of several queues.
type style int

const (
	firstOnly style = iota
	joined
	rowPerQueue
	styles
)

// person is the true state of one agent.
type person struct {
	id         string
	name       string
	callin     []int64
	callout    []int64
	priority   string
	status     int
	system     string
	user       string
	record     *bool
	unreadable bool // the row's queue id is no number
	guard      bool // the other administrator leaves them alone
}

// upstream is the fake API: in memory, without HTTP, quick enough for thousands of
// cases. The sandbox is used for the rest.
type upstream struct {
	mu     sync.Mutex
	people []*person
	cap    int // rows per page at most
	style  func(call int) style
	shown  bool // queue_id matches only what a row shows
	stuck  bool // every page is the first one
	// byQueue sorts rows by queue, so that one agent's are not side by side.
	byQueue bool
	// alone is the style of one agent's rows where it differs from the others'.
	alone  map[string]style
	total  func(rows int) int // nil: the truth
	names  func(queue int64) string
	tenant int64

	// order sorts rows otherwise than by agent.
	order func(rows []apiclient.AgentRow)
	// calloutAll: rows show every callout queue, not one.
	calloutAll bool
	seen       func() []*person // what reads show; nil: the truth

	before func(call int, write bool) // with no lock held, before a call is carried out
	answer func(call int, write bool) error
	// takes is how long a read is on its way; nil: no time.
	takes   func(q apiclient.AgentQuery) time.Duration
	trim    func(page *apiclient.AgentPage) // cuts an answer short
	ignores func() bool                     // a yes without effect
	carried func()                          // told, with the lock held, that a write was carried out

	left func() (int, bool) // nil: no limit is known

	lists, writes int
	puts          []put
}

type put struct {
	agent    string
	typ      apiclient.QueueType
	ids      []int64
	priority *int
	truth    []int64 // what it replaced
	at       time.Time
	applied  bool
	answered bool // with a yes
}

func newUpstream(people ...*person) *upstream {
	return &upstream{
		people: people, cap: 100, tenant: 20260310,
		style: func(int) style { return joined },
		names: func(q int64) string { return "Q" + strconv.FormatInt(q, 10) },
	}
}

func (u *upstream) find(id string) *person {
	i := slices.IndexFunc(u.people, func(p *person) bool { return p.id == id })
	if i < 0 {
		return nil
	}
	return u.people[i]
}

// edit changes the truth as another administrator would.
func (u *upstream) edit(f func()) {
	u.mu.Lock()
	defer u.mu.Unlock()
	f()
}

func (u *upstream) ListAgents(ctx context.Context, q apiclient.AgentQuery) (*apiclient.AgentPage, error) {
	u.mu.Lock()
	call := u.lists
	u.lists++
	before, answer := u.before, u.answer
	u.mu.Unlock()
	if u.takes != nil {
		select {
		case <-time.After(u.takes(q)):
		case <-ctx.Done():
		}
	}
	if before != nil {
		before(call, false)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if answer != nil {
		if err := answer(call, false); err != nil {
			return nil, err
		}
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	people := u.people
	if u.seen != nil {
		people = u.seen()
	}
	all := u.listed(people, u.style(call), q)
	size := min(max(q.Size, 1), u.cap)
	if u.stuck {
		q.Page = 0
	}
	from := min(q.Page*size, len(all))
	page := &apiclient.AgentPage{Rows: all[from:min(from+size, len(all))], TotalRecord: len(all), ReceivedAt: time.Now()}
	if u.total != nil {
		page.TotalRecord = u.total(len(all))
	}
	if u.trim != nil {
		u.trim(page)
	}
	return page, nil
}

// listed are all rows that answer a query where people are as given.
func (u *upstream) listed(people []*person, s style, q apiclient.AgentQuery) []apiclient.AgentRow {
	var all []apiclient.AgentRow
	for _, p := range people {
		if q.Status != "" && strconv.Itoa(p.status) != q.Status {
			continue
		}
		own := s
		if alone, ok := u.alone[p.id]; ok {
			own = alone
		}
		all = append(all, u.rows(p, own, q.QueueID)...)
	}
	if u.byQueue {
		slices.SortStableFunc(all, func(a, b apiclient.AgentRow) int {
			return strings.Compare(queueOf(a), queueOf(b))
		})
	}
	if u.order != nil {
		u.order(all)
	}
	return all
}

// sent is how many writes have reached it, while something may still be under way.
func (u *upstream) sent() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return len(u.puts)
}

func (u *upstream) Left() (int, bool) {
	if u.left == nil {
		return 0, false
	}
	return u.left()
}

func (u *upstream) WindowKind() apiclient.WindowKind { return apiclient.WindowKind{} }

func (u *upstream) rows(p *person, s style, queue int64) []apiclient.AgentRow {
	callin := p.callin
	if queue != 0 && (!slices.Contains(callin, queue) || u.shown && s == firstOnly && callin[0] != queue) {
		return nil
	}
	lists := [][]int64{callin}
	switch {
	case len(callin) == 0:
	case s == firstOnly:
		lists[0] = callin[:1]
	case s == rowPerQueue:
		lists = nil
		for _, id := range callin {
			if queue == 0 || id == queue {
				lists = append(lists, []int64{id})
			}
		}
	}
	var out []apiclient.AgentRow
	for _, ids := range lists {
		row := apiclient.AgentRow{
			TenantID: new(u.tenant), TenantName: "AloHub", AgentID: p.id, Status: new(p.status), UserName: new(p.name),
			SystemStatus: optional(p.system), UserStatus: optional(p.user), Priority: optional(p.priority), IsRecord: p.record,
		}
		if len(ids) > 0 {
			var named, bare []string
			for _, id := range ids {
				bare = append(bare, strconv.FormatInt(id, 10))
				if p.unreadable {
					bare[len(bare)-1] += "x"
				}
				named = append(named, bare[len(bare)-1]+"-"+u.names(id))
			}
			row.QueueCallinID, row.QueueCallin = new(strings.Join(bare, ",")), new(strings.Join(named, ","))
		}
		switch {
		case len(p.callout) > 1 && u.calloutAll:
			row.QueueCallout, row.QueueCalloutName = new(joinIDs(p.callout)), new(strings.Repeat("out,", len(p.callout)-1)+"out")
		case len(p.callout) > 0:
			row.QueueCallout, row.QueueCalloutName = new(strconv.FormatInt(p.callout[0], 10)), new("out")
		}
		out = append(out, row)
	}
	return out
}

func joinIDs(ids []int64) string {
	var out []string
	for _, id := range ids {
		out = append(out, strconv.FormatInt(id, 10))
	}
	return strings.Join(out, ",")
}

func queueOf(r apiclient.AgentRow) string {
	if r.QueueCallinID == nil {
		return ""
	}
	return *r.QueueCallinID
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func (u *upstream) ReplaceQueues(_ context.Context, id string, typ apiclient.QueueType, a apiclient.QueueAssignment) (*apiclient.Receipt, error) {
	u.mu.Lock()
	call := u.writes
	u.writes++
	before, answer := u.before, u.answer
	u.mu.Unlock()
	if before != nil {
		before(call, true)
	}
	var failure error
	if answer != nil {
		failure = answer(call, true)
	}
	if failure != nil && !isApplied(failure) {
		return nil, failure
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	p := u.find(id)
	if p == nil {
		return nil, &apiclient.RefusedError{Op: "replace queues", Kind: apiclient.ErrNotFound, Status: 404, Code: "NOT_FOUND"}
	}
	list := &p.callin
	if typ == apiclient.Callout {
		list = &p.callout
	}
	applies := u.ignores == nil || !u.ignores()
	u.puts = append(u.puts, put{id, typ, slices.Clone(a.QueueIDs), a.Priority, slices.Clone(*list), time.Now(), applies, failure == nil})
	if applies {
		*list = slices.Clone(a.QueueIDs)
		if a.Priority != nil && typ == apiclient.Callin {
			p.priority = strconv.Itoa(*a.Priority)
		}
	}
	if u.carried != nil {
		u.carried()
	}
	if failure != nil {
		return nil, failure.(applied).error
	}
	return &apiclient.Receipt{Message: "Agent queues updated successfully"}, nil
}

// applied is a failure of a write that was carried out all the same.
type applied struct{ error }

func isApplied(err error) bool { _, ok := err.(applied); return ok }

func (u *upstream) SetRecording(_ context.Context, id string, enabled bool) (*apiclient.Receipt, error) {
	u.mu.Lock()
	call := u.writes
	u.writes++
	answer := u.answer
	u.mu.Unlock()
	if answer != nil {
		if err := answer(call, true); err != nil {
			return nil, err
		}
	}
	u.edit(func() {
		if p := u.find(id); p != nil && p.record != nil {
			p.record = &enabled
		}
	})
	return &apiclient.Receipt{Message: "Recording for agent " + id}, nil
}

// memory is a live.Journal in memory.
type memory struct {
	mu      sync.Mutex
	entries []journal.Entry
	names   map[string]map[int64]string
	known   map[journal.Scope]journal.KnownQueues
	noKnown error // of KnownQueues and KeepKnownQueues
	fail    error // of Intend
	// askedKnown is how often the known queues were read.
	askedKnown int
	locked     map[string]chan struct{}
	// contended is told that a Lock has to wait.
	contended func()
	history   []string
	learned   []journal.Trait
	noTraits  error         // of LearnTrait
	noting    time.Duration // what LearnTrait takes
	// meanwhile is what happens, with no lock held, while Unsettled is on its way.
	meanwhile func()
}

func (m *memory) Intend(_ context.Context, e journal.Entry) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return "", fmt.Errorf("%w: %w", journal.ErrUnavailable, m.fail)
	}
	e.ID = fmt.Sprintf("%08d", len(m.entries)+1)
	e.Result = journal.Intent
	if e.At.IsZero() {
		e.At = time.Now().UTC()
	}
	m.entries = append(m.entries, e)
	for i := range m.entries {
		if e.UndoOf != "" && m.entries[i].ID == e.UndoOf {
			m.entries[i].UndoneBy = e.ID
		}
	}
	m.history = append(m.history, "intent")
	return e.ID, nil
}

func (m *memory) Settle(_ context.Context, id string, s journal.Settlement) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range m.entries {
		if e := &m.entries[i]; e.ID == id {
			e.Result, e.Code, e.Message, e.Seen, e.SettledAt = s.Result, s.Code, s.Message, s.Seen, s.At
			m.history = append(m.history, string(s.Result))
			return nil
		}
	}
	return journal.ErrNotFound
}

func (m *memory) List(_ context.Context, f journal.Filter) (out []journal.Entry, more bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range slices.Backward(m.entries) {
		if e.Scope == f.Scope && (f.Agent == "" || e.Agent == f.Agent) && (f.Kind == "" || e.Kind == f.Kind) {
			out = append(out, e)
		}
	}
	return out, false, nil
}

func (m *memory) Unsettled(_ context.Context, scope journal.Scope, agent string) (out []journal.Entry, err error) {
	m.mu.Lock()
	meanwhile := m.meanwhile
	m.mu.Unlock()
	if meanwhile != nil {
		meanwhile()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range slices.Backward(m.entries) {
		if e.Scope == scope && e.Agent == agent && (e.Result == journal.Intent || e.Result == journal.Unknown) {
			out = append(out, e)
		}
	}
	return out, nil
}

func (m *memory) RememberQueues(_ context.Context, scope journal.Scope, kind journal.Kind, names map[int64]string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.names == nil {
		m.names = make(map[string]map[int64]string)
	}
	key := scope.Environment + scope.Tenant + string(kind)
	if m.names[key] == nil {
		m.names[key] = make(map[int64]string)
	}
	for id, name := range names {
		m.names[key][id] = name
	}
	return nil
}

func (m *memory) QueueNames(_ context.Context, scope journal.Scope, kind journal.Kind) (map[int64]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make(map[int64]string)
	for id, name := range m.names[scope.Environment+scope.Tenant+string(kind)] {
		out[id] = name
	}
	return out, nil
}

func (m *memory) LearnTrait(_ context.Context, _ journal.Scope, f journal.Trait) error {
	m.mu.Lock()
	takes := m.noting
	m.mu.Unlock()
	time.Sleep(takes)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.noTraits != nil {
		return fmt.Errorf("%w: %w", journal.ErrUnavailable, m.noTraits)
	}
	m.learned = append(m.learned, f)
	return nil
}

// told is what was last learned of a fact, and how often it became another.
func (m *memory) told(code roster.TraitCode) (value string, turns int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, f := range m.learned {
		if f.Code == string(code) && f.Value != value {
			if value != "" {
				turns++
			}
			value = f.Value
		}
	}
	return value, turns
}

func (m *memory) KeepKnownQueues(_ context.Context, scope journal.Scope, known journal.KnownQueues) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.noKnown != nil {
		return fmt.Errorf("%w: %w", journal.ErrUnavailable, m.noKnown)
	}
	if m.known == nil {
		m.known = make(map[journal.Scope]journal.KnownQueues)
	}
	m.known[scope] = known
	return nil
}

func (m *memory) KnownQueues(_ context.Context, scope journal.Scope) (journal.KnownQueues, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.askedKnown++
	if m.noKnown != nil {
		return journal.KnownQueues{}, fmt.Errorf("%w: %w", journal.ErrUnavailable, m.noKnown)
	}
	return m.known[scope], nil
}

// Lock is that of a database which two rosters of a test share.
func (m *memory) Lock(ctx context.Context, _ journal.Scope, agent string, _ journal.Holder, _ func(journal.Holder)) (context.Context, func(), error) {
	m.mu.Lock()
	if m.locked == nil {
		m.locked = make(map[string]chan struct{})
	}
	if m.locked[agent] == nil {
		m.locked[agent] = make(chan struct{}, 1)
	}
	held, contended := m.locked[agent], m.contended
	m.mu.Unlock()
	select {
	case held <- struct{}{}:
		return ctx, func() { <-held }, nil
	default:
		if contended != nil {
			contended()
		}
	}
	select {
	case held <- struct{}{}:
		return ctx, func() { <-held }, nil
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
}

// find is the entry of that id, the zero value where there is none.
func (m *memory) find(id string) journal.Entry {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range m.entries {
		if e.ID == id {
			return e
		}
	}
	return journal.Entry{}
}

func (m *memory) last() journal.Entry {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.entries) == 0 {
		return journal.Entry{}
	}
	return m.entries[len(m.entries)-1]
}

var aScope = journal.Scope{Environment: "test", Tenant: "20260310"}

// setup makes a roster over u with one tenant.
func setup(tb testing.TB, u live.Source, change ...func(*live.Config)) (*live.Tenant, *memory) {
	tb.Helper()
	store := &memory{}
	cfg := live.Config{Journal: store, ReadBackPause: -1, Logger: quiet()}
	for _, f := range change {
		f(&cfg)
	}
	r := live.New(cfg)
	tb.Cleanup(r.Close)
	return r.Tenant(access("a", u)), store
}

func access(session string, u live.Source) live.Access {
	return live.Access{
		Key: live.Key{Environment: "test", KeyFingerprint: "k1"}, Scope: aScope,
		Session: session, Person: u, Background: u,
	}
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// consentIf is the consent of a person who confirmed, or of nobody.
func consentIf(confirmed bool) roster.Consent { return roster.ConsentOf(confirmed, "", false) }
