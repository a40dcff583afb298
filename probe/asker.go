package probe

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alohub/agentconsole/apiclient"
)

const (
	// mostCalls is a probe's, whatever the limit.
	mostCalls = 40
	// unpaced is the pause between calls while no answer names a limit.
	unpaced = 2 * time.Second
	// mostWait is how long a probe waits for the limit to leave room.
	mostWait = 25 * time.Second
	// slack is for what lies between our clock's window and the API's.
	slack   = 100 * time.Millisecond
	timeout = 15 * time.Second
	maxBody = 8 << 20
)

// errOver ends a probe: no more calls are made, and what is left cannot be told.
var errOver = errors.New("the probe makes no more calls")

// request is one call, as it is varied.
type request struct {
	base    string // without /v1
	path    string // "/v1/agents"
	page    int
	size    int
	queue   string
	headers apiclient.AuthHeaders
	key     apiclient.Secret
	keyWord string // what a report calls the key
	tenant  string
}

// String says what is asked, without key, tenant or queue.
func (r request) String() string {
	base := ""
	if u, err := url.Parse(r.base); err == nil {
		base = strings.TrimRight(u.Path, "/")
	}
	var b strings.Builder
	fmt.Fprintf(&b, "GET %s%s", base, r.path)
	if r.size > 0 {
		fmt.Fprintf(&b, "?page=%d&size=%d", r.page, r.size)
	}
	if r.queue != "" {
		b.WriteString("&queue_id=…")
	}
	named := r.keyWord
	if named == "" {
		named = "the key"
	}
	switch r.headers {
	case apiclient.AuthXAPIKey:
		fmt.Fprintf(&b, ", %s in X-Api-Key", named)
	case apiclient.AuthAuthorization:
		fmt.Fprintf(&b, ", %s in Authorization", named)
	default:
		fmt.Fprintf(&b, ", %s in both headers", named)
	}
	switch r.tenant {
	case "":
	case noTenant:
		b.WriteString(", X-Tenant-ID of nobody")
	default:
		b.WriteString(", X-Tenant-ID")
	}
	return b.String()
}

func (a *answer) String() string {
	if a == nil {
		return "no answer"
	}
	switch {
	case a.page.list && a.page.total >= 0:
		return fmt.Sprintf("%d, %d rows of %d", a.status, len(a.page.rows), a.page.total)
	case a.page.list:
		return fmt.Sprintf("%d, %d rows", a.status, len(a.page.rows))
	}
	words := []string{strconv.Itoa(a.status)}
	if a.page.code != "" {
		words = append(words, a.page.code)
	}
	if a.page.said != "" {
		words = append(words, "“"+a.page.said+"”")
	}
	if !a.page.ours {
		words = append(words, "(not the API's)")
	}
	return strings.Join(words, " ")
}

// gauge is one limit as of the last answer that told it.
type gauge struct {
	apiclient.Limit
	window time.Duration // what is taken for Per
	half   int           // as many calls as may be made in a window
	used   []apiclient.Count
}

// ask makes one call, when the limit leaves room for it. Its error is errOver, or says
// that no answer came.
func (p *prober) ask(ctx context.Context, r request) (*answer, error) {
	if err := p.admit(ctx); err != nil {
		return nil, err
	}
	told := func(*http.Response) {}
	if p.cfg.Admit != nil {
		var err error
		if told, err = p.cfg.Admit(ctx); err != nil {
			if ctx.Err() != nil {
				return nil, p.stop(StopContext)
			}
			return nil, p.stop(StopReach)
		}
	}
	a, err := p.send(ctx, r, told)
	p.calls++
	p.sendings = append(p.sendings, p.now())
	if err != nil {
		if ctx.Err() != nil {
			return nil, p.stop(StopContext)
		}
		if p.failures++; p.failures >= 2 {
			return nil, p.stop(StopReach)
		}
		return nil, err
	}
	p.answers = append(p.answers, a)
	stranger := r.key != p.cfg.Key || r.tenant == noTenant && len(a.page.rows) == 0
	if !stranger { // whose limits are others
		p.read(a)
	}
	if a.status == http.StatusTooManyRequests {
		p.limited++
		return nil, p.stop(StopRefused)
	}
	return a, nil
}

func (p *prober) stop(why Stop) error {
	if p.stopped == "" {
		p.stopped = why
	}
	return errOver
}

