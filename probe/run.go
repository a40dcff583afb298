package probe

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/alohub/agentconsole/apiclient"
)

// Config is what a probe needs to know. BaseURL and Key must be set.
type Config struct {
	BaseURL string // as apiclient.ParseBaseURL returns it
	Key     apiclient.Secret
	// Scopeless is a second key, without the scope that the API demands; zero: what a
	// missing scope looks like is not asked.
	Scopeless apiclient.Secret
	Tenant    string // sent as X-Tenant-ID; "": only to find out what comes of that
	Version   string // what User-Agent names

	// Admit waits for leave to make a call, from whoever paces others beside the probe's own
	// share; nil: none is needed. told is called with what came, nil where nothing did.
	// Its error ends the probe.
	Admit func(ctx context.Context) (told func(*http.Response), err error)

	Transport http.RoundTripper // nil: one of the probe's own
	Now       func() time.Time  // nil: time.Now
}

// noTenant is a tenant that there is not.
const noTenant = "0"

// prober is one run. It asks one thing after the other: nothing of it is shared.
type prober struct {
	cfg      Config
	now      func() time.Time
	report   *Report
	calls    int
	limited  int
	failures int
	stopped  Stop
	sendings []time.Time // when our calls ended, oldest first
	gauges   []*gauge
	answers  []*answer

	way    request   // a list as this API wants to be asked for one
	sample []*answer // one and the same page, asked for several times
	cap    int       // rows a page can have; 0: not known
	sizes  string    // PageSize, of what size and cap were found
	moves  bool      // two answers begin differently
	stuck  bool      // every page is the first
}

// Run asks. The report has every code, Unknown where nothing told; the error says what is
// wrong with cfg, before anything was asked.
func Run(ctx context.Context, cfg Config) (*Report, error) {
	base, err := apiclient.ParseBaseURL(cfg.BaseURL)
	if !cfg.Key.Sendable() {
		err = errors.Join(err, errors.New("the key is empty or holds characters that no key has"))
	}
	if !cfg.Scopeless.IsZero() && !cfg.Scopeless.Sendable() {
		err = errors.Join(err, errors.New("the key without scope holds characters that no key has"))
	}
	if strings.ContainsFunc(cfg.Tenant, func(r rune) bool { return r <= ' ' || r > '~' }) {
		err = errors.Join(err, errors.New("the tenant holds characters that no tenant id has"))
	}
	if err != nil {
		return nil, err
	}
	cfg.BaseURL = base
	if cfg.Transport == nil {
		own := newTransport()
		defer own.CloseIdleConnections()
		cfg.Transport = own
	}
	p := &prober{cfg: cfg, now: cfg.Now, report: &Report{BaseURL: base}}
	if p.now == nil {
		p.now = time.Now
	}
	began := p.now()
	p.report.At = began.UTC().Truncate(time.Second)
	for _, code := range Codes() {
		p.report.Findings = append(p.report.Findings, Finding{Code: code, Verdict: Unknown})
	}
	p.all(ctx)
	p.report.Took = p.now().Sub(began).Round(100 * time.Millisecond).String()
	p.report.Calls, p.report.Limited, p.report.Stopped = p.calls, p.limited, p.stopped
	return p.report, nil
}

// newTransport offers HTTP/2, unlike apiclient's: whether the API speaks it is a question.
func newTransport() *http.Transport {
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment, DialContext: dialer.DialContext, ForceAttemptHTTP2: true,
		TLSHandshakeTimeout: 5 * time.Second, IdleConnTimeout: 30 * time.Second, DisableCompression: true,
		MaxResponseHeaderBytes: 64 << 10,
	}
}

// all asks everything, as long as calls are left. What an early end leaves out stays
// Unknown.
func (p *prober) all(ctx context.Context) {
	if p.reach(ctx) {
		for _, step := range []func(context.Context) error{
			p.read3, p.otherPath, p.keyHeaders, p.tenants, p.refusals, p.noRoute,
			p.pageSizes, p.pages, p.filters, p.window,
		} {
			if errors.Is(step(ctx), errOver) {
				break
			}
		}
	}
	p.concludeRows()
	p.concludePages()
	p.concludeLimits()
	p.concludeFront()
}

// find notes an answer to a question. asked and answered are of a; "" where it is nil.
func (p *prober) find(code Code, verdict Verdict, value string, answers ...*answer) {
	f := Finding{Code: code, Verdict: verdict, Value: value}
	if len(answers) > 0 && answers[0] != nil {
		f.Asked = answers[0].request.String()
		var came []string
		for _, a := range answers {
			came = append(came, a.String())
		}
		f.Answered = strings.Join(slices.Compact(came), "; ")
	}
	i := slices.IndexFunc(p.report.Findings, func(f Finding) bool { return f.Code == code })
	p.report.Findings[i] = f
}

