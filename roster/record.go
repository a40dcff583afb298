package roster

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alohub/agentconsole/apiclient"
)

// record is one agent in a snapshot. It is never changed once a reader may have
// it: a change makes another record. Strings that repeat between agents are
// shared; a nil pointer is "not known".
type record struct {
	id     string
	name   string // userName
	fold   string // what a search goes over: see fold.go
	lower  string // the name in lower case with its accents; "" where equal to its folded form
	collat string // the name's collation key

	tenantName, priority, system, user *string

	tenantID int64 // 0: unknown
	status   int8  // -1: unknown
	followMe int8  // likewise
	record   int8  // likewise
	flags    flags

	callin, callout []member
	wrote           [2]*write // callin, callout: our own last write, where there was one

	seen     stamp // any row
	rowAt    stamp // the last unfiltered row, read to both edges of its page
	manyAt   stamp // the last such row that was certainly whole (sure.go)
	callinAt stamp // when the callin list was last read completely
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

// member is one queue of an agent and the newest evidence of each sort for it; 0
// where there is none.
type member struct {
	queue             int64
	row, filter, sent stamp
}

// stamp is a moment in Unix nanoseconds that a snapshot never hands out twice, so
// that it orders evidence even where the clock stands still. A read carries the
// stamp of its beginning, a write that of its end.
type stamp int64

func (s stamp) time() time.Time {
	if s == 0 {
		return time.Time{}
	}
	return time.Unix(0, int64(s)).UTC()
}

func (m member) newest() stamp { return max(m.row, m.filter, m.sent) }

func (m member) certainty() Certainty {
	switch {
	case m.row == 0 && m.filter == 0:
		return Sent
	case m.row != 0 && m.filter != 0, m.sent != 0 && max(m.row, m.filter) > m.sent:
		return Confirmed
	case m.row != 0:
		return Seen
	default:
		return Listed
	}
}

// write is a change of ours to a list.
type write struct {
	entry         string // of the journal
	before, after []int64
	at            stamp // reads begun before that say nothing of it
	sentAt        stamp // when it was sent, to know how long ago
	applied       bool  // the upstream said yes
	adopted       bool  // the journal told us of it: another process or key sent it
	seen          bool  // a read showed it: from then on reads alone are the truth
}

// pending reports whether reads do not show the write yet and may still come to.
func (w *write) pending() bool { return w != nil && !w.seen }

func find(ms []member, queue int64) int {
	return slices.IndexFunc(ms, func(m member) bool { return m.queue == queue })
}

// slot says which of the two lists of a record a type means.
func slot(typ apiclient.QueueType) int {
	if typ == apiclient.Callout {
		return 1
	}
	return 0
}

func (r *record) members(typ apiclient.QueueType) []member {
	if typ == apiclient.Callout {
		return r.callout
	}
	return r.callin
}

func (r *record) setMembers(typ apiclient.QueueType, ms []member) {
	if typ == apiclient.Callout {
		r.callout = ms
		return
	}
	r.callin = ms
}

// evidence returns the members any read has shown, without those merely sent.
func evidence(ms []member) []int64 {
	ids := make([]int64, 0, len(ms))
	for _, m := range ms {
		if m.row != 0 || m.filter != 0 {
			ids = append(ids, m.queue)
		}
	}
	return ids
}

func (r *record) available() bool {
	return r.status == 1 && r.system != nil && *r.system == available &&
		(r.user == nil || *r.user != logout)
}

func (r *record) whyNot() WhyNot {
	switch {
	case r.flags&idIsNumber != 0:
		return NotIDIsNumber
	case r.flags&tenantsDiffer != 0:
		return NotOtherTenant
	case r.flags&(callinUnreadable|calloutUnreadable) != 0:
		return NotQueuesUnreadable
	}
	return ""
}

// agent makes the exported copy. names gives a queue's name.
func (r *record) agent(names func(apiclient.QueueType, int64) string) Agent {
	a := Agent{
		ID: r.id, WhyNot: r.whyNot(),
		TenantName: text(r.tenantName),
		Status:     small(r.status), FollowMe: yes(r.followMe), Record: yes(r.record),
		Priority: dup(r.priority), SystemStatus: dup(r.system), UserStatus: dup(r.user),
		SeenAt: r.seen.time(), CallinAt: r.callinAt.time(),
		callinUnreadable:  r.flags&callinUnreadable != 0,
		calloutUnreadable: r.flags&calloutUnreadable != 0,
	}
	a.Editable = a.WhyNot == ""
	if r.flags&hasName != 0 {
		a.UserName = new(r.name)
	}
	if r.tenantID != 0 {
		a.TenantID = strconv.FormatInt(r.tenantID, 10)
	}
	a.Callin = memberships(r.callin, apiclient.Callin, names)
	a.Callout = memberships(r.callout, apiclient.Callout, names)
	return a
}

func memberships(ms []member, typ apiclient.QueueType, names func(apiclient.QueueType, int64) string) []Membership {
	out := make([]Membership, 0, len(ms))
	for _, m := range ms {
		out = append(out, Membership{
			QueueID: m.queue, Name: names(typ, m.queue), Certainty: m.certainty(), At: m.newest().time(),
		})
	}
	return out
}

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

// describe copies what an answer shows of an agent, but for its lists.
func (t *Tenant) describe(r *record, s *shown) {
	row := s.row
	if name := text(row.UserName); name != r.name || r.fold == "" {
		r.name = strings.Clone(name)
		t.index(r)
	}
	r.flags = 0
	if row.UserName != nil {
		r.flags |= hasName
	}
	r.flags |= flagged(idIsNumber, s.idIsNumber) | flagged(callinUnreadable, s.callinUnreadable) |
		flagged(calloutUnreadable, s.calloutUnreadable) | flagged(prioritiesDiffer, s.prioritiesDiffer) |
		flagged(tenantsDiffer, s.tenantsDiffer)
	if row.TenantID != nil {
		r.tenantID = *row.TenantID
	}
	r.tenantName = t.intern(&row.TenantName)
	r.priority = t.intern(row.Priority)
	r.system = t.intern(row.SystemStatus)
	r.user = t.intern(row.UserStatus)
	r.status, r.followMe, r.record = tiny(row.Status), tiny(row.IsFollowMe), -1
	if row.IsRecord != nil {
		r.record = 0
		if *row.IsRecord {
			r.record = 1
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

func (t *Tenant) intern(p *string) *string {
	if p == nil {
		return nil
	}
	if shared, ok := t.book.interned[*p]; ok {
		return shared
	}
	s := strings.Clone(*p)
	if len(t.book.interned) < maxInterned {
		t.book.interned[s] = &s
	}
	return &s
}
