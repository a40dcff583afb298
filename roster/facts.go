package roster

import (
	"slices"

	"github.com/alohub/agentconsole/apiclient"
)

// facts is what was learned of a tenant as a whole and decides how far a list of
// one agent can be trusted.
type facts struct {
	listed map[int64]stamp // known callin queues: when the listing was last read to its end

	many        bool // an answer has shown two callin queues of one agent
	wide        bool // the filter has listed an agent in a queue its row does not show
	calloutMany bool
	// apart: rows of one agent are not side by side, so that only the whole list
	// shows all of them.
	apart bool
	// rowsWhole: the last crawl came to its end, rows showed several queues, and
	// the filter listed nobody in a queue their row did not show.
	rowsWhole bool
	crawled   bool // a crawl of all agents came to its end

	askOneShown bool
}

// missing returns the known queues of which nothing was read since floor that
// says whether the agent is in them.
func (f *facts) missing(r *record, since floors) []int64 {
	var out []int64
	if f.rowsSuffice(r, since.row) {
		// But what was known of this agent and the row no longer shows is asked for
		// all the same: perhaps others took it away, perhaps this row alone now hides it.
		for _, m := range r.callin {
			if m.row < since.row && m.filter < since.listings && f.listed[m.queue] < since.listings {
				out = append(out, m.queue)
			}
		}
		slices.Sort(out)
		return out
	}
	for queue, at := range f.listed {
		if at >= since.listings {
			continue
		}
		if i := find(r.callin, queue); i >= 0 {
			if m := r.callin[i]; m.row >= since.row || m.filter >= since.listings {
				continue
			}
		}
		out = append(out, queue)
	}
	slices.Sort(out)
	return out
}

// rowsSuffice reports whether the row read since floor says it all, so that the
// listings can be spared: the answer showed two queues of some agent, so it is not
// of the style that hides all but the first, and in the last crawl, which asked
// the filter about everybody, it never knew more than the rows.
func (f *facts) rowsSuffice(r *record, floor stamp) bool {
	return f.rowsWhole && !f.apart && r.manyAt >= floor && r.manyAt == r.rowAt
}

// canHide reports whether a queue may be in a list of this type without anything
// the API offers showing it, as far as is known of this tenant.
func (f *facts) canHide(typ apiclient.QueueType) bool {
	if typ == apiclient.Callout {
		return !f.calloutMany
	}
	return !f.many && !f.wide
}

// unsure lists what is in doubt about a list that was to be read since; oneShown reports whether a queue nobody shows could be attached.
func (f *facts) unsure(r *record, typ apiclient.QueueType, since floors) (why []Unsure, oneShown bool) {
	if r.rowAt < since.row || r.rowAt == 0 {
		why = append(why, RowOld)
	}
	if typ == apiclient.Callout {
		if slices.ContainsFunc(r.callout, func(m member) bool { return m.row != 0 && m.row < since.row }) {
			why = append(why, EvidenceIncomplete)
		}
		if r.wrote[1].pending() && f.calloutMany {
			why = append(why, SentNotSeen)
		}
		return why, false
	}
	if len(f.missing(r, since)) > 0 {
		why = append(why, EvidenceIncomplete)
	}
	if !f.crawled {
		why = append(why, CrawlIncomplete)
	}
	if r.wrote[0].pending() {
		why = append(why, SentNotSeen)
	}
	oneShown = !shownWholly(r)
	// Being shown wholly some time ago, or written by us, says nothing of what
	// somebody else attached since: whoever wants to be asked, is asked.
	strictly := f.askOneShown && r.manyAt < since.row && len(evidence(r.callin)) > 0
	if strictly || oneShown && f.canHide(apiclient.Callin) {
		why = append(why, OneShown)
	}
	return why, oneShown
}

// shownWholly reports whether no queue unknown to everybody can have been attached
// to the agent when it was last shown.
func shownWholly(r *record) bool {
	w := r.wrote[0]
	return r.manyAt != 0 || len(evidence(r.callin)) == 0 ||
		w != nil && w.seen && w.applied && sameSet(w.after, evidence(r.callin))
}
