package partials

import (
	"context"
	"io"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"github.com/alohub/agentconsole/locale"
	"github.com/alohub/agentconsole/templates/components"
)

// A row is most of what a list weighs and costs, so it says only what differs from row to
// row: heads of cards are in the stylesheet, which knows a cell by its place or a short word (TestPlaces), and
// app.js adds what makes a press ask by itself (rows.js). It is printed by hand, where the
// runtime of templates would look each word up and copy each piece
// (docs/adr/0037-rows-by-hand.md). Whatever is foreign goes through text, between quotes.

// recordingsID is the form that the recording buttons of all rows belong to.
const recordingsID = "rec"

// recordingStem and an extension of digits is what DOMID makes of a row's recording.
const recordingStem = "recording-"

// certaintyID and a certainty is the id of the sentence that explains it, said once.
const certaintyID = "is-"

// rowSize holds a row of some twenty queues.
const rowSize = 4 << 10

// AgentRows are rows of the list.
func AgentRows(rows []AgentRow, view ListView) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		p := newRowPrinter(ctx, rowSize)
		p.columns, p.whole = view.shown(), view.Comfortable
		for _, r := range rows {
			p.row(r)
			if _, err := w.Write(p.out); err != nil {
				return err
			}
			p.out = p.out[:0]
		}
		return nil
	})
}

// Presence is the part of a row that refreshes by itself: what the system says, and what
// the person chose.
func Presence(r AgentRow) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		p := newRowPrinter(ctx, 200)
		p.presence(r)
		_, err := w.Write(p.out)
		return err
	})
}

type rowPrinter struct {
	out     []byte
	columns []Column
	whole   bool // all queues are shown
	// Said in every row, looked up once.
	unknown, inactive, statusUnknown       string
	available, notAvailable, logout        string
	followMe                               string
	edit, locked, inRun                    string
	neverShort                             string
	recOn, recOff, sentOn, sentOff, unsure string
	sends, sendOn, sendOff                 string
	printer                                *locale.Printer
}

func newRowPrinter(ctx context.Context, size int) *rowPrinter {
	say := locale.From(ctx)
	p := &rowPrinter{printer: say, out: make([]byte, 0, size)}
	for _, said := range [...]struct {
		word *string
		id   string
	}{
		{&p.unknown, "common.unknown"},
		{&p.inactive, "agent.inactive"},
		{&p.statusUnknown, "agent.status_unknown"},
		{&p.available, "presence.available"},
		{&p.notAvailable, "presence.not_available"},
		{&p.logout, "presence.logout"},
		{&p.followMe, "agents.col.follow_me"},
		{&p.edit, "agents.edit"},
		{&p.locked, "agents.locked"},
		{&p.inRun, "agents.in_run"},
		{&p.neverShort, "recording.never_short"},
		{&p.recOn, "recording.on"},
		{&p.recOff, "recording.off"},
		{&p.sentOn, "recording.sent_on"},
		{&p.sentOff, "recording.sent_off"},
		{&p.unsure, "recording.unsure"},
		{&p.sends, "agents.col.recording"},
		{&p.sendOn, "recording.send_on"},
		{&p.sendOff, "recording.send_off"},
	} {
		*said.word = templ.EscapeString(say.T(said.id))
	}
	return p
}

func (p *rowPrinter) raw(pieces ...string) {
	for _, s := range pieces {
		p.out = append(p.out, s...)
	}
}

// text prints what others wrote, in an element or between the quotes of an attribute.
func (p *rowPrinter) text(s string) {
	for i := range len(s) {
		switch s[i] {
		case '<', '>', '&', '"', '\'':
			p.raw(templ.EscapeString(s))
			return
		}
	}
	p.raw(s)
}

func (p *rowPrinter) row(r AgentRow) {
	id := templ.EscapeString(r.ID)
	p.raw(`<tr data-agent-id="`, id, `" data-mark=`, r.Mark())
	if r.RunURL != "" {
		p.raw(` data-run-item-open`)
	}
	p.raw(`><td><label><input type=checkbox name=agent_ids value="`, id, `" form=`, bulkID, ` aria-label="`)
	p.text(p.printer.T("selection.agent", "Agent", r.ID))
	p.raw(`"></label><th scope=row><a href="`)
	p.text(r.URL)
	p.raw(`">`, id, `</a>`)
	for _, c := range p.columns {
		p.cell(c, r)
	}
	p.raw(`<td>`)
	p.actions(r)
}

