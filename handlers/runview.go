package handlers

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/journal"
	"github.com/alohub/agentconsole/roster"
	"github.com/alohub/agentconsole/runs"
	"github.com/alohub/agentconsole/sheets"
	"github.com/alohub/agentconsole/templates/pages"
	"github.com/alohub/agentconsole/templates/partials"
	"github.com/alohub/agentconsole/web/paths"
)

// runTitle says what a run does.
func (p presenter) runTitle(r runs.Run) string {
	typ := apiclient.Callin
	if r.Operation == runs.Callout {
		typ = apiclient.Callout
	}
	to, from := names(p.namer(typ).chips(r.QueueIDs)), names(p.namer(typ).chips(r.FromIDs))
	title := p.say.T("runs.do."+string(r.Operation), "To", to, "From", from)
	if r.Priority != nil {
		title += ", " + p.runPriority(*r.Priority)
	}
	return title
}

// runChoice says to whom.
func (p presenter) runChoice(r runs.Run) string {
	text := p.say.N("runs.chosen."+r.Choice.By, r.Choice.Count, "File", r.Choice.File)
	if r.Choice.Left > 0 {
		rows := make([]string, len(r.Choice.LeftRows))
		for i, n := range r.Choice.LeftRows {
			rows[i] = strconv.Itoa(n)
		}
		text += ". " + p.say.N("runs.hidden_left", r.Choice.Left) + p.named(rows, r.Choice.Left)
	}
	if r.Choice.Doubled > 0 {
		text += ". " + p.say.N("runs.doubled", r.Choice.Doubled) + p.named(r.Choice.Twice, r.Choice.Doubled)
	}
	if len(r.Choice.Headless) > 0 {
		text += ". " + p.say.T("runs.headless", "Columns", strings.Join(r.Choice.Headless, ", "))
	}
	if len(r.Choice.Ignored) > 0 {
		text += ". " + p.say.T("runs.ignored", "Columns", strings.Join(r.Choice.Ignored, ", "))
	}
	return text
}

// named lists the first of so many, "" where none is known by name.
func (p presenter) named(first []string, all int) string {
	if len(first) == 0 {
		return ""
	}
	text := ": " + strings.Join(first, ", ")
	if more := all - len(first); more > 0 {
		text += " " + p.say.N("runs.and_more", more)
	}
	return text
}

func (v *visit) runRow(r runs.Run) pages.RunRow {
	row := pages.RunRow{
		ID: r.ID, URL: v.paths.Run(r.ID, "", 0), Title: v.runTitle(r), Name: r.Name, Choice: v.runChoice(r), State: string(r.State),
		Operator: r.Operator, At: r.PlannedAt, Done: r.Counts.Done(), Total: r.Counts.Wanted(), Reversible: r.Operation == runs.Move,
	}
	if !r.StartedAt.IsZero() {
		row.At = r.StartedAt
	}
	row.Counts = v.runCounts(r, false)
	return row
}

// runCounts are the states that items are in, all that there are of.
func (p presenter) runCounts(r runs.Run, links bool) (out []partials.RunCount) {
	for _, s := range runs.ItemStates() {
		if n := r.Counts[s]; n > 0 {
			count := partials.RunCount{State: string(s), N: n}
			if links {
				count.URL = p.paths.Run(r.ID, string(s), 0)
			}
			out = append(out, count)
		}
	}
	return out
}

// stateFilter is the state that items are asked for by, "" for all.
func stateFilter(text string) string {
	if slices.Contains(runs.ItemStates(), runs.ItemState(text)) {
		return text
	}
	return ""
}

// model is a run as its page shows it.
func (r *Runs) model(c *fiber.Ctx, v *visit) (m partials.Run, err error) {
	ctx, id := c.UserContext(), param(c, "id")
	run, err := r.store.Find(ctx, v.scope(), id)
	if err != nil {
		return m, err
	}
	m = v.run(run)
	m.Filter = stateFilter(c.Query("state"))
	m.Unread = paths.UnreadState(fieldsOf(c), m.Filter)
	if m.Page, err = strconv.Atoi(c.Query("page")); err != nil || m.Page < 0 {
		m.Page = 0
	}
	f := runs.ItemFilter{Limit: itemsPage, Skip: m.Page * itemsPage}
	m.Of = run.Counts.Total()
	if m.Filter != "" {
		f.States = []runs.ItemState{runs.ItemState(m.Filter)}
		m.Of = run.Counts[runs.ItemState(m.Filter)]
	}
	items, err := r.store.Items(ctx, id, f)
	if err != nil {
		return m, err
	}
	now, here := r.runner.Live(id)
	for _, it := range items {
		if here && it.State == runs.ItemPlanned && slices.Contains(now.Agents, it.Agent) {
			it.State = runs.ItemRunning
		}
		m.Items = append(m.Items, v.runItem(it))
	}
	if len(items) > 0 {
		m.From, m.To = f.Skip+1, f.Skip+len(items)
	}
	m.HasMore = f.Skip+len(items) < m.Of
	switch {
	case run.State == runs.Planned:
		m.Estimate = v.runEstimate(r.estimate(v, run), r.runner.EvidenceAge())
	case here:
		m.Estimate = v.runEstimate(now.Estimate, r.runner.EvidenceAge())
		m.Reading, m.Stopping = now.Reading, now.Stopping
		if now.Looking > 0 {
			m.Looking = v.say.N("runs.looking", now.Looking)
		}
		if !now.Behind.Since.IsZero() {
			m.Behind = v.say.T("runs.behind", "Operator", now.Behind.Operator)
		}
	}
	return m, nil
}