// admit waits until a call uses no more than half of what the limit leaves.
func (p *prober) admit(ctx context.Context) error {
	for {
		if p.stopped != "" {
			return errOver
		}
		if p.calls >= mostCalls {
			return p.stop(StopCalls)
		}
		at := p.readyAt()
		pause := at.Sub(p.now())
		if pause > mostWait {
			return p.stop(StopLimit)
		}
		if pause <= 0 {
			return nil
		}
		if !p.sleep(ctx, pause) {
			return p.stop(StopContext)
		}
	}
}

func (p *prober) readyAt() time.Time {
	now := p.now()
	if len(p.sendings) == 0 {
		return now
	}
	if len(p.gauges) == 0 {
		return p.sendings[len(p.sendings)-1].Add(unpaced)
	}
	at := now
	for _, g := range p.gauges {
		if g.half < 1 {
			return now.Add(time.Hour) // a window on, half of next to nothing is nothing
		}
		// The calls that may still count against it, oldest first.
		counted := p.within(g.window, now)
		if len(counted) >= g.half {
			if free := counted[len(counted)-g.half].Add(g.window + slack); free.After(at) {
				at = free
			}
		}
	}
	return at
}

// within is when those of our calls ended that a window before a moment may count.
func (p *prober) within(window time.Duration, now time.Time) []time.Time {
	i, _ := slices.BinarySearchFunc(p.sendings, now.Add(-window-slack), time.Time.Compare)
	for i < len(p.sendings) && !p.sendings[i].Add(window+slack).After(now) {
		i++
	}
	return p.sendings[i:]
}

// read takes what an answer says of the limits.
func (p *prober) read(a *answer) {
	for _, l := range apiclient.LimitsOf(a.header) {
		if l.Limit <= 0 || l.Remaining < 0 {
			continue
		}
		i := slices.IndexFunc(p.gauges, func(g *gauge) bool { return g.Scope == l.Scope && g.Per == l.Per })
		if i < 0 {
			i, p.gauges = len(p.gauges), append(p.gauges, &gauge{})
		}
		g := p.gauges[i]
		g.Limit, g.window = l, max(g.window, l.Window())
		ours := len(p.within(g.window, a.done))
		g.half = min(l.Remaining+ours, l.Limit) / 2
		g.used = append(g.used, apiclient.Count{Sent: a.sent, Done: a.done, Used: l.Limit - l.Remaining})
	}
}

func (p *prober) send(ctx context.Context, r request, told func(*http.Response)) (*answer, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	a := &answer{request: r}
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(info httptrace.GotConnInfo) { a.reused = info.Reused },
	})
	query := url.Values{}
	if r.size > 0 {
		query.Set("page", strconv.Itoa(r.page))
		query.Set("size", strconv.Itoa(r.size))
	}
	if r.queue != "" {
		query.Set("queue_id", r.queue)
	}
	address := r.base + r.path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		told(nil)
		return nil, errors.New("the address cannot be asked") // the error would repeat it
	}
	if r.headers != apiclient.AuthAuthorization {
		req.Header.Set("X-Api-Key", r.key.Reveal())
	}
	if r.headers != apiclient.AuthXAPIKey {
		req.Header.Set("Authorization", r.key.Reveal())
	}
	if r.tenant != "" {
		req.Header.Set("X-Tenant-Id", r.tenant)
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Accept-Encoding", "gzip")
	req.Header.Set("User-Agent", "AgentConsole/"+p.cfg.Version+" (probe)")

	a.sent = p.now()
	resp, err := p.cfg.Transport.RoundTrip(req)
	told(resp)
	if err != nil {
		a.done = p.now()
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	body := readBody(resp)
	a.done = p.now()
	a.status, a.header, a.proto = resp.StatusCode, resp.Header, resp.ProtoMajor
	if resp.TLS != nil {
		a.tls = resp.TLS.Version
	}
	a.page = readPage(body)
	return a, nil
}

// readBody reads as much of a body as there may be; what cannot be read is as good as
// nothing.
func readBody(resp *http.Response) []byte {
	source := io.LimitReader(resp.Body, maxBody)
	if strings.EqualFold(resp.Header.Get("Content-Encoding"), "gzip") {
		z, err := gzip.NewReader(source)
		if err != nil {
			return nil
		}
		source = io.LimitReader(z, maxBody)
	}
	var body bytes.Buffer
	if _, err := body.ReadFrom(source); err != nil {
		return nil
	}
	return body.Bytes()
}
