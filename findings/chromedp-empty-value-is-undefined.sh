#!/usr/bin/env bash
#
# chromedp's SetValue with an empty text writes the word "undefined" into the field.
#
# Versions: github.com/chromedp/chromedp v0.23.0, Chromium 156 headless (CHROMIUM=path for
#           another). Seen on 2026-11-30.
#
# Expected: SetValue(field, "") empties the field, as it puts any other text there, and a
#           function in the page is called with the arguments that were given. An empty text
#           is one, and so are an empty list and an object without fields; SetAttributeValue
#           with "" does it.
# Does:     an argument that is empty is left out on the way to the browser, and what is left
#           out is undefined there. SetValue puts that into the field, where it is a word,
#           and then says that it could not set the value; so does SetJavascriptAttribute.
#           PollFunction calls its function with it and says nothing. 0 and false arrive.
#
# Output as seen:
#   SetValue "An":                <nil>; the field has "An"
#   SetValue "":                  could not set value; the field has "undefined"
#   SetJavascriptAttribute "An":  <nil>; the title is "An"
#   SetJavascriptAttribute "":    could not set value; the title is "undefined"
#   SetAttributeValue "":         <nil>; the title is ""
#   PollFunction with 0:          called with number 0
#   PollFunction with false:      called with boolean false
#   PollFunction with "":         called with undefined
#   PollFunction with []string{}: called with undefined
#   PollFunction with {}:         called with undefined
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
	"strings"
	"time"

	"github.com/chromedp/chromedp"
)

func main() {
	ctx, cancel := chromedp.NewContext(context.Background(), chromedp.WithAllocatorOptions(
		chromedp.ExecPath(os.Args[1]), chromedp.NoSandbox, chromedp.UserDataDir(os.Args[2])))
	defer cancel()
	ctx, stop := context.WithTimeout(ctx, time.Minute)
	defer stop()
	if err := chromedp.Do(ctx, chromedp.Navigate(`data:text/html,<title>Page</title><input>`)); err != nil {
		panic(err)
	}

	const field = chromedp.CSS("input")
	try := func(what string, step chromedp.Action[chromedp.Void], of, property string) {
		err := fmt.Sprint(chromedp.Do(ctx, step))
		has, failed := chromedp.Run(ctx, chromedp.JavascriptAttribute[string](field, property))
		if failed != nil {
			panic(failed)
		}
		err, _, _ = strings.Cut(err, " on node") // a number, which differs
		fmt.Printf("%-29s %s; %s %q\n", what+":", err, of, has)
	}
	for _, text := range []string{"An", ""} {
		try(fmt.Sprintf("SetValue %q", text), chromedp.SetValue(field, text), "the field has", "value")
	}
	for _, text := range []string{"An", ""} {
		try(fmt.Sprintf("SetJavascriptAttribute %q", text), chromedp.SetJavascriptAttribute(field, "title", text), "the title is", "title")
	}
	try(`SetAttributeValue ""`, chromedp.SetAttributeValue(field, "title", ""), "the title is", "title")

	for _, with := range []struct {
		name string
		arg  any
	}{{"0", 0}, {"false", false}, {`""`, ""}, {"[]string{}", []string{}}, {"{}", struct{}{}}} {
		got, err := chromedp.Run(ctx, chromedp.PollFunction[string](
			"(x) => x === undefined ? 'undefined' : `${typeof x} ${x}`", chromedp.WithPollingArgs(with.arg)))
		if err != nil {
			panic(err)
		}
		fmt.Printf("%-29s called with %s\n", "PollFunction with "+with.name+":", got)
	}
}
EOF
go get . 2>log || { cat log >&2; exit 2; }
go run . "$CHROMIUM" "$dir/profile" | tee seen

cat >want <<'EOF'
SetValue "An":                <nil>; the field has "An"
SetValue "":                  could not set value; the field has "undefined"
SetJavascriptAttribute "An":  <nil>; the title is "An"
SetJavascriptAttribute "":    could not set value; the title is "undefined"
SetAttributeValue "":         <nil>; the title is ""
PollFunction with 0:          called with number 0
PollFunction with false:      called with boolean false
PollFunction with "":         called with undefined
PollFunction with []string{}: called with undefined
PollFunction with {}:         called with undefined
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