func (v *visit) runEstimate(e runs.Estimate, age time.Duration) partials.RunEstimate {
	return partials.RunEstimate{
		Calls: e.Calls, Minutes: v.lasts(e.Time), Known: e.Known, Age: int(e.Age.Seconds()), Longer: e.Exceeds(age),
	}
}

// lasts says how long something takes.
func (p presenter) lasts(d time.Duration) string {
	if d < 90*time.Second {
		return p.say.N("runs.seconds", max(int(d.Round(time.Second).Seconds()), 1))
	}
	return p.say.N("runs.minutes", int(d.Round(time.Minute).Minutes()))
}

func (v *visit) run(r runs.Run) partials.Run {
	m := partials.Run{
		Paths: v.paths, ID: r.ID, Title: v.runTitle(r), Choice: v.runChoice(r), State: string(r.State), Revision: r.Revision,
		Operator: r.Operator, PlannedAt: r.PlannedAt, StartedAt: r.StartedAt, EndedAt: r.EndedAt, OldestAt: r.OldestAt, Name: r.Name,
		Done: r.Counts.Done(), Total: r.Counts.Wanted(), Counts: v.runCounts(r, true),
		ToDo: r.Counts.Open(), Unchanged: r.Counts[runs.ItemUnchanged], Impossible: r.Counts[runs.ItemImpossible],
		Unticked: r.Counts[runs.ItemNotAttempted], Reversible: r.Operation == runs.Move, Detail: r.Detail,
	}
	if m.Total > 0 {
		m.Percent = 100 * m.Done / m.Total
	}
	if r.Reason != "" && !(r.State == runs.Cancelled && r.Reason == runs.Asked) {
		m.Why = v.say.T("runs.why." + string(r.Reason))
	} else if r.State == runs.Interrupted {
		m.Why = v.say.T("runs.why.interrupted")
	}
	if r.Reason == runs.Unauthorized && !r.State.Over() {
		m.KeyURL = v.paths.SignIn(v.paths.Run(r.ID, "", 0))
	}
	if r.Of != "" {
		m.OfURL, m.OfText = v.paths.Run(r.Of, "", 0), v.say.T("runs.of")
		if r.Operation == runs.Undo {
			m.OfText = v.say.T("runs.of_undo")
		}
	}
	ended := r.State != runs.Planned && r.State != runs.Running
	for s, n := range r.Counts {
		m.CanRetry = m.CanRetry || r.State.Over() && s.Left() && n > 0
		m.CanUndo = m.CanUndo || ended && s.Sent() && n > 0
	}
	if r.Operation == runs.RecordingOn || r.Operation == runs.RecordingOff {
		m.CanUndo = false // what it was before is never known
	}
	if r.State != runs.Planned {
		return m // what it would do is no longer shown
	}
	for _, e := range r.Effects {
		chip := v.namer(e.Type).chips([]int64{e.Queue})[0]
		chip.URL = v.paths.Queue(e.Queue, string(e.Type))
		if chip.Name == "" {
			chip.Name = e.Name
		}
		m.Effects = append(m.Effects, partials.RunEffect{
			Queue: chip, Type: string(e.Type), MembersBefore: e.Before.Members, MembersAfter: e.After.Members,
			ActiveBefore: e.Before.Active, ActiveAfter: e.After.Active,
			AvailableBefore: e.Before.Available, AvailableAfter: e.After.Available, Deserted: e.Deserted(),
			Unknown: e.Before.Members == 0 && chip.Name == "",
		})
		if e.Deserted() {
			m.Deserted++
		}
	}
	for _, g := range r.Groups {
		typ := apiclient.QueueType(g.Kind)
		group := partials.RunGroup{Agents: g.Agents, Removed: v.namer(typ).chips(g.Removed), Added: v.namer(typ).chips(g.Added)}
		if g.Kind == journal.Recording {
			group.Text = v.runRecording(g.Enabled)
		} else if len(g.Removed)+len(g.Added) == 0 {
			group.Text = v.say.T("runs.priority_only")
		}
		m.Groups = append(m.Groups, group)
	}
	return m
}

func (p presenter) runRecording(on bool) string {
	if on {
		return p.say.T("runs.op.recording-on")
	}
	return p.say.T("runs.op.recording-off")
}

func (p presenter) runPriority(n int) string {
	return p.say.T("runs.with_priority", "Priority", strconv.Itoa(n))
}

