#!/usr/bin/env bash
#
# chromedp's Clear clears a field only until somebody has typed in it.
#
# Versions: github.com/chromedp/chromedp v0.23.0, Chromium 156 headless (CHROMIUM=path for
#           another). Seen on 2026-11-30.
#
# Expected: after Clear the field is empty: its comment says that it clears the values of the
#           elements, as field.value = "" in the page does. What a test clears is mostly what
#           it has typed before.
# Does:     Clear empties the attribute "value", the value that a form begins with. What is in
#           the field comes from there only as long as nothing was typed or set; from then on
#           Clear returns nil and changes nothing on the page, but what a reset goes back to.
#           What is typed next is added to what was there. A textarea without a text of its
#           own in the source is an error. The project knows the first as chromedp#1610.
#
# Output as seen:
#   from the page:     "An", Clear <nil>, "", a reset gives ""
#   typed:             "Bình", Clear <nil>, "Bình", a reset gives ""
#   set by SetValue:   "Chi", Clear <nil>, "Chi", a reset gives ""
#   cleared and typed: "BìnhDung"
#   textarea, typed:   "Giang", Clear textarea node does not have child #text node, "Giang", a reset gives ""
#   in the page:       "Bình", value = "" <nil>, "", a reset gives ""
set -euo pipefail

CHROMIUM=${CHROMIUM:-/usr/bin/chromium}
[ -x "$CHROMIUM" ] || { echo "no browser at $CHROMIUM" >&2; exit 2; }

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

go mod init finding >/dev/null 2>&1
go get github.com/chromedp/chromedp@v0.23.0 2>log || { cat log >&2; exit 2; }
cat >main.go <<'EOF'
package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"time"

	"github.com/chromedp/chromedp"
)

const page = `<!doctype html><title>Page</title><form><input value="An"><textarea></textarea></form>`

type step = chromedp.Action[chromedp.Void]

func main() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, page)
	}))
	defer server.Close()
	ctx, cancel := chromedp.NewContext(context.Background(), chromedp.WithAllocatorOptions(
		chromedp.ExecPath(os.Args[1]), chromedp.NoSandbox, chromedp.UserDataDir(os.Args[2])))
	defer cancel()
	ctx, stop := context.WithTimeout(ctx, time.Minute)
	defer stop()

	do := func(a step) {
		if err := chromedp.Do(ctx, a); err != nil {
			panic(err)
		}
	}
	has := func(sel chromedp.CSS) string {
		v, err := chromedp.Run(ctx, chromedp.Value(sel))
		if err != nil {
			panic(err)
		}
		return v
	}
	number := regexp.MustCompile(`node \d+ `) // differs from run to run
	// try prints what is in the field before the step and after it.
	try := func(what, name string, sel chromedp.CSS, a step) {
		fmt.Printf("%-18s %q", what+":", has(sel))
		fmt.Print(", ", name, " ", number.ReplaceAllString(fmt.Sprint(chromedp.Do(ctx, a)), "node "))
		fmt.Printf(", %q", has(sel))
		do(chromedp.Reset(sel))
		fmt.Printf(", a reset gives %q\n", has(sel))
	}
	const field, area = chromedp.CSS("input"), chromedp.CSS("textarea")
	// empty begins again, with a field that has nothing yet.
	empty := func() {
		do(chromedp.Navigate(server.URL))
		do(chromedp.SetAttributeValue(field, "value", ""))
	}

	do(chromedp.Navigate(server.URL))
	try("from the page", "Clear", field, chromedp.Clear(field))
	empty()
	do(chromedp.SendKeys(field, "Bình"))
	try("typed", "Clear", field, chromedp.Clear(field))
	empty()
	do(chromedp.SetValue(field, "Chi"))
	try("set by SetValue", "Clear", field, chromedp.Clear(field))
	empty()
	do(chromedp.Steps(chromedp.SendKeys(field, "Bình"), chromedp.Clear(field), chromedp.SendKeys(field, "Dung")))
	fmt.Printf("%-18s %q\n", "cleared and typed:", has(field))
	empty()
	do(chromedp.SendKeys(area, "Giang"))
	try("textarea, typed", "Clear", area, chromedp.Clear(area))
	empty()
	do(chromedp.SendKeys(field, "Bình"))
	try("in the page", `value = ""`, field, chromedp.Evaluate[chromedp.Void](`document.querySelector("input").value = ""`))
}
EOF
go get . 2>log || { cat log >&2; exit 2; }
go run . "$CHROMIUM" "$dir/profile" | tee seen

cat >want <<'EOF'
from the page:     "An", Clear <nil>, "", a reset gives ""
typed:             "Bình", Clear <nil>, "Bình", a reset gives ""
set by SetValue:   "Chi", Clear <nil>, "Chi", a reset gives ""
cleared and typed: "BìnhDung"
textarea, typed:   "Giang", Clear textarea node does not have child #text node, "Giang", a reset gives ""
in the page:       "Bình", value = "" <nil>, "", a reset gives ""
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
