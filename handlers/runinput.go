package handlers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/roster/live"
	"github.com/alohub/agentconsole/runs"
	"github.com/alohub/agentconsole/runs/intake"
	"github.com/alohub/agentconsole/sheets"
	"github.com/alohub/agentconsole/templates/components"
	"github.com/alohub/agentconsole/templates/pages"
	"github.com/alohub/agentconsole/typed"
	"github.com/alohub/agentconsole/web/paths"
)

// mostRows is how many rows a file may have.
const mostRows = sheets.MaxRows

// askedFor is what a form asks for, or what is wrong with it.
type askedFor struct {
	run     runs.Run
	agents  []string
	intents []roster.Intent
	errors  []pages.RunError
	more    int
	sheets  []string // of a file, where one has to be chosen
	fault   *fault
}

// known is what is known of a tenant, as reading what people give needs it.
type known struct {
	*live.Tenant
	queues map[apiclient.QueueType]map[int64]bool
}

func knownOf(t *live.Tenant) *known {
	return &known{Tenant: t, queues: make(map[apiclient.QueueType]map[int64]bool)}
}

// Queue reports whether a queue is known.
func (k *known) Queue(typ apiclient.QueueType, id int64) bool {
	if k.queues[typ] == nil {
		k.queues[typ] = make(map[int64]bool)
		for _, q := range k.Queues(typ) {
			k.queues[typ][q.ID] = true
		}
		for _, q := range k.KnownQueueIDs() {
			k.queues[typ][q] = true
		}
	}
	return k.queues[typ][id]
}

// asked reads a form. What is wrong with it is in the answer, all of it at once.
func (r *Runs) asked(c *fiber.Ctx, v *visit, f runInput) (askedFor, error) {
	var a askedFor
	if err := r.read(c.UserContext(), v); err != nil {
		return a, err
	}
	op := runs.Operation(f.operation)
	wrong := func(message string, data ...any) {
		a.errors = append(a.errors, pages.RunError{Text: v.say.T(message, data...)})
	}
	f.named(v, "queue_ids", apiclient.Callin, &f.queues)
	f.named(v, "from_ids", apiclient.Callin, &f.from)
	f.named(v, "callout_ids", apiclient.Callout, &f.callout)
	switch op {
	case runs.File:
		return r.askedByFile(c, v, f)
	case runs.Add, runs.Remove, runs.Replace:
		a.run.QueueIDs = f.queues
	case runs.Move:
		a.run.QueueIDs, a.run.FromIDs = f.queues, f.from
		r.queuesNamed(f.from, f.notIDs["from_ids"], "runs.error.from", wrong)
		if both := roster.Both(f.queues, f.from); len(both) > 0 {
			wrong("runs.error.same", "Queue", names(v.namer(apiclient.Callin).chips(both)))
		}
	case runs.Callout:
		a.run.QueueIDs = f.callout
	case runs.RecordingOn, runs.RecordingOff:
	default:
		wrong("runs.error.operation")
	}
	if needsQueues(op) {
		field := "queue_ids"
		if op == runs.Callout {
			field = "callout_ids"
		}
		r.queuesNamed(a.run.QueueIDs, f.notIDs[field], "runs.error.queues", wrong)
	}
	if f.priority != "" && (op == runs.Add || op == runs.Move || op == runs.Replace) {
		if n, err := strconv.Atoi(f.priority); err == nil && n >= 0 {
			a.run.Priority = &n
		} else {
			wrong("runs.error.priority", "Text", f.priority)
		}
	}
	if err := r.askedAgents(c, v, f, &a, wrong); err != nil {
		return a, err
	}
	if len(a.errors) > 0 {
		return a, nil
	}
	a.run.Operation, a.run.Choice.Count = op, len(a.agents)
	a.intents = runs.Intents(op, a.agents, a.run.QueueIDs, a.run.FromIDs, a.run.Priority)
	return a, nil
}

// queuesNamed says what is wrong with the queues of a field: what is no id is not left out
// silently, for a list would be replaced by another than was meant.
func (*Runs) queuesNamed(ids []int64, not []string, missing string, wrong func(string, ...any)) {
	for _, text := range not[:min(len(not), mostNamed)] {
		wrong("runs.error.queue_id", "Text", typed.Line(text, 40))
	}
	if len(ids)+len(not) == 0 {
		wrong(missing)
	}
}

func needsQueues(op runs.Operation) bool {
	switch op {
	case runs.Add, runs.Remove, runs.Move, runs.Replace, runs.Callout:
		return true
	}
	return false
}

// read waits for a moment until the tenant was read once to its end: before that nothing can
// be said of whom there is, nor of what they are in.
func (r *Runs) read(ctx context.Context, v *visit) error {
	v.tenant.StartCrawl(v.access)
	if err := v.awaitScan(ctx, paths.AgentsQuery{}); err != nil {
		return err
	}
	if v.tenant.Progress().CompletedAt.IsZero() {
		return errBeingRead
	}
	return nil
}

