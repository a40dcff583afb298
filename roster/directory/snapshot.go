package directory

import (
	"slices"
	"sync"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/belief"
)

// Snapshot is a tenant as it was believed at one moment. It is safe for concurrent
// use.
type Snapshot struct {
	facts  belief.Facts
	agents []entry      // by extension
	oldest belief.Stamp // of the rows

	shared *shared
	orders sync.Map // sort → []int32, where agents stand, made when first asked for
	scan   struct {
		once sync.Once
		scan *scan
	}
	counts counts
	byName names
}

// counts are the tenant's queues, counted when first asked for; the callin ones first.
type counts struct {
	once sync.Once
	by   [2]map[int64]*tally
	ids  [2][]int64 // of the known ones, in order
	// texts are what a search finds known queues by.
	texts [2][]queueText

	namesOnce [2]sync.Once
	names     [2]map[int64]string // see queueNames
}

// queueText is what a search finds a queue by.
type queueText struct {
	id                     int64
	number, name, spelling string // the name folded
}

// entry is an agent and what a search goes over.
type entry struct {
	*belief.Record
	text   *searchText
	traits traits
}

// shared is what one snapshot hands on to the next.
type shared struct {
	mu        sync.Mutex
	collation *collation
	sorted    [sortKeys]sorted
	scan      *scan
}

// Next makes a snapshot of a tenant. before is the one made last, nil for the first:
// names that have not changed are not indexed again, nor is what has not changed
// sorted again. records are by extension.
func Next(before *Snapshot, facts belief.Facts, records []*belief.Record) *Snapshot {
	s := &Snapshot{facts: facts, agents: make([]entry, len(records))}
	var old []entry
	if before != nil {
		s.shared, old = before.shared, before.agents
	} else {
		s.shared = &shared{collation: newCollation()}
	}
	s.shared.mu.Lock()
	defer s.shared.mu.Unlock()
	for i, r := range records {
		if s.oldest == 0 || r.Seen < s.oldest {
			s.oldest = r.Seen
		}
		for len(old) > 0 && old[0].Record != r && roster.CompareExtensions(old[0].ID, r.ID) < 0 {
			old = old[1:]
		}
		if len(old) > 0 && old[0].Record == r {
			s.agents[i], old = old[0], old[1:]
			continue
		}
		s.agents[i] = entry{Record: r, traits: traitsOf(r)}
		if len(old) > 0 && old[0].ID == r.ID && old[0].Name == r.Name {
			s.agents[i].text, old = old[0].text, old[1:]
			continue
		}
		s.agents[i].text = s.shared.collation.index(r.ID, r.Name)
	}
	return s
}

// Len is how many agents there are.
func (s *Snapshot) Len() int { return len(s.agents) }

// Record is what is believed of an agent, nil where nothing is.
func (s *Snapshot) Record(id string) *belief.Record {
	i, ok := s.at(id)
	if !ok {
		return nil
	}
	return s.agents[i].Record
}

// at is where an agent stands.
func (s *Snapshot) at(id string) (i int, ok bool) {
	return slices.BinarySearchFunc(s.agents, id, func(e entry, id string) int { return roster.CompareExtensions(e.ID, id) })
}

// Crawled reports whether the whole tenant has been read once.
func (s *Snapshot) Crawled() bool { return s.facts.Crawled }

// Facts is what was learned of the tenant as a whole.
func (s *Snapshot) Facts() *belief.Facts { return &s.facts }

func (s *Snapshot) name(typ apiclient.QueueType, id int64) string { return s.facts.Name(typ, id) }

func slot(typ apiclient.QueueType) int {
	if typ == apiclient.Callout {
		return 1
	}
	return 0
}

func text(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}
