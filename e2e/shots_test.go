package e2e

import (
	"os"

	"github.com/chromedp/cdproto/page"
)

// shot writes a picture of what the tab shows.
func (p *tab) shot(file string) {
	p.t.Helper()
	res := call(p, page.CaptureScreenshot, page.CaptureScreenshotParams{})
	p.must(os.WriteFile(file, res.Data, 0o644))
}
