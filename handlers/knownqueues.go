package handlers

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/live"
	"github.com/alohub/agentconsole/templates/pages"
	"github.com/alohub/agentconsole/typed"
	"github.com/alohub/agentconsole/web/paths"
	"github.com/alohub/agentconsole/web/render"
)

// maxKept is how long a typed list may be to travel in an address: browsers, proxies and
// the cookie beside it leave it no more.
const maxKept = 2000

// KnownDraft is the form with what was typed in it, "" where that is too long.
func (r *Queues) KnownDraft(c *fiber.Ctx) string {
	text := field(c, "ids")
	if text == "" || len(text) > maxKept {
		return ""
	}
	return r.Paths.KnownQueuesDraft(text)
}

// Keep replaces the queue ids that are kept for the tenant, of which the filter is asked
// besides those that agents show.
func (r *Queues) Keep(c *fiber.Ctx) error {
	v := entered(c)
	if fieldValues(c, "ids") == nil {
		return fiber.ErrUnprocessableEntity // an emptied list has the field
	}
	text := strings.ToValidUTF8(field(c, "ids"), "")
	ids, bad := parseKnown(text)
	var f *fault
	switch {
	case bad != "":
		f = r.notKept(c, "problem.known_queue", "Text", typed.Line(bad, 80))
	case len(ids) > live.MaxKnownQueues:
		f = r.notKept(c, "problem.too_many_known", "Count", v.say.Number(len(ids)), "Most", v.say.Number(live.MaxKnownQueues))
	default:
		err := v.tenant.KeepKnownQueues(c.UserContext(), v.access, journal.KnownQueues{IDs: ids, Operator: v.operator, At: r.Now().UTC()})
		if err == nil {
			return render.Redirect(c, r.Paths.Queues(paths.RowsQuery{}))
		}
		if f, err = r.fault(c, err); err != nil {
			return err
		}
	}
	// What is kept now stands beside what was typed; that it cannot be read is said by
	// the failure, or does not matter to it.
	known, _ := v.tenant.KnownQueues(c.UserContext())
	m := r.known(known)
	m.Text, m.Open, m.Failure = text, true, f.box()
	if render.HTMX(c) {
		return v.parts(c, f.code(), f, pages.KnownQueuesBox(m))
	}
	page := r.read(c, v)
	page.Known = m
	return r.page(c, f.code(), r.chrome(c, v.say.T("queues.title"), "queues"), pages.QueuesPage(page), f)
}

// notKept is what the console itself refuses to keep.
func (r *Queues) notKept(c *fiber.Ctx, message string, data ...any) *fault {
	p := invalid(message)
	p.Data = data
	f := r.say(c, p, nil)
	f.failure.FieldID = pages.KnownQueuesField
	return f
}

// known is the list that is kept, as its form opens on it.
func (r *Queues) known(known journal.KnownQueues) pages.KnownQueues {
	words := make([]string, len(known.IDs))
	for i, id := range known.IDs {
		words[i] = strconv.FormatInt(id, 10)
	}
	return pages.KnownQueues{
		URL: r.Paths.KnownQueues(), Text: strings.Join(words, "\n"), Count: len(known.IDs), Most: live.MaxKnownQueues,
		Operator: known.Operator, At: known.At,
	}
}

// twoNumbers is what may be two ids or the ends of a row of them, and not one with its
// name: to take the first would leave ids out that somebody pasted.
var twoNumbers = regexp.MustCompile(`^\d+\D\d+$`)

// parseKnown reads queue ids as people paste them, also with their names, which the
// console need not know: what is kept is asked about, and never sent. bad is the first
// word that is none.
func parseKnown(text string) (ids []int64, bad string) {
	words := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' || unicode.IsSpace(r) })
	for _, raw := range words {
		word := typed.Clean(raw)
		id := paths.ParseID(word)
		if named, name := idAndName(word); id == 0 && name != "" && !twoNumbers.MatchString(word) {
			id = named
		}
		switch {
		case word == "":
		case id == 0:
			return nil, word
		default:
			ids = roster.AppendNew(ids, id)
		}
	}
	return ids, ""
}