// asDocumented is Documented where yes, or else Differs.
func asDocumented(yes bool) Verdict {
	if yes {
		return Documented
	}
	return Differs
}

func (p *prober) sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// lost reports whether there is no route at the path that was asked.
func (a *answer) lost() bool { return a.status == http.StatusNotFound && !a.page.ours }

// reach finds a way to be answered with a list. False: there is none, and the report says
// so.
func (p *prober) reach(ctx context.Context) bool {
	p.way = request{
		base: p.cfg.BaseURL, path: "/v1/agents", size: 20, headers: apiclient.AuthBoth, key: p.cfg.Key, tenant: p.cfg.Tenant,
	}
	first, err := p.ask(ctx, p.way)
	if err == nil && first.lost() {
		here := first
		p.way.base = p.otherBase()
		if first, err = p.ask(ctx, p.way); err == nil && first.lost() {
			p.find(BasePath, Unusable, "", here, first)
			p.stop(StopOther)
			return false
		}
	}
	if err != nil {
		if p.limited > 0 {
			p.find(BasePath, Unusable, "limited")
			return false
		}
		p.find(BasePath, Unusable, "unreachable")
		p.stop(StopReach)
		return false
	}
	refused := first
	for _, headers := range []apiclient.AuthHeaders{apiclient.AuthXAPIKey, apiclient.AuthAuthorization} {
		if first.status != http.StatusUnauthorized {
			break
		}
		p.way.headers = headers
		if first, err = p.ask(ctx, p.way); err != nil {
			return false
		}
	}
	if first.status == http.StatusUnauthorized {
		p.find(KeyHeader, Unusable, "refused", refused, first)
		p.stop(StopOther)
		return false
	}
	if !first.page.list && p.way.tenant != "" && refusal(first) {
		p.way.tenant = ""
		if first, err = p.ask(ctx, p.way); err != nil {
			return false
		}
	}
	switch {
	case first.page.list && first.status == http.StatusOK:
		p.sample = append(p.sample, first)
		return true
	case first.status == http.StatusForbidden && p.cfg.Tenant == "":
		p.find(MissingScope, Unusable, first.code(), first)
	case refusal(first) && p.cfg.Tenant == "":
		p.find(TenantHeader, Unusable, "needed", first)
	case refusal(first):
		p.find(TenantHeader, Unusable, "refused", first)
	default:
		p.find(BasePath, Unusable, "not-the-api", first)
	}
	p.stop(StopOther)
	return false
}

// refusal reports whether an answer refuses what was asked, rather than fails at it.
func refusal(a *answer) bool {
	return a.status == http.StatusForbidden || a.status == http.StatusBadRequest
}

func (a *answer) code() string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", a.status, a.page.code))
}

// otherBase is the page's other reading of where the API lives.
func (p *prober) otherBase() string {
	if base, ok := strings.CutSuffix(p.cfg.BaseURL, "/api"); ok {
		return base
	}
	return p.cfg.BaseURL + "/api"
}

func pathOf(base string) string {
	if strings.HasSuffix(base, "/api") {
		return "/api/v1"
	}
	return "/v1"
}

// read3 asks for the page once more, and again: what differs between them is no answer to
// rely on.
func (p *prober) read3(ctx context.Context) error {
	for range 2 {
		a, err := p.ask(ctx, p.way)
		if err != nil {
			return err
		}
		if !a.page.list {
			continue
		}
		p.sample = append(p.sample, a)
	}
	first := p.sample[0]
	for _, a := range p.sample[1:] {
		p.moves = p.moves || !alike(first.page.rows, a.page.rows)
	}
	if len(agentsOf(first.page.rows)) < 2 || len(p.sample) < 3 {
		return nil
	}
	if p.moves {
		p.find(Order, Differs, "changes", p.sample...)
	} else {
		p.find(Order, Documented, "stable", p.sample...)
	}
	return nil
}

// alike reports whether two answers have their agents in one order, as far as both go.
func alike(a, b []row) bool {
	x, y := agentsOf(a), agentsOf(b)
	n := min(len(x), len(y))
	return slices.Equal(x[:n], y[:n])
}

// agentsOf is the agents of rows, each once.
func agentsOf(rows []row) []string {
	var out []string
	for _, r := range rows {
		if !slices.Contains(out, r.agent) {
			out = append(out, r.agent)
		}
	}
	return out
}

