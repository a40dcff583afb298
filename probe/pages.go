package probe

import (
	"context"
	"slices"
	"strconv"
)

// most is the largest page that is asked for.
const most = 1000

// pageSizes finds the largest page there is.
func (p *prober) pageSizes(ctx context.Context) error {
	small, err := p.list(ctx, 0, 5)
	if err != nil {
		return err
	}
	large, err := p.list(ctx, 0, most)
	if err != nil {
		return err
	}
	if !small.page.list {
		return nil
	}
	if !large.page.list {
		return p.refusedSize(ctx, small, large)
	}
	rows, total := len(large.page.rows), large.page.total
	if len(small.page.rows) > 5 && len(small.page.rows) == rows {
		p.find(PageSize, Differs, "ignored", small, large)
		p.cap, p.sizes = rows, "ignored"
		return nil
	}
	p.cap = rows
	switch {
	case len(small.page.rows) != 5 && total > 5:
	case rows >= most || rows == total:
		p.sizes = "all"
		p.find(PageSize, Documented, strconv.Itoa(rows)+"+", large)
	default:
		// Whether it was cut, or there are no more, the page after it tells.
		p.sizes = "cut"
	}
	return nil
}

// refusedSize goes down from a size that was refused.
func (p *prober) refusedSize(ctx context.Context, small, refused *answer) error {
	above := most
	for _, size := range []int{500, 200, 100, 50} {
		a, err := p.list(ctx, 0, size)
		if err != nil {
			return err
		}
		if !a.page.list {
			above, refused = size, a
			continue
		}
		p.cap = len(a.page.rows)
		p.find(SizeCap, Differs, "refused", refused, a)
		switch {
		case len(small.page.rows) > 5:
			p.sizes = "ignored"
			p.find(PageSize, Differs, "ignored", small, a)
		case p.cap == size || p.cap == a.page.total:
			p.find(PageSize, Differs, strconv.Itoa(size)+"-"+strconv.Itoa(above-1), a, refused)
		}
		return nil
	}
	return nil
}

// list asks for one page of all agents.
func (p *prober) list(ctx context.Context, page, size int) (*answer, error) {
	r := p.way
	r.page, r.size = page, size
	return p.ask(ctx, r)
}

// pages finds out how pages are numbered, and what is beyond the last.
func (p *prober) pages(ctx context.Context) error {
	total := p.sample[0].page.total
	if p.cap == 0 || total <= 0 {
		return nil
	}
	next, err := p.list(ctx, 1, p.cap)
	if err != nil {
		return err
	}
	zero := p.firstOf(p.cap)
	p.stuck = !p.moves && zero != nil && next.page.list && len(next.page.rows) > 0 && total > 1 &&
		slices.EqualFunc(zero.page.rows, next.page.rows, same)
	more := next.page.list && len(next.page.rows) > 0 && !p.stuck
	switch {
	case p.stuck:
		p.find(Numbering, Unusable, "ignored", zero, next)
		return nil
	case p.sizes == "cut" && (p.moves || more && len(next.page.rows) != min(p.cap, total-p.cap)):
		// It may be more of what there was before, in another order or shape.
	case p.sizes == "cut" && more:
		p.find(PageSize, Documented, strconv.Itoa(p.cap), zero, next)
		p.find(SizeCap, Differs, "silent", zero, next)
	case p.sizes == "cut":
		// totalRecord has more than there are.
		p.find(PageSize, Documented, strconv.Itoa(p.cap)+"+", zero, next)
	}
	if more && (p.sizes == "cut" || p.sizes == "ignored") {
		if err := p.numbering(ctx, zero, next); err != nil {
			return err
		}
	}
	return p.end(ctx)
}

// firstOf is an answer to page 0 that has so many rows.
func (p *prober) firstOf(rows int) *answer {
	for _, a := range p.answers {
		if a.request.page == 0 && a.request.queue == "" && a.page.list && len(a.page.rows) == rows && a.request.size >= rows {
			return a
		}
	}
	return nil
}

func same(a, b row) bool {
	return a.agent == b.agent && slices.Equal(a.callin, b.callin) && slices.Equal(a.callout, b.callout)
}

