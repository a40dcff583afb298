package probe

import (
	"context"
	"time"

	"github.com/alohub/agentconsole/apiclient"
)

const (
	// mostWatch is how long a window is watched once all else was asked.
	mostWatch = 25 * time.Second
	// watchEvery is not a divisor of any usual window.
	watchEvery = 2300 * time.Millisecond
)

// window watches how a limit's count falls, until only one kind of window can explain it.
// What all calls before have shown counts as well.
func (p *prober) window(ctx context.Context) error {
	until := p.now().Add(mostWatch)
	for {
		g := p.watched()
		if g == nil || g.Scope == "" && g.Per > mostWatch {
			return nil
		}
		if kinds := p.explain(g); len(kinds) < 2 {
			return nil
		}
		if p.now().Add(watchEvery).After(until) {
			return nil
		}
		if !p.sleep(ctx, watchEvery) {
			return p.stop(StopContext)
		}
		if _, err := p.list(ctx, 0, 1); err != nil {
			return err
		}
	}
}

// watched is the limit whose window is to be known: the tenant's, where it has one.
func (p *prober) watched() *gauge {
	for _, scope := range []string{"tenant", "route", ""} {
		for _, g := range p.gauges {
			if g.Scope == scope {
				return g
			}
		}
	}
	return nil
}

// explain returns the kinds of window that explain all counts of a limit.
func (p *prober) explain(g *gauge) []string {
	return apiclient.WindowKinds(g.used, apiclient.WindowLengths(g.Limit), p.clock())
}

// clock is how far the API's clock is before ours.
func (p *prober) clock() apiclient.Offset {
	var clock apiclient.Offset
	for _, a := range p.answers {
		clock.See(a.header, a.sent, a.done)
	}
	return clock
}