func (p *prober) otherPath(ctx context.Context) error {
	other := p.way
	other.size = 1
	if other.base = p.otherBase(); p.way.base == other.base {
		p.find(BasePath, Differs, pathOf(p.way.base), p.sample[0])
		return nil // the first call found no route at the other
	}
	a, err := p.ask(ctx, other)
	if err != nil {
		return err
	}
	switch {
	case a.page.list:
		p.find(BasePath, Documented, "both", p.sample[0], a)
	case a.lost():
		p.find(BasePath, Documented, pathOf(p.way.base), p.sample[0], a)
	}
	return nil
}

func (p *prober) keyHeaders(ctx context.Context) error {
	works := map[apiclient.AuthHeaders]*answer{}
	for _, headers := range []apiclient.AuthHeaders{apiclient.AuthXAPIKey, apiclient.AuthAuthorization, apiclient.AuthBoth} {
		r := p.way
		r.size, r.headers = 1, headers
		a, err := p.ask(ctx, r)
		if err != nil {
			return err
		}
		works[headers] = a
	}
	x, general, both := works[apiclient.AuthXAPIKey], works[apiclient.AuthAuthorization], works[apiclient.AuthBoth]
	word := ""
	switch [3]bool{x.page.list, general.page.list, both.page.list} {
	case [3]bool{true, true, true}:
		word = "either"
	case [3]bool{true, true, false}:
		word = "one"
	case [3]bool{false, false, true}:
		word = "both"
	case [3]bool{true, false, true}, [3]bool{true, false, false}:
		word = "x-api-key"
	case [3]bool{false, true, true}, [3]bool{false, true, false}:
		word = "authorization"
	default:
		return nil
	}
	// To send both, as the console does unless told otherwise, works with all but one.
	p.find(KeyHeader, asDocumented(both.page.list), word, x, general, both)
	if !both.page.list || word == "both" {
		p.way.headers = map[string]apiclient.AuthHeaders{"authorization": apiclient.AuthAuthorization, "both": apiclient.AuthBoth}[word]
		if p.way.headers == "" {
			p.way.headers = apiclient.AuthXAPIKey
		}
	}
	return nil
}

func (p *prober) tenants(ctx context.Context) error {
	own := p.cfg.Tenant
	if len(p.sample[0].page.rows) == 0 {
		return nil // one without agents looks like any other
	}
	if own == "" {
		own = p.sample[0].page.rows[0].tenant
	}
	if own == "" || strings.ContainsFunc(own, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil
	}
	var got []*answer
	for _, tenant := range []string{"", own, noTenant} {
		r := p.way
		r.size, r.tenant = 1, tenant
		a, err := p.ask(ctx, r)
		if err != nil {
			return err
		}
		got = append(got, a)
	}
	// An API that looks at the header may also show a tenant of nobody as an empty one.
	nobody := got[2].page.list && len(got[2].page.rows) > 0 && got[2].page.rows[0].tenant == p.sample[0].page.rows[0].tenant
	switch [3]bool{got[0].page.list, got[1].page.list, nobody} {
	case [3]bool{true, true, false}:
		p.find(TenantHeader, Documented, "checked", got...)
	case [3]bool{true, true, true}:
		p.find(TenantHeader, Documented, "ignored", got...)
	case [3]bool{false, true, false}:
		p.find(TenantHeader, Differs, "needed", got...)
	case [3]bool{true, false, false}:
		p.find(TenantHeader, Differs, "refused", got...)
	}
	return nil
}

// refusals asks with a key that there is not, and with one without scope.
func (p *prober) refusals(ctx context.Context) error {
	wrong := p.way
	wrong.size, wrong.key, wrong.keyWord = 1, apiclient.NewSecret("probe-"+rand.Text()), "a key that does not exist"
	a, err := p.ask(ctx, wrong)
	if err != nil {
		return err
	}
	p.find(WrongKey, asDocumented(a.status == http.StatusUnauthorized && a.page.code == "UNAUTHORIZED"), a.code(), a)
	if p.cfg.Scopeless.IsZero() {
		return nil
	}
	r := p.way
	r.size, r.key, r.keyWord = 1, p.cfg.Scopeless, "the key without scope"
	if a, err = p.ask(ctx, r); err != nil {
		return err
	}
	if a.page.list {
		return nil // it has the scope
	}
	p.find(MissingScope, asDocumented(a.status == http.StatusForbidden && a.page.code == "INSUFFICIENT_SCOPE"), a.code(), a)
	return nil
}

// noRoute asks for what there is not: whoever stands before the API answers that itself.
func (p *prober) noRoute(ctx context.Context) error {
	r := p.way
	r.path, r.size = "/v1/agent-console-probe", 0
	_, err := p.ask(ctx, r)
	return err
}
