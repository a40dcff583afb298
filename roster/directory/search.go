package directory

import (
	"slices"
	"strings"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/belief"
	"github.com/alohub/agentconsole/typed"
)

// Search finds agents.
func (s *Snapshot) Search(q roster.Query) roster.Result {
	found := s.search(q)
	out := roster.Result{Total: len(found), At: s.oldest.Time(), Complete: s.facts.Crawled}
	if q.Size > 0 {
		from := min(max(q.Page, 0)*q.Size, len(found))
		found = found[from:min(from+q.Size, len(found))]
	}
	out.Agents = make([]roster.Agent, 0, len(found))
	for _, i := range found {
		out.Agents = append(out.Agents, s.agent(i))
	}
	return out
}

// Found is Search of all pages, for those who go through them one by one: how many agents
// match, and each of them, from 0.
func (s *Snapshot) Found(q roster.Query) (count int, agent func(n int) roster.Agent) {
	found := s.search(q)
	return len(found), func(n int) roster.Agent { return s.agent(found[n]) }
}

// Matching returns the extensions of all agents that match, in order; Page and
// Size are ignored.
func (s *Snapshot) Matching(q roster.Query) []string {
	found := s.search(q)
	ids := make([]string, 0, len(found))
	for _, i := range found {
		ids = append(ids, s.agents[i].ID)
	}
	return ids
}

// Count is how many agents match.
func (s *Snapshot) Count(q roster.Query) int { return len(s.search(q)) }

func (s *Snapshot) agent(i int32) roster.Agent { return s.facts.Agent(s.agents[i].Record) }

// search is where the agents stand that match, in order. Callers share it.
func (s *Snapshot) search(q roster.Query) []int32 {
	all := s.order(q.Sort)
	ranks, in, want := s.ranks(s.words(q.Q, !q.PeopleOnly)), s.among(q), wanted(q)
	if ranks == nil && in == nil && want == 0 && q.Keep == nil {
		return all
	}
	ranked := ranks != nil && q.Sort == ""
	var byRank [rankNone][]int32
	for _, i := range all {
		rank := uint8(0)
		if ranks != nil {
			if rank = ranks[i]; rank == rankNone {
				continue
			}
		}
		if in != nil && !in[i] || s.agents[i].traits&want != want {
			continue
		}
		if q.Keep != nil && !q.Keep(s.agents[i].ID, s.agents[i].IsOn()) {
			continue
		}
		if !ranked {
			rank = 0
		}
		byRank[rank] = append(byRank[rank], i)
	}
	if !ranked {
		return byRank[0]
	}
	return slices.Concat(byRank[:]...)
}

// traits are what agents are filtered by, in one number each: of 50,000 it is read in a
// row, and not from one record to the next.
type traits uint16

const (
	active traits = 1 << iota
	inactive
	systemAvailable
	systemNot
	userAvailable
	userOut
	queued
	unqueued
	followed
	nobody // is nobody's: what is filtered by a value that is none finds nobody
)

func traitsOf(r *belief.Record) (t traits) {
	set := func(trait traits, is bool) {
		if is {
			t |= trait
		}
	}
	set(active, r.Status == 1)
	set(inactive, r.Status == 0)
	set(systemAvailable, text(r.System) == "AVAILABLE")
	set(systemNot, text(r.System) == "NOT AVAILABLE")
	set(userAvailable, text(r.User) == "AVAILABLE")
	set(userOut, r.LoggedOut())
	set(queued, len(r.Callin) > 0)
	set(unqueued, len(r.Callin) == 0)
	set(followed, r.FollowMe == 1)
	return t
}

// wanted are the traits that a query filters by.
func wanted(q roster.Query) (t traits) {
	add := func(value string, of map[string]traits) {
		if trait, ok := of[value]; ok {
			t |= trait
		} else if value != "" {
			t |= nobody
		}
	}
	add(q.Status, map[string]traits{"1": active, "0": inactive})
	add(q.System, map[string]traits{"AVAILABLE": systemAvailable, "NOT AVAILABLE": systemNot})
	add(q.User, map[string]traits{"AVAILABLE": userAvailable, roster.LoggedOut: userOut})
	switch q.Health {
	case roster.HealthNoCallin:
		t |= active | unqueued
	case roster.HealthInactiveQueued:
		t |= inactive | queued
	case roster.HealthFollowMeOut:
		t |= followed | userOut
	}
	return t
}

