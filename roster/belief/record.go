package belief

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
)

// Record is what is believed of one agent. It is never changed once it is in the
// book: a change makes another record. Strings that repeat between agents are
// shared; a nil pointer is "not known".
type Record struct {
	ID   string
	Name string // userName, "" where it is empty or not known

	Priority, System, User *string

	Status    int8 // 1 active, 0 inactive, -1 unknown
	FollowMe  int8 // likewise: 1 on
	Recording int8 // likewise, as isRecord

	Callin, Callout []Member

	Seen Stamp // when a row was last received

	tenantName *string
	tenantID   int64 // 0: unknown
	flags      flags

	wrote [2]*Write // callin, callout: our own last write, where there was one
	// overtaken is when the journal told of a write that was not made here: what
	// was read before that tells nothing of the list.
	overtaken [2]Stamp

	rowAt    Stamp // the last unfiltered row, read to both edges of its page
	unlikeAt Stamp // when a listing last showed the agent's row without a queue that this row had
	manyAt   Stamp // the last such row that was certainly whole (roster.Unsure)
	stands   bool  // every such row since has shown the same
	callinAt Stamp // when the callin list was last read completely
	othersAt Stamp // how old the listings of other queues then were, at the most
}

type flags uint8

const (
	hasName flags = 1 << iota
	idIsNumber
	callinUnreadable
	calloutUnreadable
	prioritiesDiffer
	tenantsDiffer
)

func (f flags) has(flag flags) bool { return f&flag != 0 }

// slot says which of the two lists of a record a type means.
func slot(typ apiclient.QueueType) int {
	if typ == apiclient.Callout {
		return 1
	}
	return 0
}

// Members returns the list of the given type.
func (r *Record) Members(typ apiclient.QueueType) []Member {
	if typ == apiclient.Callout {
		return r.Callout
	}
	return r.Callin
}

func (r *Record) setMembers(typ apiclient.QueueType, ms []Member) {
	if typ == apiclient.Callout {
		r.Callout = ms
		return
	}
	r.Callin = ms
}

// Available reports whether the agent can be expected to take a call: active,
// system status AVAILABLE, and not logged out.
func (r *Record) Available() bool {
	return roster.CanTakeCalls(r.Status == 1, r.System, r.User)
}

// LoggedOut reports whether the row says so.
func (r *Record) LoggedOut() bool { return text(r.User) == roster.LoggedOut }

// RowAt is when the agent's unfiltered row was last read whole.
func (r *Record) RowAt() Stamp { return r.rowAt }

// RowMoved reports whether a listing has shown another row of the agent since theirs was
// last read.
func (r *Record) RowMoved() bool { return r.unlikeAt > r.rowAt }

// LastRead is when a list was last read completely; of callout, which a row alone
// shows, when that was.
func (r *Record) LastRead(typ apiclient.QueueType) Stamp {
	if typ == apiclient.Callout {
		return r.rowAt
	}
	return r.callinAt
}

// LastReading is since when what the last complete reading of a list rested on counts.
func (r *Record) LastReading(typ apiclient.QueueType) Since {
	if typ == apiclient.Callout {
		return SinceAll(max(r.rowAt, 1))
	}
	at := max(r.callinAt, 1)
	return Since{Row: at, Listings: at, Others: max(r.othersAt, 1)}.Naming(Queues(r.Callin)...)
}

// ListedBeyond reports whether, since then, the filter has listed the agent in a queue
// that their row, read since then, does not have, unless an answer showed all of theirs.
func (r *Record) ListedBeyond(since Since) bool {
	return r.manyAt < since.Row && slices.ContainsFunc(r.Callin, func(m Member) bool {
		return m.Filter > max(r.rowAt, since.Row) && (m.Row < since.Row || m.Row == m.Filter)
	})
}

// LastWrite is our own last write of a list, nil where there was none.
func (r *Record) LastWrite(typ apiclient.QueueType) *Write { return r.wrote[slot(typ)] }

// Read are the queues of a list that any read has shown.
func (r *Record) Read(typ apiclient.QueueType) []int64 { return evidence(r.Members(typ)) }

// doubts are the queues of a list of which the API contradicts our own last write.
func (r *Record) doubts(typ apiclient.QueueType, names func(apiclient.QueueType, int64) string) []roster.Doubt {
	var out []roster.Doubt
	for w := r.LastWrite(typ); w != nil; w = w.Earlier {
		for _, d := range w.doubts(typ, r.Members(typ)) {
			if !slices.ContainsFunc(out, func(other roster.Doubt) bool { return other.Queue == d.Queue }) {
				d.Name = names(typ, d.Queue)
				out = append(out, d)
			}
		}
	}
	return out
}

// PrioritiesDiffer reports whether the agent's rows show more than one priority.
func (r *Record) PrioritiesDiffer() bool { return r.flags.has(prioritiesDiffer) }

