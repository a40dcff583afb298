package belief

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/alohub/agentconsole/apiclient"
	"github.com/alohub/agentconsole/roster"
)

// conduct is what answers have shown of how the API behaves, for people: nothing is
// decided by it. What a save goes by is Style, which any answer can take back.
type conduct struct {
	traits map[roster.TraitCode]roster.Trait
	fresh  map[roster.TraitCode]bool // learned or shifted, and not handed out yet
	stood  Stamp                     // when those that stand were last handed out again

	// An answer that was cut looks like a page that became shorter, once.
	shorter struct{ rows, page int }
	prompt  int // writes that were shown at once, since one was shown late
	// Of the crawl under way, or the last.
	recorded, filterMore, lined bool
}

func newConduct() conduct {
	return conduct{traits: make(map[roster.TraitCode]roster.Trait), fresh: make(map[roster.TraitCode]bool)}
}

// learn notes what an answer shows. An older answer takes nothing back.
func (c *conduct) learn(code roster.TraitCode, value string, sure bool, at Stamp) {
	was, known := c.traits[code]
	if known && at.Time().Before(was.At) {
		return
	}
	if !known || was.Value != value || sure && !was.Sure {
		c.fresh[code] = true
	}
	if known && was.Value == value {
		sure = sure || was.Sure
	}
	c.traits[code] = roster.Trait{Code: code, Value: value, Sure: sure, At: at.Time()}
}

func (c *conduct) value(code roster.TraitCode) string { return c.traits[code].Value }

// sawPage learns from an answer of the key's own tenant.
func (c *conduct) sawPage(p *Page) {
	c.sawLimits(p.limits, p.At)
	if p.Rows == 0 {
		return
	}
	switch {
	case p.Joined && p.Split:
		c.learn(roster.TraitQueues, roster.ShownBoth, false, p.At)
	case p.Joined:
		c.learn(roster.TraitQueues, roster.ShownJoined, false, p.At)
	case p.Split:
		c.learn(roster.TraitQueues, roster.ShownRows, false, p.At)
	}
	if p.CalloutMany {
		c.learn(roster.TraitCallout, "several", false, p.At)
	}
	if p.Recorded {
		c.recorded = true
		c.learn(roster.TraitRecording, "carried", true, p.At)
	}
	c.sawLength(p)
}

// sawLength learns how long pages are, from those that claim more after them.
func (c *conduct) sawLength(p *Page) {
	q := p.Query
	if q.Size != FullSize || q.QueueID != 0 || q.Status != "" || p.Total <= (q.Page+1)*p.Rows {
		return
	}
	known, _ := strconv.Atoi(c.value(roster.TraitPage))
	if p.Rows < known || known == 0 && p.Rows < FullSize {
		again := c.shorter.rows == p.Rows && c.shorter.page != q.Page
		c.shorter.rows, c.shorter.page = p.Rows, q.Page
		if !again {
			return
		}
	}
	c.shorter.rows = 0
	c.learn(roster.TraitPage, strconv.Itoa(p.Rows), true, p.At)
}

func (c *conduct) sawLimits(limits []apiclient.Limit, at Stamp) {
	words := map[roster.TraitCode][]string{}
	for _, l := range limits {
		if l.Limit <= 0 {
			continue
		}
		code := roster.TraitGatewayLimit
		switch l.Scope {
		case "tenant":
			code = roster.TraitTenantLimit
		case "route":
			code = roster.TraitRouteLimit
		}
		word := strconv.Itoa(l.Limit)
		if l.Per > 0 {
			word = fmt.Sprintf("%d/%s", l.Limit, l.Per)
		}
		words[code] = append(words[code], word)
	}
	for code, all := range words {
		c.learn(code, strings.Join(all, " "), true, at)
	}
}

// sawListed learns from an agent in a queue's listing whether their row, in the very same
// answer, shows that queue: nobody can have come between.
func (c *conduct) sawListed(shown bool, at Stamp) {
	if shown {
		return
	}
	c.filterMore = true
	if c.value(roster.TraitWhole) == "yes" {
		c.learn(roster.TraitWhole, "no", true, at)
	}
}

// promptEnough is how many writes in a row have to be shown at once before reads that lagged
// are said to do so no more.
const promptEnough = 10

// sawReadBack learns how soon reads showed a write.
func (c *conduct) sawReadBack(late bool, at Stamp) {
	if late {
		c.prompt = 0
		c.learn(roster.TraitReadBack, "late", true, at)
		return
	}
	if c.prompt++; c.value(roster.TraitReadBack) != "late" || c.prompt >= promptEnough {
		c.learn(roster.TraitReadBack, "at-once", true, at)
	}
}

// begin begins a crawl.
func (c *conduct) begin() { c.recorded, c.filterMore, c.lined = false, false, false }

// sawList learns from the list of all agents, read to its end.
func (c *conduct) sawList(agents int, at Stamp) {
	c.lined = agents > 0
	if c.lined && !c.recorded {
		c.learn(roster.TraitRecording, "absent", true, at)
	}
}

// sawCrawl learns from a crawl that came to its end. several: rows showed two queues of
// somebody. all: and the filter knew of no others.
func (c *conduct) sawCrawl(several, all bool, at Stamp) {
	switch {
	case !c.lined:
	case c.filterMore && !several:
		c.learn(roster.TraitQueues, roster.ShownFirst, true, at)
		c.learn(roster.TraitWhole, "no", true, at)
	case c.filterMore:
		c.learn(roster.TraitWhole, "no", true, at)
	case all:
		c.learn(roster.TraitWhole, "yes", true, at)
		if f, ok := c.traits[roster.TraitQueues]; ok && f.Value != roster.ShownFirst {
			c.learn(f.Code, f.Value, true, at)
		}
	}
}

// Conduct is what the API has shown of itself, in the order people are told of it.
func (b *Book) Conduct() []roster.Trait {
	var out []roster.Trait
	for _, code := range roster.TraitCodes() {
		if f, ok := b.conduct.traits[code]; ok {
			out = append(out, f)
		}
	}
	return out
}

// SawWindow learns what kind of window a limit has.
func (b *Book) SawWindow(w apiclient.WindowKind) {
	b.conduct.learn(roster.TraitWindow, w.Kind, w.Sure, Stamp(w.At.UnixNano()))
}

// SawReadBack learns how soon reads showed a write that changed something.
func (b *Book) SawReadBack(late bool, at Stamp) { b.conduct.sawReadBack(late, at) }

// SawWrite learns what a write has shown of the API.
func (b *Book) SawWrite(code roster.TraitCode, value string, sure bool, at Stamp) {
	b.conduct.learn(code, value, sure, at)
}

// ReadsAtOnce reports whether reads are known to show a write at once.
func (b *Book) ReadsAtOnce() bool { return b.conduct.value(roster.TraitReadBack) == "at-once" }

// NewConduct returns what of it was learned or has shifted since it was last handed out,
// all of it where that was long ago; most ask for nothing.
func (b *Book) NewConduct(now Stamp, every Stamp) []roster.Trait {
	all := now-b.conduct.stood >= every
	if !all && len(b.conduct.fresh) == 0 {
		return nil
	}
	if all {
		b.conduct.stood = now
	}
	out := slices.DeleteFunc(b.Conduct(), func(f roster.Trait) bool { return !all && !b.conduct.fresh[f.Code] })
	clear(b.conduct.fresh)
	return out
}

// ConductNotKept has NewConduct hand traits out again.
func (b *Book) ConductNotKept(traits []roster.Trait) {
	for _, f := range traits {
		b.conduct.fresh[f.Code] = true
	}
}