// among says of each agent whether they are in the queues, and among the extensions, that a
// query filters by; nil where it does not.
func (s *Snapshot) among(q roster.Query) (in []bool) {
	for _, queue := range []struct {
		typ apiclient.QueueType
		id  int64
	}{{apiclient.Callin, q.Queue}, {apiclient.Callout, q.Callout}} {
		if queue.id == 0 {
			continue
		}
		of := make([]bool, len(s.agents))
		if t := s.tallies(queue.typ)[queue.id]; t != nil {
			for _, i := range t.members {
				of[i] = in == nil || in[i]
			}
		}
		in = of
	}
	if q.IDs == nil {
		return in
	}
	of := make([]bool, len(s.agents))
	for _, id := range q.IDs {
		if i, ok := s.at(id); ok {
			of[i] = in == nil || in[i]
		}
	}
	return of
}

// word is one word of a query, and the queues it names.
type word struct {
	fold            string
	spelling        string // with i for y where either is written
	lower           string // "" where it has no accents
	queues, callout []int64
}

// words are what is searched for. queues: they match queues as well.
func (s *Snapshot) words(q string, queues bool) []word {
	fields := strings.Fields(typed.Clean(q))
	words := make([]word, 0, len(fields))
	for _, f := range fields {
		w := word{fold: typed.Fold(f), lower: typed.Lower(f)}
		if w.fold == "" {
			continue // nothing but accents
		}
		if w.lower == w.fold {
			w.lower = ""
		}
		w.spelling = typed.Spelling(w.fold)
		if queues {
			w.queues = s.queuesNamed(apiclient.Callin, w.fold, w.spelling)
			w.callout = s.queuesNamed(apiclient.Callout, w.fold, w.spelling)
		}
		words = append(words, w)
	}
	return words
}

// The ranks of a match, the best first. An agent has the worst of its words'.
const (
	rankExtension uint8 = iota // the extension itself, or its beginning
	rankExact                  // the name, accents and all as typed
	rankFolded                 // the name with other accents, or inside the extension
	rankQueue                  // a queue of the agent
	rankNone                   // not found
)

func (s *Snapshot) queuesNamed(typ apiclient.QueueType, folded, spelling string) (out []int64) {
	for _, q := range s.counted().texts[slot(typ)] {
		if q.holds(folded, spelling) {
			out = append(out, q.id)
		}
	}
	return out
}

// ranks are how well each agent is found by all words; nil where there are none.
func (s *Snapshot) ranks(words []word) (ranks []uint8) {
	for i := range words {
		one := s.ranked(&words[i])
		if ranks == nil {
			ranks = one
			continue
		}
		for j, rank := range one {
			ranks[j] = max(ranks[j], rank)
		}
	}
	return ranks
}

// ranked is how well each agent is found by a word.
func (s *Snapshot) ranked(w *word) []uint8 {
	ranks := slices.Repeat([]uint8{rankNone}, len(s.agents))
	for _, queues := range []struct {
		typ apiclient.QueueType
		ids []int64
	}{{apiclient.Callin, w.queues}, {apiclient.Callout, w.callout}} {
		for _, id := range queues.ids {
			if t := s.tallies(queues.typ)[id]; t != nil {
				for _, i := range t.members {
					ranks[i] = rankQueue
				}
			}
		}
	}
	texts := s.scanned()
	texts.spelling.find(w.spelling, func(i, _ int) { ranks[i] = rankFolded })
	texts.fold.find(w.fold, func(i, at int) {
		switch {
		case at == 0:
			ranks[i] = rankExtension
		case w.exact(s.agents[i]):
			ranks[i] = rankExact
		default:
			ranks[i] = rankFolded
		}
	})
	return ranks
}

// exact reports whether the name holds the word with the accents it was typed
// with: a word without any is exact in a name that has none there.
func (w *word) exact(r entry) bool {
	typed := w.lower
	if typed == "" {
		typed = w.fold
	}
	name := r.text.lower
	if name == "" {
		_, name, _ = strings.Cut(r.text.fold, separator)
	}
	return strings.Contains(name, typed)
}
