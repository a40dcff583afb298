package directory

import (
	"slices"
	"strconv"
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
	for _, r := range found {
		out.Agents = append(out.Agents, s.facts.Agent(r.Record))
	}
	return out
}

// Found is Search of all pages, for those who go through them one by one: how many agents
// match, and each of them, from 0.
func (s *Snapshot) Found(q roster.Query) (count int, agent func(i int) roster.Agent) {
	found := s.search(q)
	return len(found), func(i int) roster.Agent { return s.facts.Agent(found[i].Record) }
}

// Matching returns the extensions of all agents that match, in order; Page and
// Size are ignored.
func (s *Snapshot) Matching(q roster.Query) []string {
	found := s.search(q)
	ids := make([]string, 0, len(found))
	for _, r := range found {
		ids = append(ids, r.ID)
	}
	return ids
}

// Count is how many agents match.
func (s *Snapshot) Count(q roster.Query) int { return len(s.search(q)) }

func (s *Snapshot) search(q roster.Query) []entry {
	words := s.words(q.Q, !q.PeopleOnly)
	all := s.sorted(q.Sort)
	if len(words) == 0 && q.Status == "" && q.System == "" && q.User == "" && q.Queue == 0 && q.Callout == 0 && q.Health == "" && q.Keep == nil {
		return all
	}
	ranked := len(words) > 0 && q.Sort == ""
	var byRank [ranks][]entry
	for _, r := range all {
		if !keeps(q, r.Record) {
			continue
		}
		rank, ok := match(r, words)
		if !ok || q.Keep != nil && !q.Keep(r.ID, r.IsOn()) {
			continue
		}
		if !ranked {
			rank = 0
		}
		byRank[rank] = append(byRank[rank], r)
	}
	return slices.Concat(byRank[:]...)
}

func keeps(q roster.Query, r *belief.Record) bool {
	switch {
	case q.Status != "" && (r.Status < 0 || strconv.Itoa(int(r.Status)) != q.Status),
		q.System != "" && text(r.System) != q.System,
		q.User != "" && text(r.User) != q.User,
		q.Queue != 0 && belief.Find(r.Callin, q.Queue) < 0,
		q.Callout != 0 && belief.Find(r.Callout, q.Callout) < 0:
		return false
	}
	switch q.Health {
	case roster.HealthNoCallin:
		return r.Status == 1 && len(r.Callin) == 0
	case roster.HealthInactiveQueued:
		return r.Status == 0 && len(r.Callin) > 0
	case roster.HealthFollowMeOut:
		return r.FollowMe == 1 && r.LoggedOut()
	}
	return true
}

// word is one word of a query, and the queues it names.
type word struct {
	fold            string
	spelling        string // with i for y where either is written
	lower           string // "" where it has no accents
	queues, callout map[int64]bool
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

func (s *Snapshot) queuesNamed(typ apiclient.QueueType, folded, spelling string) map[int64]bool {
	out := make(map[int64]bool)
	note := func(id int64) {
		name := typed.Fold(s.name(typ, id))
		if strings.Contains(strconv.FormatInt(id, 10), folded) || strings.Contains(name, folded) || strings.Contains(typed.Spelling(name), spelling) {
			out[id] = true
		}
	}
	for _, id := range s.facts.Known(typ) {
		note(id)
	}
	return out
}

// The ranks of a match, the best first. An agent has the worst of its words'.
const (
	rankExtension = iota // the extension itself, or its beginning
	rankExact            // the name, accents and all as typed
	rankFolded           // the name with other accents, or inside the extension
	rankQueue            // a queue of the agent
	ranks
)

// match reports whether all words are found, and how well.
func match(r entry, words []word) (rank int, ok bool) {
	for i := range words {
		n, ok := words[i].match(r)
		if !ok {
			return 0, false
		}
		rank = max(rank, n)
	}
	return rank, true
}

func (w *word) match(r entry) (rank int, ok bool) {
	at := strings.Index(r.text.fold, w.fold)
	switch {
	case at == 0:
		return rankExtension, true
	case at > 0:
		if w.exact(r) {
			return rankExact, true
		}
		return rankFolded, true
	case w.spelt(r):
		return rankFolded, true
	}
	if len(w.queues) > 0 && slices.ContainsFunc(r.Callin, func(m belief.Member) bool { return w.queues[m.Queue] }) ||
		len(w.callout) > 0 && slices.ContainsFunc(r.Callout, func(m belief.Member) bool { return w.callout[m.Queue] }) {
		return rankQueue, true
	}
	return 0, false
}

// spelt reports whether the name holds the word as it may be written as well.
func (w *word) spelt(r entry) bool {
	if r.text.spelling != "" {
		return strings.Contains(r.text.spelling, w.spelling)
	}
	_, name, _ := strings.Cut(r.text.fold, separator)
	return w.spelling != w.fold && strings.Contains(name, w.spelling)
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
