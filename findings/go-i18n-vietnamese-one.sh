#!/usr/bin/env bash
#
# go-i18n 2.7.0 gives Vietnamese a plural form "one", for 0, 1 and fractions below 1.
#
# Versions: github.com/nicksnyder/go-i18n/v2 v2.6.1 and v2.7.0, golang.org/x/text v0.44.0,
#           npm cldr-core 48.2.0 (for comparison). Seen on 2026-11-30.
#
# Expected: Vietnamese has one plural form, "other", as CLDR 48 says and as go-i18n 2.6.1
#           had it. A catalogue with "other" alone is whole, and a step from 2.6 to 2.7
#           leaves what is said as it was.
# Does:     In 2.7.0 Vietnamese stands with Hindi and Zulu: "one" for 0, 1 and 0.5. A
#           message with both forms (as a copy of the English file has them) says its "one"
#           form for nothing at all, and a message with "other" alone returns an error for
#           0 and 1, together with the right text. Who drops the text on an error (or has
#           a must-function) loses it for 0 and 1 only.
#
# Output as seen:
#   cldr-core 48.2.0: vi has pluralRule-count-other
#   v2.6.1 both  0: "OTHER 0" err=<nil>
#   v2.6.1 both  1: "OTHER 1" err=<nil>
#   v2.6.1 both  2: "OTHER 2" err=<nil>
#   v2.6.1 other 0: "only 0" err=<nil>
#   v2.6.1 other 1: "only 1" err=<nil>
#   v2.6.1 other 2: "only 2" err=<nil>
#   v2.7.0 both  0: "ONE 0" err=<nil>
#   v2.7.0 both  1: "ONE 1" err=<nil>
#   v2.7.0 both  2: "OTHER 2" err=<nil>
#   v2.7.0 other 0: "only 0" err=message "other" has no plural form "one"
#   v2.7.0 other 1: "only 1" err=message "other" has no plural form "one"
#   v2.7.0 other 2: "only 2" err=<nil>
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

mkdir cldr
(
	cd cldr
	npm init -y >/dev/null
	npm install --silent --no-audit --no-fund cldr-core@48.2.0
	node -e '
		const rules = require("cldr-core/supplemental/plurals.json").supplemental["plurals-type-cardinal"].vi;
		console.log("cldr-core 48.2.0: vi has " + Object.keys(rules).join(", "));
	'
) | tee seen

for version in v2.6.1 v2.7.0; do
	mkdir "$version"
	(
		cd "$version"
		go mod init finding >/dev/null 2>&1
		go get "github.com/nicksnyder/go-i18n/v2@$version" golang.org/x/text@v0.44.0 2>log || { cat log >&2; exit 2; }
		cat >main.go <<-'EOF'
			package main

			import (
				"fmt"
				"os"

				"github.com/nicksnyder/go-i18n/v2/i18n"
				"golang.org/x/text/language"
			)

			func main() {
				bundle := i18n.NewBundle(language.English)
				bundle.MustAddMessages(language.Vietnamese,
					&i18n.Message{ID: "both", One: "ONE {{.PluralCount}}", Other: "OTHER {{.PluralCount}}"},
					&i18n.Message{ID: "other", Other: "only {{.PluralCount}}"})
				vi := i18n.NewLocalizer(bundle, "vi")
				for _, id := range []string{"both", "other"} {
					for n := range 3 {
						text, err := vi.Localize(&i18n.LocalizeConfig{MessageID: id, PluralCount: n})
						fmt.Printf("%s %-5s %d: %q err=%v\n", os.Args[1], id, n, text, err)
					}
				}
			}
		EOF
		go run . "$version"
	) | tee -a seen
done

cat >want <<'EOF'
cldr-core 48.2.0: vi has pluralRule-count-other
v2.6.1 both  0: "OTHER 0" err=<nil>
v2.6.1 both  1: "OTHER 1" err=<nil>
v2.6.1 both  2: "OTHER 2" err=<nil>
v2.6.1 other 0: "only 0" err=<nil>
v2.6.1 other 1: "only 1" err=<nil>
v2.6.1 other 2: "only 2" err=<nil>
v2.7.0 both  0: "ONE 0" err=<nil>
v2.7.0 both  1: "ONE 1" err=<nil>
v2.7.0 both  2: "OTHER 2" err=<nil>
v2.7.0 other 0: "only 0" err=message "other" has no plural form "one"
v2.7.0 other 1: "only 1" err=message "other" has no plural form "one"
v2.7.0 other 2: "only 2" err=<nil>
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
