package handlers

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/live"
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
}

// formOf is the form that an edit was asked for with.
func formOf(in roster.Intent) editorForm {
	form := editorForm{agent: in.Agent, typ: in.Type, base: list(in.Base), priorityBase: in.PriorityBase}
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
	form.priority = strings.TrimSpace(value("priority"))
	if base := values(c, "priority_base"); len(base) > 0 {
		form.priorityBase = &base[0]
	}
	form.confirm = value("confirm") == "yes"
	form.shown = value("shown")
	form.draft = c.Method() == fiber.MethodGet && c.Query("draft") == "1"
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

// wanted resolves what was typed and ticked to queue ids, in order. bad is the
// first text that is neither an id nor the name of exactly one known queue.
func (f editorForm) wanted(t *live.Tenant) (ids []int64, bad string) {
	return parseQueues(f.raw, func(name string) (int64, bool) { return t.QueueNamed(f.typ, name) })
}

// parseQueues reads queues as people write them: an id, an id with its name
// ("1001226-test", "1001226 · test"), several ids pasted at once, or a name.
func parseQueues(raw []string, named func(string) (int64, bool)) (ids []int64, bad string) {
	seen := map[int64]bool{}
	keep := func(id int64) {
		if !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	for _, text := range raw {
		// Digits are an id, even where a queue is called so.
		if id, ok := named(text); ok && paths.ParseID(text) == 0 {
			keep(id)
			continue
		}
		words := strings.FieldsFunc(text, func(r rune) bool {
			return r == ',' || r == ';' || unicode.IsSpace(r)
		})
		allIDs := len(words) > 0
		for _, w := range words {
			if paths.ParseID(w) == 0 {
				allIDs = false
			}
		}
		if allIDs {
			for _, w := range words {
				keep(paths.ParseID(w))
			}
			continue
		}
		// "1001226-test": the id is what stands before the first character that is
		// no digit, if that character separates.
		end := strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' })
		if end > 0 && strings.ContainsRune("-–—· :", []rune(text[end:])[0]) {
			if id := paths.ParseID(text[:end]); id != 0 {
				keep(id)
				continue
			}
		}
		return ids, text
	}
	return ids, ""
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