func (p *rowPrinter) cell(c Column, r AgentRow) {
	switch c {
	case ColumnName:
		p.raw(`<td class=whom>`)
		p.name(r)
	case ColumnPresence:
		p.raw(`<td class=now>`)
		p.presence(r)
	case ColumnCallin:
		p.chips("callin", r.Callin, r.Priority)
	case ColumnCallout:
		p.chips("callout", r.Callout, "")
	case ColumnRecording:
		p.raw(`<td class=rec>`)
		p.recording(r.Recording)
	}
}

// name is the name, and what is not as it is with nearly everybody: that an agent is active,
// and answers where it sits, is not said in each row.
func (p *rowPrinter) name(r AgentRow) {
	follows := r.FollowMe != nil && *r.FollowMe
	if r.Active != nil && *r.Active && !follows && r.RunURL == "" {
		p.foreign(r.Name)
		return
	}
	p.raw(`<span class=named>`)
	p.foreign(r.Name)
	switch {
	case r.Active == nil:
		p.raw(`<span class="tag tag-status">`, p.statusUnknown, `</span>`)
	case !*r.Active:
		p.raw(`<span class="tag tag-status">`, p.inactive, `</span>`)
	}
	if follows {
		p.raw(`<span class="tag tag-new">`, p.followMe, `</span>`)
	}
	if r.RunURL != "" {
		p.raw(`<a class="tag tag-run" href="`)
		p.text(r.RunURL)
		p.raw(`">`, p.inRun, `</a>`)
	}
	p.raw(`</span>`)
}

func (p *rowPrinter) dash() {
	p.raw(`<span class=unknown role=img aria-label="`, p.unknown, `">–</span>`)
}

// foreign is components.Text.
func (p *rowPrinter) foreign(s string) {
	if s == "" {
		p.dash()
		return
	}
	p.raw(`<bdi>`)
	p.text(s)
	p.raw(`</bdi>`)
}

func (p *rowPrinter) state(kind, word string) {
	p.raw(`<span class="state state-`, kind, `">`, word, `</span>`)
}

func (p *rowPrinter) muted(word string) { p.raw(`<span class=muted>`, word, `</span>`) }

// shownChips is how many queues of a type a row shows before "+2".
func shownChips(typ string) int {
	if typ == "callout" {
		return 1
	}
	return 2
}

// chips is components.Chips in one line: the first, and the rest behind a button that
// opens on pointing, tapping and focus. Where rows are as high as they need, all are shown.
func (p *rowPrinter) chips(typ string, chips []components.Chip, priority string) {
	p.raw(`<td data-queues="`, typ, `">`)
	first := min(shownChips(typ), len(chips))
	if p.whole {
		first = len(chips)
	}
	switch {
	case first == 0:
		p.dash()
	case len(chips) == 1:
		p.chip(typ, chips[0])
	default:
		p.raw(`<span class=chips>`)
		for _, c := range chips[:first] {
			p.chip(typ, c)
		}
		if rest := chips[first:]; len(rest) > 0 {
			p.rest(typ, rest)
		}
		p.raw(`</span>`)
	}
	if priority != "" {
		p.raw(`<bdi class=priority>`)
		p.text(priority)
		p.raw(`</bdi>`)
	}
}

func (p *rowPrinter) rest(typ string, chips []components.Chip) {
	p.raw(`<span class=rest><button type=button class=chip aria-label="`)
	p.text(p.printer.N("agents.more_queues", len(chips)))
	p.raw(`">+`, strconv.Itoa(len(chips)), `</button><span class=chips>`)
	for _, c := range chips {
		p.chip(typ, c)
	}
	p.raw(`</span></span>`)
}