func (r *Record) whyNot() roster.WhyNot {
	switch {
	case r.flags.has(idIsNumber):
		return roster.NotIDIsNumber
	case r.flags.has(tenantsDiffer):
		return roster.NotOtherTenant
	}
	return ""
}

// Overtaken is when what had been read of a list was overtaken by a write: one of
// ours that no read has shown yet, or one that the journal alone told us of. 0
// where there was none. (One of ours that was read back is part of what is known.)
func (r *Record) Overtaken(typ apiclient.QueueType) Stamp {
	at := r.overtaken[slot(typ)]
	if w := r.wrote[slot(typ)]; w.Pending() {
		at = max(at, w.At)
	}
	return at
}

// agent makes the exported copy, but for what is doubtful about it. names gives a
// queue's name.
func (r *Record) agent(names func(apiclient.QueueType, int64) string) roster.Agent {
	a := roster.Agent{
		ID: r.ID, WhyNot: r.whyNot(), TenantName: text(r.tenantName),
		Status: small(r.Status), FollowMe: yes(r.FollowMe), Record: yes(r.Recording),
		Priority: dup(r.Priority), SystemStatus: dup(r.System), UserStatus: dup(r.User),
		SeenAt: r.Seen.Time(), CallinAt: r.callinAt.Time(),
		CallinUnreadable: r.flags.has(callinUnreadable), CalloutUnreadable: r.flags.has(calloutUnreadable),
		Callin:  memberships(r.Callin, apiclient.Callin, names),
		Callout: memberships(r.Callout, apiclient.Callout, names),

		CallinDoubts: r.doubts(apiclient.Callin, names), CalloutDoubts: r.doubts(apiclient.Callout, names),
	}
	if r.flags.has(hasName) {
		a.UserName = new(r.Name)
	}
	if r.tenantID != 0 {
		a.TenantID = strconv.FormatInt(r.tenantID, 10)
	}
	return a
}

func memberships(ms []Member, typ apiclient.QueueType, names func(apiclient.QueueType, int64) string) []roster.Membership {
	out := make([]roster.Membership, 0, len(ms))
	for _, m := range ms {
		out = append(out, roster.Membership{
			QueueID: m.Queue, Name: names(typ, m.Queue), Certainty: m.Certainty(), At: m.Newest().Time(),
		})
	}
	return out
}

// IsOn is what the row says of recording, nil where it says nothing.
func (r *Record) IsOn() *bool { return yes(r.Recording) }

func small(n int8) *int {
	if n < 0 {
		return nil
	}
	return new(int(n))
}

func yes(n int8) *bool {
	if n < 0 {
		return nil
	}
	return new(n == 1)
}

func dup(p *string) *string {
	if p == nil {
		return nil
	}
	return new(*p)
}

func text(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}

// describe copies what an answer shows of an agent, but for its lists.
func (r *Record) describe(s *sighting, intern func(*string) *string) {
	row := s.row
	if name := text(row.UserName); name != r.Name {
		r.Name = strings.Clone(name)
	}
	r.flags = flagged(hasName, row.UserName != nil) |
		flagged(idIsNumber, s.idIsNumber) | flagged(callinUnreadable, s.callinUnreadable) |
		flagged(calloutUnreadable, s.calloutUnreadable) | flagged(prioritiesDiffer, s.prioritiesDiffer) |
		flagged(tenantsDiffer, s.tenantsDiffer)
	if row.TenantID != nil {
		r.tenantID = *row.TenantID
	}
	r.tenantName = intern(&row.TenantName)
	r.Priority, r.System, r.User = intern(row.Priority), intern(row.SystemStatus), intern(row.UserStatus)
	r.Status, r.FollowMe, r.Recording = tiny(row.Status), tiny(row.IsFollowMe), -1
	if row.IsRecord != nil {
		r.Recording = 0
		if *row.IsRecord {
			r.Recording = 1
		}
	}
}

func flagged(f flags, on bool) flags {
	if on {
		return f
	}
	return 0
}

// tiny keeps what fits; a status of 200 means nothing to anybody.
func tiny(n *int) int8 {
	if n == nil || *n < 0 || *n > math.MaxInt8 {
		return -1
	}
	return int8(*n)
}

// maxInterned bounds the table of shared strings against an upstream that never
// repeats one.
const maxInterned = 4096

// interner shares strings that repeat between agents.
type interner map[string]*string

func (t interner) intern(p *string) *string {
	if p == nil {
		return nil
	}
	if shared, ok := t[*p]; ok {
		return shared
	}
	s := strings.Clone(*p)
	if len(t) < maxInterned {
		t[s] = &s
	}
	return &s
}

// newRecord is an agent of whom nothing is known yet.
func newRecord(id string) *Record {
	return &Record{ID: strings.Clone(id), Status: -1, FollowMe: -1, Recording: -1}
}

func sortedByExtension(rs []*cell) {
	slices.SortFunc(rs, func(x, y *cell) int { return roster.CompareExtensions(x.rec.ID, y.rec.ID) })
}
