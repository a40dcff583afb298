package belief

import (
	"maps"
	"slices"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
)

// Facts is what was learned of a tenant as a whole and decides how far a list of
// one agent can be trusted.
type Facts struct {
	Style   Style
	Crawled bool // a crawl of all agents came to its end

	listed  map[int64]listing // the ids that the filter is asked about
	callout map[int64]struct{}
	names   [2]map[int64]string
	kept    bool // an administrator keeps a list of the callin queues

	askOneShown bool
}

// listing is what is known of an id that the filter is asked about.
type listing struct {
	at Stamp // when its listing was last read to its end, and proven whole
	// Why it is asked about, one or several:
	queue bool // it is known for a callin queue
	asked bool // it was seen or sent as a callout queue, or typed or looked at here
	kept  bool // it is in the list that an administrator keeps
}

func newFacts(askOneShown bool) Facts {
	return Facts{
		askOneShown: askOneShown,
		listed:      make(map[int64]listing), callout: make(map[int64]struct{}),
		names: [2]map[int64]string{make(map[int64]string), make(map[int64]string)},
	}
}

// clone is a copy that does not change with the book.
func (f *Facts) clone() Facts {
	c := *f
	c.listed, c.callout = maps.Clone(f.listed), maps.Clone(f.callout)
	c.names = [2]map[int64]string{maps.Clone(f.names[0]), maps.Clone(f.names[1])}
	return c
}

// Name is a queue's name, "" where none was ever seen.
func (f *Facts) Name(typ apiclient.QueueType, id int64) string { return f.names[slot(typ)][id] }

// ListedAt is when a callin queue's listing was last read to its end.
func (f *Facts) ListedAt(queue int64) Stamp { return f.listed[queue].at }

