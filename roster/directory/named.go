package directory

import (
	"slices"
	"strconv"
	"strings"
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
	for _, q := range s.Queues(typ) {
		switch given := typed.Clean(q.Name); {
		case given == "":
		case given == name:
			exact = append(exact, q)
		case spelling(given) == spelling(name):
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
	for _, e := range s.agents {
		if e.ID == text || !typed.Digits(e.ID) || strings.TrimLeft(e.ID, "0") != strings.TrimLeft(text, "0") {
			continue
		}
		if found != "" {
			return ""
		}
		found = e.ID
	}
	return found
}

func spelling(name string) string { return typed.Spelling(typed.Fold(name)) }