func (p *rowPrinter) chip(typ string, c components.Chip) {
	usual := "confirmed"
	if typ == "callout" {
		usual = "seen" // there is no filter that could confirm it
	}
	id := strconv.FormatInt(c.ID, 10)
	p.raw(`<a `)
	if c.Certainty != usual {
		// Before what is the queue's own, which is found again as one piece when a page is packed.
		p.raw(`aria-describedby=`, certaintyID, c.Certainty, ` `)
	}
	p.raw(`data-queue-id="`, id, `" href="`)
	p.text(c.URL)
	p.raw(`">`)
	p.text(c.Label())
	p.raw(`</a>`)
}

// presence is what the system says and what the person chose. Where both are the same word
// it is said once, for both.
func (p *rowPrinter) presence(r AgentRow) {
	p.raw(`<span class=presence>`)
	if r.User == r.System {
		p.glyph("system user", r.System)
	} else {
		p.glyph("system", r.System)
		p.glyph("user", r.User)
	}
	p.raw(`</span>`)
}

func (p *rowPrinter) glyph(which, word string) {
	p.raw(`<span class="`, which)
	switch word {
	case "":
		p.raw(`" title="`, p.unknown, `">–`)
	case "AVAILABLE":
		p.raw(` state-good">`, p.available)
	case "NOT AVAILABLE":
		p.raw(` state-warn">`, p.notAvailable)
	case "LOGOUT":
		p.raw(` state-off">`, p.logout)
	default:
		p.raw(`"><bdi>`)
		p.text(word)
		p.raw(`</bdi>`)
	}
	p.raw(`</span>`)
}

// recording is components.RecordingControl, whose buttons belong to one form of all rows. Its
// id is of use to script alone, which makes it of the row's (rows.js), where it is no more
// than that.
func (p *rowPrinter) recording(r components.Recording) {
	p.raw(`<div`)
	if id := r.ID(); id != recordingStem+r.Agent {
		p.raw(` id=`, id)
	}
	p.raw(` data-recording="`, r.State, `">`)
	p.recorded(r)
	if !r.Locked {
		p.raw(`<span class=segmented role=group aria-label="`, p.sends, `">`)
		p.send(r, true, p.sendOn)
		p.send(r, false, p.sendOff)
		p.raw(`</span>`)
	}
	p.raw(`</div>`)
}

func (p *rowPrinter) recorded(r components.Recording) {
	if r.State == "never" && r.At.IsZero() {
		p.raw(`<span class=muted>`, p.neverShort, `</span>`)
		return
	}
	p.raw(`<span class=recording-state>`)
	switch r.State {
	case "on":
		p.state("on", p.recOn)
	case "off":
		p.muted(p.recOff)
	case "sent-on":
		p.state("on", p.sentOn)
	case "sent-off":
		p.muted(p.sentOff)
	default:
		p.muted(p.neverShort)
	}
	if !r.At.IsZero() {
		p.raw(` <small class=muted>`)
		if r.Unsure {
			p.raw(`<span class=warn-text>`, p.unsure, `</span> · `)
		}
		at := r.At.UTC()
		p.raw(`<time datetime="`, at.Format(time.RFC3339), `" data-age>`, at.Format("15:04:05"), ` UTC</time>`)
		if r.By != "" {
			p.raw(`<span class=by> · <bdi>`)
			p.text(r.By)
			p.raw(`</bdi></span>`)
		}
		p.raw(`</small>`)
	}
	p.raw(`</span>`)
}

func (p *rowPrinter) send(r components.Recording, on bool, word string) {
	p.raw(`<button form=`, recordingsID, ` formaction="`)
	p.text(r.PostURL)
	p.raw(`" name=enabled value=`, strconv.FormatBool(on))
	if r.Last(on) {
		p.raw(` class=last-sent`)
	}
	p.raw(`>`, word, `</button>`)
}

func (p *rowPrinter) actions(r AgentRow) {
	if r.EditURL() == "" {
		why := templ.EscapeString(r.WhyNotCallin)
		p.raw(`<span class=muted title="`, why, `">`, p.locked, `<span class=visually-hidden>: `, why, `</span></span>`)
		return
	}
	p.raw(`<a class=row-edit href="`)
	p.text(r.EditURL())
	p.raw(`" aria-label="`)
	p.text(p.printer.T("agents.edit_label", "Agent", r.ID))
	p.raw(`">`, p.edit, `</a>`)
}
