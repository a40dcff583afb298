package roster

import (
	"slices"
	"strconv"
	"strings"

	"github.com/alohub/agentconsole/apiclient"
)

// Search finds agents in the snapshot. It calls nothing and never waits.
func (t *Tenant) Search(q SearchQuery) Result {
	t.touch()
	v := t.view()
	found := v.search(q)
	out := Result{Total: len(found), At: v.oldest.time(), Complete: v.facts.crawled}
	if q.Size > 0 {
		from := min(max(q.Page, 0)*q.Size, len(found))
		found = found[from:min(from+q.Size, len(found))]
	}
	out.Agents = make([]Agent, 0, len(found))
	for _, r := range found {
		out.Agents = append(out.Agents, v.agent(r))
	}
	return out
}

// Matching returns the extensions of all agents that match, in order; Page and
// Size are ignored.
func (t *Tenant) Matching(q SearchQuery) []string {
	t.touch()
	found := t.view().search(q)
	ids := make([]string, 0, len(found))
	for _, r := range found {
		ids = append(ids, r.id)
	}
	return ids
}

func (v *view) search(q SearchQuery) []*record {
	words := v.words(q.Q)
	all := v.sorted(q.Sort)
	if len(words) == 0 && q.Status == "" && q.System == "" && q.User == "" && q.Queue == 0 && q.Health == "" && q.Keep == nil {
		return all
	}
	ranked := len(words) > 0 && q.Sort == ""
	var byRank [ranks][]*record
	for _, r := range all {
		if !q.keeps(r) {
			continue
		}
		rank, ok := match(r, words)
		if !ok || q.Keep != nil && !q.Keep(r.id, yes(r.record)) {
			continue
		}
		if !ranked {
			rank = 0
		}
		byRank[rank] = append(byRank[rank], r)
	}
	return slices.Concat(byRank[:]...)
}

func (q SearchQuery) keeps(r *record) bool {
	switch {
	case q.Status != "" && (r.status < 0 || strconv.Itoa(int(r.status)) != q.Status),
		q.System != "" && text(r.system) != q.System,
		q.User != "" && text(r.user) != q.User,
		q.Queue != 0 && find(r.callin, q.Queue) < 0:
		return false
	}
	switch q.Health {
	case HealthNoCallin:
		return r.status == 1 && len(r.callin) == 0
	case HealthInactiveQueued:
		return r.status == 0 && len(r.callin) > 0
	case HealthFollowMeOut:
		return r.followMe == 1 && r.user != nil && *r.user == logout
	}
	return true
}

// word is one word of a query, and the queues it names.
type word struct {
	fold            string
	lower           string // "" where it has no accents
	queues, callout map[int64]bool
}

func (v *view) words(q string) []word {
	fields := strings.Fields(q)
	words := make([]word, 0, len(fields))
	for _, f := range fields {
		w := word{fold: fold(f), lower: lower(f)}
		if w.fold == "" {
			continue // nothing but accents
		}
		if w.lower == w.fold {
			w.lower = ""
		}
		w.queues = v.queuesNamed(apiclient.Callin, w.fold)
		w.callout = v.queuesNamed(apiclient.Callout, w.fold)
		words = append(words, w)
	}
	return words
}

func (v *view) queuesNamed(typ apiclient.QueueType, folded string) map[int64]bool {
	out := make(map[int64]bool)
	note := func(id int64) {
		if strings.Contains(strconv.FormatInt(id, 10), folded) || strings.Contains(fold(v.name(typ, id)), folded) {
			out[id] = true
		}
	}
	if typ == apiclient.Callin {
		for id := range v.facts.listed {
			note(id)
		}
	} else {
		for _, id := range v.callout {
			note(id)
		}
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
func match(r *record, words []word) (rank int, ok bool) {
	for i := range words {
		n, ok := words[i].match(r)
		if !ok {
			return 0, false
		}
		rank = max(rank, n)
	}
	return rank, true
}

func (w *word) match(r *record) (rank int, ok bool) {
	at := strings.Index(r.fold, w.fold)
	switch {
	case at == 0:
		return rankExtension, true
	case at > 0:
		if w.exact(r) {
			return rankExact, true
		}
		return rankFolded, true
	}
	if len(w.queues) > 0 && slices.ContainsFunc(r.callin, func(m member) bool { return w.queues[m.queue] }) ||
		len(w.callout) > 0 && slices.ContainsFunc(r.callout, func(m member) bool { return w.callout[m.queue] }) {
		return rankQueue, true
	}
	return 0, false
}

// exact reports whether the name holds the word with the accents it was typed
// with: a word without any is exact in a name that has none there.
func (w *word) exact(r *record) bool {
	typed := w.lower
	if typed == "" {
		typed = w.fold
	}
	name := r.lower
	if name == "" {
		_, name, _ = strings.Cut(r.fold, separator)
	}
	return strings.Contains(name, typed)
}
