package intake

import (
	"slices"
	"strconv"
	"strings"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/typed"
)

// MaxQueues bounds the queues of one cell: far beyond any real list.
const MaxQueues = 500

// maxCandidates bounds the queues that are offered for a text.
const maxCandidates = 12

// dot is what stands between a queue's id and its name where the console writes it.
const dot = " · "

// split cuts a cell into its queues. A space separates nothing: it may be part of a name.
func split(cell string) (out []string) {
	for part := range strings.FieldsFuncSeq(cell, separates) {
		if part = typed.Clean(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

func separates(r rune) bool { return strings.ContainsRune(",;|、\n", r) }

// meant is what one text says of a queue.
type meant struct {
	id   int64 // 0 where it is no one queue's
	code Code  // "" where it is a known queue's
}

// oneQueue reads a queue as people write it: an id, the name that exactly one known queue
// has, or an id with a name behind a dot, as the console writes it, or with its own name.
// Of an id that is not known it says both. In a text that separators cut (see separates)
// only a name that holds them is one queue.
func oneQueue(dir Directory, typ apiclient.QueueType, text string) meant {
	number := func(digits string) meant {
		id, err := strconv.ParseInt(digits, 10, 64)
		switch {
		case err != nil || digits[0] == '0': // "020" may be what a comma left of 1,020
			return meant{0, UnknownQueue}
		case !dir.Queue(typ, id):
			return meant{id, UnknownQueue}
		}
		return meant{id, ""}
	}
	if typed.Digits(text) {
		return number(text) // even where a queue is called so
	}
	switch named := dir.QueuesNamed(typ, text); len(named) {
	case 1:
		return meant{named[0].ID, ""}
	case 0:
	default:
		return meant{0, WhichQueue}
	}
	if id, _, ok := strings.Cut(text, dot); ok && typed.Digits(id) && !strings.ContainsFunc(text, separates) {
		return number(id)
	}
	end := strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	if end <= 0 {
		return meant{0, UnknownQueue}
	}
	const between = "-–—·: "
	if name := strings.TrimLeft(text[end:], between); len(name) < len(text[end:]) {
		m := number(text[:end])
		if slices.ContainsFunc(dir.QueuesNamed(typ, name), func(q roster.Queue) bool { return q.ID == m.id }) {
			return m
		}
	}
	return meant{0, UnknownQueue}
}

// candidates are the queues that may be meant by a text.
func candidates(dir Directory, typ apiclient.QueueType, text string) (out []string) {
	for _, q := range append(dir.QueuesNamed(typ, text), dir.QueuesLike(typ, text)...) {
		label := strconv.FormatInt(q.ID, 10)
		if q.Name != "" {
			label += dot + q.Name
		}
		if len(out) < maxCandidates && !slices.Contains(out, label) {
			out = append(out, label)
		}
	}
	return out
}