// askedAgents are the agents that a form chooses.
func (r *Runs) askedAgents(c *fiber.Ctx, v *visit, f runInput, a *askedFor, wrong func(string, ...any)) (err error) {
	blamed := len(a.errors)
	if f.matching {
		if a.agents, err = r.matching(c.UserContext(), v, f.query); err != nil {
			return err
		}
		// Without a filter that was meant, these are more people than were meant.
		for _, u := range f.unread {
			wrong("runs.error.filter", "Text", u.Text, "Filter", v.say.T(components.UnreadLabel("filters", u)))
		}
		a.run.Choice = runs.Choice{By: "matching", Query: strings.TrimPrefix(r.Paths.Agents(f.query), r.Paths.Base())}
	} else {
		agents, faults := intake.Extensions(knownOf(v.tenant), f.agents)
		a.agents, a.run.Choice.By = agents, "picked"
		for _, f := range faults {
			if !f.Blocks() {
				if a.run.Choice.Doubled++; a.run.Choice.Doubled <= runs.MostNamed {
					a.run.Choice.Twice = append(a.run.Choice.Twice, f.Text)
				}
			}
		}
		a.blame(v, faults)
	}
	switch {
	case len(a.agents) == 0 && len(a.errors) == blamed:
		wrong("runs.error.agents")
	case len(a.agents) > mostAgents:
		wrong("runs.error.too_many", "Most", v.say.Number(mostAgents))
	}
	return nil
}

// mostErrors is how many errors a page shows.
const mostErrors = 200

// blame notes faults in words.
func (a *askedFor) blame(v *visit, faults []intake.Fault) {
	for _, f := range faults {
		if !f.Blocks() {
			continue
		}
		if len(a.errors) >= mostErrors {
			a.more++
			continue
		}
		at := ""
		if f.Row > 0 {
			at = fmt.Sprintf("%d:%d", f.Row, f.Column)
		}
		a.errors = append(a.errors, pages.RunError{At: at, Text: v.blamed(f)})
	}
}

// blamed says a fault in words.
func (p presenter) blamed(f intake.Fault) string {
	text := p.say.T(f.Key(), f.Data()...)
	switch {
	case f.At() != "":
		return f.At() + ": " + text
	case f.Row > 0:
		return p.say.T("runs.error.row", "Row", f.Row) + " " + text
	}
	return text
}

// askedByFile reads what the rows of a file ask for.
func (r *Runs) askedByFile(c *fiber.Ctx, v *visit, f runInput) (a askedFor, err error) {
	wrong := func(message string, data ...any) (askedFor, error) {
		a.errors = append(a.errors, pages.RunError{At: "0:0", Text: v.say.T(message, data...)})
		return a, nil
	}
	header, err := c.FormFile("file")
	if err != nil {
		return wrong("runs.error.file")
	}
	if header.Size > sheets.MaxBytes {
		return wrong(sheets.TooLarge.Key())
	}
	opened, err := header.Open()
	if err != nil {
		return a, err
	}
	data, err := io.ReadAll(io.LimitReader(opened, sheets.MaxBytes+1))
	_ = opened.Close()
	if err != nil {
		return a, err
	}
	book, err := sheets.Open(header.Filename, data)
	unreadable := (*sheets.UnreadableError)(nil)
	if errors.As(err, &unreadable) {
		return wrong(unreadable.Why.Key())
	}
	if err != nil {
		return a, err
	}
	defer func() { _ = book.Close() }()
	table, err := intake.Read(knownOf(v.tenant), book, intake.Options{Sheet: f.sheet, WithHidden: f.withHidden})
	if errors.As(err, &unreadable) {
		return wrong(unreadable.Why.Key())
	}
	if err != nil {
		return a, err
	}
	a.blame(v, table.Faults)
	if table.Sheet == "" {
		for _, s := range table.Sheets {
			a.sheets = append(a.sheets, s.Name)
		}
		if len(a.sheets) > 0 {
			return wrong("runs.error.sheet")
		}
	}
	if len(a.errors) > 0 {
		return a, nil
	}
	a.intents = table.Intents
	a.run.Operation = runs.File
	a.run.Choice = runs.Choice{
		By: "file", File: typed.Line(header.Filename, 80), Count: table.Rows, Left: len(table.Hidden),
		LeftRows: table.Hidden[:min(len(table.Hidden), runs.MostNamed)], Ignored: table.Ignored,
		Headless: table.Headless[:min(len(table.Headless), runs.MostNamed)],
	}
	return a, nil
}

// Template is the empty workbook for a run by file.
func (r *Runs) Template(c *fiber.Ctx) error {
	return r.sendFile(c, "runs", intake.Template(entered(c).word))
}

// Chosen is the present state of the agents of a form as a workbook that can be edited and
// sent back.
func (r *Runs) Chosen(c *fiber.Ctx) error {
	v := entered(c)
	var a askedFor
	f := inputOf(c)
	if err := r.askedAgents(c, v, f, &a, func(message string, data ...any) {
		a.errors = append(a.errors, pages.RunError{Text: v.say.T(message, data...)})
	}); err != nil {
		return r.unmatched(c, v, f.query, r.Paths.RunChosenMatching(f.query), err)
	}
	if len(a.errors) > 0 {
		return r.refuse(c, v, f, a)
	}
	agents := make([]roster.Agent, 0, len(a.agents))
	for _, id := range a.agents {
		if agent, ok := v.tenant.Known(id); ok {
			agents = append(agents, agent)
		}
	}
	p := v.presenter // outlives the request
	table := intake.Present(p.word, agents, func(typ apiclient.QueueType, id int64) string { return p.queueName(typ, id) })
	return r.sendFile(c, "agents-edit", table)
}

// word is a message without data.
func (p presenter) word(key string) string { return p.say.T(key) }
