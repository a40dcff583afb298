package belief

// Style is how this API reports a tenant, as far as its answers have shown: one
// answer to each question that the documentation leaves open.
type Style struct {
	Callin  Showing   // how many callin queues of an agent do rows show?
	Callout Showing   // and callout queues?
	Rows    Placement // where are the rows of one agent?
	Filter  Reach     // whom does queue_id list?
}

// Showing is how many queues of an agent its rows show.
type Showing uint8

// The values of Showing, each including the one before.
const (
	// OneSeen: no answer has shown two queues of anybody.
	OneSeen Showing = iota
	// SeveralSeen: an answer has shown two queues of one agent.
	SeveralSeen
	// AllSeen: more than that, in the last crawl the filter listed nobody in a
	// queue that their row did not show.
	AllSeen
)

// Placement is where the rows of one agent stand.
type Placement uint8

// The values of Placement.
const (
	// Together: side by side, as far as was seen.
	Together Placement = iota
	// Apart: another agent's row stands between two of one agent's, so that only
	// the whole list shows all of them.
	Apart
)

// Reach is what the queue_id filter matches.
type Reach uint8

// The values of Reach.
const (
	// AsRows: it has listed nobody in a queue that their row does not show.
	AsRows Reach = iota
	// BeyondRows: it has.
	BeyondRows
)

// RowsSuffice reports whether rows have shown all that the filter knows, side by side, so
// that listings are likely to add nothing.
func (s Style) RowsSuffice() bool { return s.Callin == AllSeen && s.Rows == Together }

// sawPage learns from one answer.
func (s *Style) sawPage(p *Page) {
	if p.Many {
		s.Callin = max(s.Callin, SeveralSeen)
	}
	if p.CalloutMany {
		s.Callout = max(s.Callout, SeveralSeen)
	}
	if p.Apart {
		s.Rows = Apart
	}
}

// sawListed learns from an agent in a queue's listing: whether their row shows that
// queue too, and whether rows have been borne out.
func (s *Style) sawListed(shown, borneOut bool) {
	if !shown {
		s.Filter = BeyondRows
	}
	if !borneOut {
		s.Callin = min(s.Callin, SeveralSeen)
	}
}

// sawList learns from the list of all agents, read to its end. What was learned of
// rows that lie apart stays until a whole list says otherwise: changes are made
// while a crawl runs, too.
func (s *Style) sawList(apart, whole bool) {
	switch {
	case apart:
		s.Rows = Apart
	case whole:
		s.Rows = Together
	}
}

// sawCrawl learns from a crawl that came to its end: whether rows that show several
// queues were all that the filter knew of.
func (s *Style) sawCrawl(all bool) {
	if all {
		s.Callin = AllSeen
	} else {
		s.Callin = min(s.Callin, SeveralSeen)
	}
}
