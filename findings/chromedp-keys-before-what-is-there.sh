#!/usr/bin/env bash
#
# chromedp's SendKeys types before the text that a field has already.
#
# Versions: github.com/chromedp/chromedp v0.23.0, Chromium 156 headless (CHROMIUM=path for
#           another). Seen on 2026-11-30.
#
# Expected: what is typed comes after what is there, as the same call of WebDriver has it: its
#           Element Send Keys puts the caret at the end of a field that it gives the focus.
#           A second SendKeys does go on where the first one ended.
# Does:     the field is given the focus, and the caret is where the page has left it: in a
#           field with a value of the page's it is at the beginning, so that "2" for a name
#           "An" makes "2An". In an empty field, which is what one tries with, and after a
#           value from a script it is at the end. A pressed End before the text is a way
#           out. The comment of SendKeys says nothing of the caret.
#
# Output as seen:
#   an input with "An":          "2An"
#   a textarea with "An":        "2An"
#   an empty input, twice:       "A2"
#   an input with "An", twice:   "23An"
#   an input set by a script:    "An2"
#   an input with "An", and End: "An2"
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
	"os"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

func main() {
	ctx, cancel := chromedp.NewContext(context.Background(), chromedp.WithAllocatorOptions(
		chromedp.ExecPath(os.Args[1]), chromedp.NoSandbox, chromedp.UserDataDir(os.Args[2])))
	defer cancel()
	ctx, stop := context.WithTimeout(ctx, time.Minute)
	defer stop()

	const field = chromedp.ID("field")
	try := func(what, element string, steps ...chromedp.Action[chromedp.Void]) {
		if err := chromedp.Do(ctx, append([]chromedp.Action[chromedp.Void]{
			chromedp.Navigate("data:text/html,<title>Page</title>" + element)}, steps...)...); err != nil {
			panic(err)
		}
		has, err := chromedp.Run(ctx, chromedp.Value(field))
		if err != nil {
			panic(err)
		}
		fmt.Printf("%-28s %q\n", what+":", has)
	}
	const filled, empty = `<input id=field value=An>`, `<input id=field>`
	try(`an input with "An"`, filled, chromedp.SendKeys(field, "2"))
	try(`a textarea with "An"`, `<textarea id=field>An</textarea>`, chromedp.SendKeys(field, "2"))
	try("an empty input, twice", empty, chromedp.SendKeys(field, "A"), chromedp.SendKeys(field, "2"))
	try(`an input with "An", twice`, filled, chromedp.SendKeys(field, "2"), chromedp.SendKeys(field, "3"))
	try("an input set by a script", empty, chromedp.SetValue(field, "An"), chromedp.SendKeys(field, "2"))
	try(`an input with "An", and End`, filled, chromedp.SendKeys(field, kb.End+"2"))
}
EOF
go get . 2>log || { cat log >&2; exit 2; }
go run . "$CHROMIUM" "$dir/profile" | tee seen

cat >want <<'EOF'
an input with "An":          "2An"
a textarea with "An":        "2An"
an empty input, twice:       "A2"
an input with "An", twice:   "23An"
an input set by a script:    "An2"
an input with "An", and End: "An2"
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