// Known returns the known queues of a type, by id.
func (f *Facts) Known(typ apiclient.QueueType) []int64 {
	if typ == apiclient.Callout {
		return slices.Sorted(maps.Keys(f.callout))
	}
	var out []int64
	for id, l := range f.listed {
		if l.queue {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

// Asked are the ids that the filter is asked about, by id: the known callin queues,
// ids seen or sent as callout queues, for a queue may be used for both, ids typed here,
// and those that an administrator keeps.
func (f *Facts) Asked() []int64 { return slices.Sorted(maps.Keys(f.listed)) }

// Agent is what is known of an agent, with how sure its callin list is.
func (f *Facts) Agent(r *Record) roster.Agent {
	a := r.agent(f.Name)
	if r.callinAt == 0 {
		a.CallinUnsure = []roster.Unsure{roster.EvidenceIncomplete}
		return a
	}
	a.CallinAt = f.readAt(r).Time()
	a.CallinUnsure = f.Unsure(r, apiclient.Callin, r.LastReading(apiclient.Callin))
	return a
}

// readAt is when the oldest was read that the last complete reading of an agent's callin
// list rests on: no earlier than what it counts from.
func (f *Facts) readAt(r *Record) Stamp {
	oldest := r.rowAt
	if !f.rowsSuffice(r, r.callinAt) {
		for queue, l := range f.listed {
			at := l.at
			if i := Find(r.Callin, queue); i >= 0 {
				at = max(at, r.Callin[i].Row, r.Callin[i].Filter)
			}
			if at >= r.callinAt {
				oldest = min(oldest, at)
			}
		}
	}
	return max(oldest, r.callinAt)
}

// Missing returns the ids asked about of which nothing was read since then that
// says whether the agent is in them.
func (f *Facts) Missing(r *Record, since Since) []int64 {
	var out []int64
	if f.rowsSuffice(r, since.Row) {
		// But what was known of this agent and the row no longer shows is asked for
		// all the same: perhaps others took it away, perhaps this row alone now hides it.
		for _, m := range r.Callin {
			if at := since.Of(m.Queue); m.Row < since.Row && m.Filter < at && f.listed[m.Queue].at < at {
				out = append(out, m.Queue)
			}
		}
		slices.Sort(out)
		return out
	}
	for queue, l := range f.listed {
		at := since.Of(queue)
		if l.at >= at {
			continue
		}
		if i := Find(r.Callin, queue); i >= 0 {
			if m := r.Callin[i]; m.Row >= since.Row || m.Filter >= at {
				continue
			}
		}
		out = append(out, queue)
	}
	slices.Sort(out)
	return out
}

// rowsSuffice reports whether the row read since then says it all, so that the
// listings can be spared: the answer showed two queues of some agent, so it is not
// of the style that hides all but the first, and in the last crawl, which asked
// the filter about everybody, it never knew more than the rows. Rows of later answers leave
// that standing as long as they show the same.
func (f *Facts) rowsSuffice(r *Record, since Stamp) bool {
	return f.Style.RowsSuffice() && r.manyAt >= since && r.stands
}

// CanHide reports whether a queue may be in a list of this type without anything
// the API offers showing it, as far as is known of this tenant.
func (f *Facts) CanHide(typ apiclient.QueueType) bool {
	if typ == apiclient.Callout {
		return f.Style.Callout == OneSeen
	}
	return f.Style.Callin == OneSeen && f.Style.Filter == AsRows
}

// Unsure lists what is in doubt about a list that was to be read since then.
func (f *Facts) Unsure(r *Record, typ apiclient.QueueType, since Since) (why []roster.Unsure) {
	if r.rowAt < since.Row || r.rowAt == 0 {
		why = append(why, roster.RowOld)
	}
	if len(f.unread(r, typ, since)) > 0 {
		why = append(why, roster.EvidenceIncomplete)
	}
	if typ == apiclient.Callout {
		return why
	}
	if !f.Crawled {
		why = append(why, roster.CrawlIncomplete)
	}
	// An answer in which anybody has two queues hides none. Without one, a queue that
	// nobody here knows of may be attached, unless somebody keeps the list of them all.
	// But a filter that has never known more than rows may show a queue only where the
	// row does: asking it about every id there is finds nothing that a row hides.
	hidden := len(evidence(r.Callin)) > 0 && (!f.kept || f.CanHide(typ))
	if hidden && r.manyAt < since.Row && (f.askOneShown || f.CanHide(typ)) {
		why = append(why, roster.OneShown)
	}
	return why
}

// oneShown reports whether a callin queue nobody shows could be attached: what Unsure asks
// about, and where the list that is kept lacks a queue that was seen, and so is not of all.
func (f *Facts) oneShown(r *Record) bool {
	return r.manyAt == 0 && len(evidence(r.Callin)) > 0 && (f.CanHide(apiclient.Callin) || !f.keptWhole())
}

// keptWhole reports whether the list that an administrator keeps has every queue that was
// seen.
func (f *Facts) keptWhole() bool {
	if !f.kept {
		return false
	}
	for _, l := range f.listed {
		if l.queue && !l.kept {
			return false
		}
	}
	return true
}

// unread returns the queues of which nothing was read since then, and those that the
// list has by older reads alone, or by an own write that no complete reading followed: a
// write would put the agent back into those that somebody else took away.
func (f *Facts) unread(r *Record, typ apiclient.QueueType, since Since) []int64 {
	var out []int64
	if typ == apiclient.Callin {
		out = f.Missing(r, since)
	}
	incomplete := r.rowAt < since.Row || len(out) > 0
	// What a complete reading would have in doubt.
	for w := r.LastWrite(typ); incomplete && w.Pending(); w = w.Earlier {
		out = roster.AppendNew(out, roster.Minus(w.After, Queues(r.Members(typ)))...)
		out = roster.AppendNew(out, roster.Minus(r.Read(typ), w.After)...)
	}
	for _, m := range r.Members(typ) {
		if (m.read() || incomplete) && m.Row < since.Row && m.Filter < since.Of(m.Queue) {
			out = roster.AppendNew(out, m.Queue)
		}
	}
	slices.Sort(out)
	return out
}

// Oldest is when the oldest fact was read that a list, read since then, rests on.
func (f *Facts) Oldest(r *Record, typ apiclient.QueueType, since Since) Stamp {
	oldest := r.rowAt
	if typ == apiclient.Callout {
		return oldest
	}
	for _, m := range r.Callin { // a row that was read later need not show it any more
		if m.Row >= since.Row || m.Filter >= since.Of(m.Queue) {
			oldest = min(oldest, max(m.Row, m.Filter))
		}
	}
	if f.rowsSuffice(r, since.Row) {
		return oldest
	}
	for queue, l := range f.listed {
		if i := Find(r.Callin, queue); i < 0 || r.Callin[i].Row < since.Row {
			at := l.at
			if i >= 0 {
				at = max(at, r.Callin[i].Filter)
			}
			oldest = min(oldest, at)
		}
	}
	return oldest
}

// Knowledge is what a plan for an agent is made from whose list was to be read
// since then, but for the others in the queues concerned.
func (f *Facts) Knowledge(r *Record, typ apiclient.QueueType, since Since) roster.Knowledge {
	k := roster.Knowledge{Agent: f.Agent(r), PrioritiesDiffer: r.PrioritiesDiffer()}
	k.Unsure, k.OneShown = f.Unsure(r, typ, since), typ == apiclient.Callin && f.oneShown(r)
	k.Unread, k.OldestAt = f.unread(r, typ, since), f.Oldest(r, typ, since).Time()
	k.CalloutHides = f.CanHide(apiclient.Callout)
	return k
}

// Knowledge is that of the facts, and what our own last write leaves open.
func (b *Book) Knowledge(r *Record, typ apiclient.QueueType, since Since) roster.Knowledge {
	k := b.Facts.Knowledge(r, typ, since)
	for w := r.LastWrite(typ); w != nil && typ == apiclient.Callin && k.PrioritySent == ""; w = w.Earlier {
		if w.awaitsPriority() && w.Priority != text(r.Priority) && r.Seen-w.PriorityAt <= Stamp(b.limits.SentFor) {
			k.PrioritySent = w.Priority
		}
	}
	return k
}
