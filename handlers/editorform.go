package handlers

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/typed"
	"github.com/alohub/agentconsole/web/paths"
)

// maxQueues bounds a list: far beyond any real one, and short of a request that
// only burdens the upstream. A longer one is refused, never cut: what is cut off
// would be a removal that nobody asked for.
const maxQueues = 500

// editorForm is the queue editor's form, or the draft of one in a URL.
type editorForm struct {
	agent        string
	typ          apiclient.QueueType
	raw          []string // queue_ids as sent
	base         string
	priority     string
	priorityBase *string // nil where the form did not carry it
	confirm      bool
	shown        string
	preview      bool
	draft        bool // the address itself carries the fields
	posted       bool // by this request, or by the one that a change goes on from
}

// formOf is the form that an edit was asked for with.
func formOf(in roster.Intent) editorForm {
	form := editorForm{agent: in.Agent, typ: in.Type, base: list(in.Base), priorityBase: in.PriorityBase, posted: true}
	for _, id := range in.Want {
		form.raw = append(form.raw, strconv.FormatInt(id, 10))
	}
	if in.Priority != nil {
		form.priority = strconv.Itoa(*in.Priority)
	}
	return form
}

// readEditor reads a POST's body, or of a GET the draft in its query.
func readEditor(c *fiber.Ctx) (form editorForm, err error) {
	form.agent = param(c, "id")
	if form.typ, err = queueType(c); err != nil {
		return form, err
	}
	values := fieldValues
	if c.Method() == fiber.MethodGet {
		values = queryValues
	}
	value := func(name string) string {
		if all := values(c, name); len(all) > 0 {
			return all[0]
		}
		return ""
	}
	for _, raw := range values(c, "queue_ids") {
		if s := strings.TrimSpace(raw); s != "" {
			form.raw = append(form.raw, strings.ToValidUTF8(s, ""))
		}
	}
	form.base = value("base")
	form.priority = typed.Clean(value("priority"))
	if base := values(c, "priority_base"); len(base) > 0 {
		form.priorityBase = &base[0]
	}
	form.confirm = value("confirm") == "yes"
	form.shown = value("shown")
	form.posted = c.Method() == fiber.MethodPost
	form.draft = !form.posted && c.Query("draft") == "1"
	form.preview = c.Query("preview") == "1" || value("preview") == "1"
	return form, nil
}

// queueType is callin where none is named. Any other word is refused: a list must
// never be written to the other side for a slip in its name.
func queueType(c *fiber.Ctx) (apiclient.QueueType, error) {
	switch typ := apiclient.QueueType(c.Query("type")); typ {
	case "":
		return apiclient.Callin, nil
	case apiclient.Callin, apiclient.Callout:
		return typ, nil
	}
	return "", fiber.NewError(fiber.StatusUnprocessableEntity, "unknown queue type")
}

// queueNames is what is known of queues by name.
type queueNames interface {
	QueuesNamed(typ apiclient.QueueType, name string) []roster.Queue
	QueuesLike(typ apiclient.QueueType, text string) []roster.Queue
}

// unclear is a text that is no one queue's, and the queues that may be meant.
type unclear struct {
	text string // "" where every text is clear
	// answered: a queue that may be meant was ticked, and so is meant.
	answered   bool
	candidates []roster.Queue
}

// open reports whether a text is in the way of saving.
func (u unclear) open() bool { return u.text != "" && !u.answered }

// wanted resolves what was typed and ticked to queue ids, in order. What says the
// first text that is neither an id nor the name of exactly one known queue.
func (f editorForm) wanted(names queueNames) (ids []int64, what unclear) {
	var texts []string
	for _, raw := range f.raw {
		if more, ok := parseQueue(raw, f.typ, names); ok {
			ids = roster.AppendNew(ids, more...)
		} else if text := typed.Clean(raw); text != "" {
			texts = append(texts, text)
		}
	}
	base := f.baseIDs()
	for _, text := range texts {
		u := unclear{text: text, candidates: candidates(names, f.typ, text, base)}
		u.answered = slices.ContainsFunc(u.candidates, func(q roster.Queue) bool { return slices.Contains(ids, q.ID) })
		if what.text == "" || what.answered {
			what = u
		}
	}
	return ids, what
}