func (v *visit) runItem(it runs.Item) partials.RunItem {
	m := partials.RunItem{
		Seq: it.Seq, Agent: it.Agent, AgentURL: v.paths.Agent(it.Agent), Name: it.AgentName, State: string(it.State),
		Message: it.Message, ReadAt: it.ReadAt, Ticked: it.State == runs.ItemPlanned,
	}
	if it.Kind() == journal.Recording {
		m.Text = v.runRecording(it.Enabled)
	} else {
		name := v.namer(it.Intent.Type)
		m.Removed, m.Added, m.Kept = name.chips(it.Removed()), name.chips(it.Added()), name.chips(it.After)
		switch {
		case it.Intent.Type == apiclient.Callout:
			m.Text = "callout"
		case it.Intent.Priority != nil:
			m.Text = v.runPriority(*it.Intent.Priority)
		}
	}
	switch {
	case it.Why == runs.WhyQuestion:
		m.Why, m.Message = v.runQuestion(it), ""
	case it.Why == runs.WhyBusy:
		m.Why, m.Message = v.say.T("runs.item_why."+it.Why, "Operator", it.Message), ""
	case slices.Contains(runs.Whys(), it.Why):
		m.Why = v.say.T("runs.item_why." + it.Why)
	case it.State == runs.ItemImpossible || it.State == runs.ItemAside:
		m.Why = v.whyNot(roster.WhyNot(it.Why))
	case it.Why != "" && ownCode(it.Why):
		m.Why = v.say.T("result." + strings.ToLower(it.Why))
	default:
		m.Code = it.Why
	}
	if it.Entry != "" {
		m.ChangeURL = v.paths.AgentChange(it.Agent, it.Entry)
	}
	return m
}

// runQuestion says what an item asks that its plan did not.
func (v *visit) runQuestion(it runs.Item) string {
	var words []string
	for code := range strings.SplitSeq(it.Message, ",") {
		why, about, _ := strings.Cut(code, ":")
		queue := about
		if id, err := strconv.ParseInt(about, 10, 64); err == nil {
			queue = v.namer(it.Intent.Type).chips([]int64{id})[0].Label()
		}
		if why == string(roster.ConfirmUnsure) {
			words = append(words, v.doubts([]roster.Unsure{roster.Unsure(about)})...)
			continue
		}
		words = append(words, v.say.T("runs.question."+why, "Queue", queue))
	}
	return strings.Join(words, " ")
}

// File is a run's result as a file: a row for each change of an agent.
func (r *Runs) File(c *fiber.Ctx) error {
	v := entered(c)
	id := strings.TrimSuffix(strings.TrimSuffix(param(c, "id"), ".csv"), ".xlsx")
	run, err := r.store.Find(c.UserContext(), v.scope(), id)
	if err != nil {
		return r.gone(c, v, err)
	}
	var f runs.ItemFilter
	about := v.about()
	state := stateFilter(c.Query("state"))
	if unread := paths.UnreadState(fieldsOf(c), state); len(unread) > 0 {
		return r.unmade(c, "runs.col", unread, "runs", r.Paths.Run(id, "", 0))
	}
	if state != "" {
		f.States = []runs.ItemState{runs.ItemState(state)}
		about = v.about([2]string{"runs.col.state", v.say.T("runs.item." + state)})
	}
	items, err := r.store.Items(c.UserContext(), id, f)
	if err != nil {
		return err
	}
	header := []string{"agent", "state", "before", "after", "removed", "added", "code", "message", "change"}
	kinds := isWorkbook(c) // the CSV has the columns that were agreed on
	if kinds {
		header = append(header, "kind")
	}
	row := v.runItem // what it holds of the request is its own
	rows := func(write func([]sheets.Cell) error) error {
		for _, it := range items {
			after, message := it.After, it.Message
			switch it.State {
			case runs.ItemAside, runs.ItemImpossible, runs.ItemNotAttempted:
				after = it.Before // nothing was sent
				if it.Why != "" {
					message = row(it).Why
				}
			}
			removed, added := differ(it.Before, after)
			cells := append([]sheets.Cell{sheets.ID(it.Agent)}, plain(
				string(it.State), idsCell(it.Before), idsCell(after), idsCell(removed), idsCell(added), it.Why, message, it.Entry,
			)...)
			if kinds {
				cells = append(cells, plain(string(it.Kind()))...)
			}
			if err := write(cells); err != nil {
				return err
			}
		}
		return nil
	}
	return r.sendFile(c, "run-"+id, sheets.Table{
		Name: v.say.T("runs.single"), Header: header, Rows: rows, AboutName: v.say.T("file.about"), CountName: v.say.T("file.count"),
		About: append(about, [2]string{v.say.T("runs.single"), v.runTitle(run)}, [2]string{v.say.T("runs.col.state"), v.say.T("runs.state." + string(run.State))},
			[2]string{v.say.T("menu.operator"), run.Operator}, [2]string{"id", fmt.Sprint(run.ID)}),
	})
}
