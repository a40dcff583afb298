package probe

import (
	"crypto/tls"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/alohub/agentconsole/apiclient"
)

// concludeLimits says what the headers told of the limits.
func (p *prober) concludeLimits() {
	if len(p.sample) == 0 {
		return
	}
	for scope, code := range map[string]Code{"tenant": TenantLimit, "route": RouteLimit, "": OtherLimit} {
		var words []string
		for _, g := range p.gauges {
			switch {
			case g.Scope != scope:
			case g.Per == 0:
				words = append(words, fmt.Sprintf("%d/?", g.Limit.Limit))
			default:
				words = append(words, fmt.Sprintf("%d/%s", g.Limit.Limit, g.Per))
			}
		}
		// The page's two are documented, a gateway's own are not.
		switch told := len(words) > 0; {
		case told:
			p.find(code, asDocumented(scope != ""), strings.Join(words, " "), p.sample[0])
		case scope != "":
			p.find(code, Differs, "none-named", p.sample[0])
		default:
			p.find(code, Documented, "none-named", p.sample[0])
		}
	}
	g := p.watched()
	if g == nil {
		return
	}
	if kinds := p.explain(g); len(kinds) == 1 {
		p.find(Window, Documented, kinds[0], p.sample[0])
		f := &p.report.Findings[slices.Index(Codes(), Window)]
		f.Asked, f.Answered = "every call", "what is left of the limit, by each answer"
	}
}

// concludeFront says what all answers have shown of what lies between.
func (p *prober) concludeFront() {
	if len(p.answers) == 0 {
		return
	}
	first := p.answers[0]
	switch first.tls {
	case 0:
		p.find(TLS, asDocumented(!strings.HasPrefix(p.cfg.BaseURL, "https:")), "none", first)
	case tls.VersionTLS12, tls.VersionTLS13:
		p.find(TLS, Documented, strings.TrimPrefix(tls.VersionName(first.tls), "TLS "), first)
	default:
		p.find(TLS, Unusable, strings.TrimPrefix(tls.VersionName(first.tls), "TLS "), first)
	}
	p.concludeClock(first)
	var took []time.Duration
	for _, a := range p.answers {
		took = append(took, a.done.Sub(a.sent).Round(time.Millisecond))
	}
	slices.Sort(took)
	p.find(Latency, Documented, fmt.Sprintf("median %s, worst %s", took[len(took)/2], took[len(took)-1]))
	p.concludeGateway()

	var ids []string
	compressed, reused, second := false, false, false
	for _, a := range p.answers {
		if a.page.list {
			ids = append(ids, apiclient.RequestIDHeaders(a.header)...)
		}
		compressed = compressed || strings.EqualFold(a.header.Get("Content-Encoding"), "gzip")
		reused, second = reused || a.reused, second || a.proto == 2
	}
	if len(p.sample) > 0 {
		if len(ids) == 0 {
			ids = []string{"none"}
		}
		p.find(RequestID, Documented, strings.Join(slices.Compact(sorted(ids)), " "), p.sample[0])
		word := "none"
		if compressed {
			word = "gzip"
		}
		p.find(Compression, Documented, word, p.sample[0])
	}
	if len(p.answers) > 2 {
		p.find(KeepAlive, asDocumented(reused), yesNo(reused), first)
	}
	p.find(HTTP2, Documented, yesNo(second), first)
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

func (p *prober) concludeClock(first *answer) {
	skew, known := p.clock().Middle()
	if !known {
		return
	}
	skew = skew.Round(time.Second)
	p.find(Clock, asDocumented(skew.Abs() <= 5*time.Second), skew.String(), first)
}

func (p *prober) concludeGateway() {
	var kong, proxies []string
	var seen *answer
	note := func(found string, a *answer) {
		list := &proxies
		if strings.HasPrefix(found, "kong") {
			list = &kong
		}
		if !slices.Contains(*list, found) {
			*list, seen = append(*list, found), a
		}
	}
	for _, a := range p.answers {
		for _, found := range apiclient.Products(a.header) {
			note(found, a)
		}
		if len(kong) == 0 && (a.page.said == "no Route matched with those values" || a.header.Get("X-Kong-Request-Id") != "") {
			note("kong", a)
		}
	}
	if len(kong) > 1 { // its version says more than its name
		kong = slices.DeleteFunc(kong, func(s string) bool { return s == "kong" })
	}
	switch all := slices.Concat(kong, proxies); {
	case len(all) == 0 && !slices.ContainsFunc(p.answers, (*answer).lost):
		// It would show in an error of its own, and was not asked for one.
	case len(all) == 0:
		p.find(Gateway, Differs, "none-seen", p.answers[len(p.answers)-1])
	default:
		// The page has a Kong before the API.
		p.find(Gateway, asDocumented(len(kong) > 0), strings.Join(all, " "), seen)
	}
}