// candidates are the queues that may be meant by a text that is no one queue's, and that
// the agent is not in.
func candidates(names queueNames, typ apiclient.QueueType, text string, base []int64) (found []roster.Queue) {
	for _, q := range append(names.QueuesNamed(typ, text), names.QueuesLike(typ, text)...) {
		there := slices.Contains(base, q.ID) || slices.ContainsFunc(found, func(other roster.Queue) bool { return other.ID == q.ID })
		if !there && len(found) < maxCandidates {
			found = append(found, q)
		}
	}
	return found
}

// maxCandidates bounds the queues that are offered for a text.
const maxCandidates = 12

// parseQueue reads queues as people write them: an id, a name that exactly one queue
// has, an id with its own name ("1001226-test", "1001226 · test"), or several of these,
// in lines or with commas between them. Nothing is guessed: "24-7 Support" is not queue
// 24, and "1900 6066" not two.
func parseQueue(raw string, typ apiclient.QueueType, names queueNames) (ids []int64, ok bool) {
	if id := oneQueue(typed.Clean(raw), typ, names); id != 0 {
		return []int64{id}, true
	}
	cells := typed.Cells(raw)
	if len(cells) < 2 {
		return nil, false
	}
	for _, cell := range cells {
		id := oneQueue(cell, typ, names)
		if id == 0 {
			return nil, false
		}
		ids = append(ids, id)
	}
	return ids, true
}

// oneQueue is the id that a text is of, 0 where it is of none or of several.
func oneQueue(text string, typ apiclient.QueueType, names queueNames) int64 {
	if typed.Digits(text) {
		return paths.ParseID(text) // even where a queue is called so
	}
	if named := names.QueuesNamed(typ, text); len(named) > 0 {
		if len(named) == 1 {
			return named[0].ID
		}
		return 0
	}
	digits, name := idAndName(text)
	for _, q := range names.QueuesNamed(typ, name) {
		if digits != 0 && q.ID == digits {
			return digits
		}
	}
	return 0
}

// idAndName cuts "1001226-test" at the first character that is no digit, if it separates.
func idAndName(text string) (id int64, name string) {
	end := strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	if end <= 0 {
		return 0, ""
	}
	const separators = "-–—·: "
	if !strings.ContainsRune(separators, []rune(text[end:])[0]) {
		return 0, ""
	}
	return paths.ParseID(text[:end]), strings.TrimLeft(text[end:], separators)
}

// baseIDs reads the list that the editor was opened on. What is no id is left
// out: the comparison with the fresh list then says so.
func (f editorForm) baseIDs() []int64 {
	var ids []int64
	for _, w := range strings.FieldsFunc(f.base, func(r rune) bool { return r == ',' || unicode.IsSpace(r) }) {
		if id := paths.ParseID(w); id != 0 {
			ids = append(ids, id)
		}
	}
	return ids
}

// priorityValue reads the priority; ok is false where it is no whole number from 0
// to 999,999,999. nil is "leave it as it is".
func (f editorForm) priorityValue() (value *int, ok bool) {
	if f.priority == "" || f.typ == apiclient.Callout {
		return nil, true
	}
	n, err := strconv.Atoi(f.priority)
	if err != nil || n < 0 || n > 999_999_999 {
		// What the row shows may be no number; sent back untouched it is not the
		// person's mistake.
		if f.priorityBase != nil && *f.priorityBase == f.priority {
			return nil, true
		}
		return nil, false
	}
	return &n, true
}

// intent is what the form asks for.
func (f editorForm) intent(agent string, want []int64, priority *int) roster.Intent {
	in := roster.EditIntent(agent, f.typ, f.baseIDs(), want, priority)
	in.PriorityBase = f.priorityBase
	return in
}