// numbering asks for page 1 of pages larger than there are. It begins after as many rows as
// a page has, or after as many as were asked for.
func (p *prober) numbering(ctx context.Context, zero, next *answer) error {
	larger, err := p.list(ctx, 1, 2*p.cap)
	if err != nil {
		return err
	}
	if p.moves || zero == nil || p.varies() || larger.page.total != next.page.total && larger.page.list {
		return nil
	}
	switch rows := larger.page.rows; {
	case len(rows) > 0 && same(rows[0], next.page.rows[0]):
		p.find(Numbering, Documented, "by-cap", next, larger)
	case len(rows) == 0, !slices.ContainsFunc(slices.Concat(zero.page.rows, next.page.rows), func(r row) bool { return r.agent == rows[0].agent }):
		p.find(Numbering, Differs, "by-asked", next, larger)
	}
	return nil
}

// end asks for the last page by totalRecord, for the one after it, and for one that is
// beyond any end.
func (p *prober) end(ctx context.Context) error {
	total := p.sample[0].page.total
	last, err := p.list(ctx, (total-1)/p.cap, p.cap)
	if err != nil {
		return err
	}
	after, err := p.list(ctx, (total-1)/p.cap+1, p.cap)
	if err != nil {
		return err
	}
	beyond := after
	if len(after.page.rows) > 0 {
		if beyond, err = p.list(ctx, (total-1)/p.cap+most, p.cap); err != nil {
			return err
		}
	}
	switch {
	case beyond.page.list && len(beyond.page.rows) == 0:
		p.find(Beyond, Documented, "empty", beyond)
	case beyond.page.list:
		p.find(Beyond, Differs, "rows", beyond)
	default:
		p.find(Beyond, Differs, "error", beyond)
	}
	if p.moves || p.varies() || len(beyond.page.rows) > 0 {
		return nil
	}
	left := total - (total-1)/p.cap*p.cap
	switch {
	case len(after.page.rows) > 0 || len(last.page.rows) > left:
		p.find(Total, Differs, "fewer-than-rows", last, after)
		return p.countAll(ctx, total)
	case len(last.page.rows) < left:
		p.find(Total, Differs, "more-than-rows", last, after)
	case p.several():
		p.find(Total, Differs, "rows", last, after)
	default:
		p.find(Total, Unknown, "each-agent-one-row", last, after)
	}
	return nil
}

// countAll reads all pages, where they are few, to know whether totalRecord is the number
// of agents.
func (p *prober) countAll(ctx context.Context, total int) error {
	const few = 9
	if p.moves || total/p.cap > few/2 {
		return nil
	}
	var agents []row
	var a *answer
	for page := range few {
		var err error
		if a, err = p.list(ctx, page, p.cap); err != nil {
			return err
		}
		if len(a.page.rows) == 0 {
			break
		}
		agents = append(agents, a.page.rows...)
	}
	if len(a.page.rows) == 0 && len(agentsOf(agents)) == total {
		p.find(Total, Documented, "agents", a)
	}
	return nil
}

// varies reports whether totalRecord differs between answers to the same question.
func (p *prober) varies() bool {
	known := -1
	for _, a := range p.answers {
		if a.request.queue != "" || !a.page.list || a.request.tenant != p.way.tenant {
			continue
		}
		if known >= 0 && a.page.total != known {
			return true
		}
		known = a.page.total
	}
	return false
}

// concludePages takes back what answers that vary make doubtful: how many rows there are
// depends on the answer then.
func (p *prober) concludePages() {
	callin := p.report.Find(Callin)
	if callin.Verdict == Unknown && p.report.Find(Total).Verdict != Unknown {
		p.find(Total, Unknown, "unclear") // it rests on how many rows an agent has
	}
	if !p.varies() && !p.gather().varies && callin.Value != "varying" && callin.Value != "unclear" {
		return
	}
	p.find(Total, Unknown, "varies")
	if p.sizes == "cut" {
		p.find(PageSize, Unknown, "varies")
		p.find(SizeCap, Unknown, "varies")
	}
	if p.report.Find(Numbering).Value != "ignored" {
		p.find(Numbering, Unknown, "varies")
	}
}
