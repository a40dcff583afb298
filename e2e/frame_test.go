package e2e

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/alohub/agentconsole/web"
)

// intranet is the example's page, in English, around the console at that origin.
func intranet(t *testing.T, console string) http.Handler {
	t.Helper()
	folder := os.DirFS("../examples/intranet-page")
	index, err := os.ReadFile("../examples/intranet-page/index.html")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer("{{.}}", console, `lang="vi"`, `lang="en"`).Replace(string(index))
	mux := http.NewServeMux()
	mux.Handle("/", http.FileServerFS(folder))
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(text))
	})
	return mux
}

// site is a server over https, seen under a name that makes it a site of its own.
func site(t *testing.T, name string, h http.Handler) (origin string) {
	t.Helper()
	server := httptest.NewTLSServer(h)
	t.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return "https://" + name + ".localhost:" + port
}

// pressed clicks as the page's own script would: the frame's mouse is the outer page's.
func (p *tab) pressed(selector string) {
	p.t.Helper()
	p.see(selector)
	p.run(`(() => {
		const el = document.querySelector($[0]);
		el.dispatchEvent(new PointerEvent("pointerdown", {bubbles: true}));
		el.click();
	})()`, selector)
}

// typed fills a field in the same way.
func (p *tab) typed(selector, text string) {
	p.t.Helper()
	p.see(selector)
	p.run(`(() => {
		const el = document.querySelector($[0]);
		el.value = $[1];
		el.dispatchEvent(new Event("input", {bubbles: true}));
	})()`, selector, text)
}

// framed is the frame of that origin in the page, which is a target of its own.
func (p *tab) framed(origin string) *tab {
	p.t.Helper()
	f := &tab{watch: newWatch(), t: p.t, rig: p.rig}
	p.until(func() bool {
		all, err := chromedp.Targets(p.ctx)
		if err != nil {
			return false
		}
		for _, info := range all {
			if info.Type == "iframe" && strings.HasPrefix(info.URL, origin) {
				ctx, cancel := chromedp.NewContext(p.ctx, chromedp.WithTargetID(info.TargetID), chromedp.WithDetachOnCancel())
				p.t.Cleanup(cancel)
				f.ctx = ctx
				return chromedp.Do(ctx) == nil
			}
		}
		return false
	}, func() string { return "the frame of " + origin })
	return f
}

// TestInFrame: inside a page of another site, with cookies of third parties blocked, all
// works: sign-in, the drawer, its question and its save; the frame is as high as its page,
// which looks as the page around wants, and is signed in when that is loaded again.
func TestInFrame(t *testing.T) {
	t.Parallel()
	var target atomic.Pointer[url.URL]
	var probes atomic.Int64
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	console := site(t, "console", &httputil.ReverseProxy{
		Transport: transport,
		Rewrite: func(r *httputil.ProxyRequest) {
			if _, err := r.In.Cookie("third-party"); err == nil {
				probes.Add(1)
			}
			r.SetURL(target.Load())
			r.Out.Host = r.In.Host
		},
		ModifyResponse: func(r *http.Response) error {
			r.Header.Add("Set-Cookie", "third-party=1; Path=/; Secure; SameSite=None")
			return nil
		},
	})
	host := site(t, "intranet", intranet(t, console))
	r := setup(t, func(o *options) {
		o.browser = whole
		o.console = func(o *web.Options) {
			o.PublicURL, _ = url.Parse(console)
			o.FrameAncestors = []string{host}
		}
	})
	behind, err := url.Parse(r.url)
	if err != nil {
		t.Fatal(err)
	}
	target.Store(behind)

	p := &tab{watch: newWatch(), t: t, rig: r}
	ctx, cancel := chromedp.NewContext(r.browser, chromedp.WithNewBrowserContext())
	p.ctx = ctx
	t.Cleanup(cancel)
	p.must(chromedp.Do(ctx))
	p.resize(1440, 900)
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}},
	})
	visit := func() *tab {
		if res := call(p, page.Navigate, page.NavigateParams{URL: host}); res.ErrorText != "" {
			t.Fatal(res.ErrorText)
		}
		f := p.framed(console)
		t.Cleanup(func() {
			if t.Failed() {
				f.explain()
			}
		})
		return f
	}
	f := visit()

	f.see("#api_key")
	if look := value[string](f, `[document.documentElement.lang, document.documentElement.dataset.theme, location.search].join()`); look != "en,dark,?next=%2Fagents" {
		t.Errorf("language, theme and query are %s", look)
	}
	f.typed("#api_key", r.demo.Key)
	f.typed("#operator", "Nguyễn Thị Lan")
	f.pressed("#sign-in")
	f.wait(`location.pathname === "/agents"`)
	f.see("tr[data-agent-id]")

	// As high as what is in it, and no higher.
	asHigh := func() {
		t.Helper()
		f.wait(`innerHeight > 700 && Math.abs(innerHeight - Math.ceil(document.body.getBoundingClientRect().height)) <= 1 && "follows" in document.documentElement.dataset`)
		p.wait(`Math.abs(document.querySelector("iframe").clientHeight - $[0]) <= 1`, value[int](f, "innerHeight"))
	}
	asHigh()
	f.known()

	// The drawer stands where people are, not at the far end of a long frame.
	edit := several + " .row-edit"
	f.pressed(edit)
	f.see("#drawer[open] #editor-form")
	f.wait(`Math.abs(document.querySelector("#drawer").getBoundingClientRect().top - document.querySelector($[0]).getBoundingClientRect().top) < 200`, edit)
	f.wait(`document.querySelector("#drawer").getBoundingClientRect().bottom <= innerHeight + 1`)

	// Its question is the console's own: a browser's would stop the test.
	f.pressed("#drawer .queue-item input")
	f.pressed("#drawer .drawer-close")
	f.pressed("#leave [data-answer=no]")
	f.gone("#leave")
	f.see("#drawer[open] #editor-form")
	f.pressed("#drawer .drawer-close")
	f.pressed("#leave [data-answer=yes]")
	f.gone("#drawer[open]")
	asHigh()

	f.pressed(edit)
	f.see("#drawer[open] #editor-form")
	f.typed("#add-queue", "1000888")
	f.pressed("#drawer [data-add-button]")
	f.see(`#drawer .queue-item[data-queue-id="1000888"]`)
	f.wait(`document.querySelector("#preview-body .diff-plus") && !document.querySelector($[0]).disabled`, saves)
	f.pressed(saves)
	f.gone("#drawer[open]")
	if writes := r.writes(); len(writes) != 1 || !strings.Contains(writes[0], "1000888") {
		t.Errorf("sent: %q", writes)
	}

	// Its own choice holds over the links of the frame.
	f.run(`document.querySelector("form.menu-form [name=lang][value=vi]").click()`)
	f.wait(`document.documentElement.lang === "vi"`)

	// Signed in still when the intranet is loaded again, and out when asked for, once.
	f = visit()
	f.see("tr[data-agent-id]")
	f.run(`document.querySelector("#sign-out").click()`)
	f.see("#api_key")
	if n := probes.Load(); n > 0 {
		t.Errorf("%d requests had a third party's cookie: this browser does not block them, and proves nothing", n)
	}
}
