package directory

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/typed"
)

// QueuesNamed finds the known queues of that name: those spelt exactly so, or else those
// spelt so but for accents, case, form, and i and y. A name that several queues have is
// nobody's.
func (s *Snapshot) QueuesNamed(typ apiclient.QueueType, name string) []roster.Queue {
	name = typed.Clean(name)
	var exact, alike []roster.Queue
	for _, id := range s.names().queues[slot(typ)][spelling(name)] {
		q := s.queue(typ, id)
		if typed.Clean(q.Name) == name {
			exact = append(exact, q)
		} else {
			alike = append(alike, q)
		}
	}
	if len(exact) > 0 {
		return exact
	}
	return alike
}

// QueuesLike finds the known queues that somebody may have meant by a text that is no one
// queue's: whose name holds it, or whose id or name it holds.
func (s *Snapshot) QueuesLike(typ apiclient.QueueType, text string) (out []roster.Queue) {
	want := spelling(text)
	words := strings.FieldsFunc(want, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for _, q := range s.Queues(typ) {
		name := spelling(q.Name)
		if name != "" && (strings.Contains(name, want) || strings.Contains(want, name)) || slices.Contains(words, strconv.FormatInt(q.ID, 10)) {
			out = append(out, q)
		}
	}
	return out
}

// ExtensionLike is the one known extension that differs from a text by zeros in front
// alone, as a spreadsheet loses them; "" where there is none, or several.
func (s *Snapshot) ExtensionLike(text string) (found string) {
	text = typed.Clean(text)
	if !typed.Digits(text) {
		return ""
	}
	for _, id := range s.names().extensions[strings.TrimLeft(text, "0")] {
		if id == text {
			continue
		}
		if found != "" {
			return ""
		}
		found = id
	}
	return found
}

// PeopleNamed are the extensions of the agents of that name: spelt so but for accents,
// case, form, and i and y.
func (s *Snapshot) PeopleNamed(name string) []string {
	return slices.Clone(s.names().people[spelling(typed.Clean(name))])
}

// names finds extensions and queues by what people write for them: a file asks for as
// many as it has rows.
type names struct {
	once       sync.Once
	extensions map[string][]string   // of digits, by what is left without zeros in front
	people     map[string][]string   // by the spelling of the name
	queues     [2]map[string][]int64 // by spelling; ids in order
}

// names is the index, made once per snapshot.
func (s *Snapshot) names() *names {
	s.byName.once.Do(func() {
		s.byName.extensions = make(map[string][]string, len(s.agents))
		s.byName.people = make(map[string][]string, len(s.agents))
		for _, e := range s.agents {
			if key := spelling(e.Name); key != "" {
				s.byName.people[key] = append(s.byName.people[key], e.ID)
			}
			if typed.Digits(e.ID) {
				bare := strings.TrimLeft(e.ID, "0")
				s.byName.extensions[bare] = append(s.byName.extensions[bare], e.ID)
			}
		}
		for i, typ := range [...]apiclient.QueueType{apiclient.Callin, apiclient.Callout} {
			by := map[string][]int64{}
			for _, id := range s.known(typ) {
				if key := spelling(s.name(typ, id)); key != "" {
					by[key] = append(by[key], id)
				}
			}
			s.byName.queues[i] = by
		}
	})
	return &s.byName
}

func spelling(name string) string { return typed.Spelling(typed.Fold(name)) }
