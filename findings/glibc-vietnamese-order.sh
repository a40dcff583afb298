#!/usr/bin/env bash
#
# glibc's Vietnamese order knows the letter ê, but not ế, ề, ể, ễ, ệ: they sort as e.
#
# Versions: glibc 2.36 (Debian 12, locale source vi_VN of package locales 2.36-9+deb12u14),
#           golang.org/x/text v0.44.0. Seen on 2026-11-30.
#
# Expected: in vi_VN.UTF-8, "ê" is a letter of its own after "e" (the locale's source says
#           so, and cites CLDR's rules), so whatever begins with tê, tế or tề comes after
#           all that begins with te or té: a tone is a smaller difference than a letter.
#           So has it golang.org/x/text/collate, and so has ICU.
# Does:     only the bare letter is moved. The source has lines for U+00EA ê, â, ă, ô, ơ, ư
#           but none for the ready-made letters with a tone on top (U+1EBF ế and so on),
#           which keep the order that they have in English: an e with two marks. "tếa" comes
#           before "teb" and "têa" after "tec". Names are hit at once: Lê An comes after
#           Le Bình, as it should, but Nguyễn An before Nguyen Bình, as in English.
#
# Output as seen:
#   glibc  te: tea téa tềa tếa teb téb tệb tếb tec têa têb
#   x/text te: tea téa teb téb tec têa tềa tếa têb tếb tệb
#   glibc  names: Le An | Le Bình | Lê An | Lê Bình | Nguyen An | Nguyễn An | Nguyen Bình | Nguyễn Bình
#   x/text names: Le An | Le Bình | Lê An | Lê Bình | Nguyen An | Nguyen Bình | Nguyễn An | Nguyễn Bình
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

mkdir locales
localedef -i vi_VN -f UTF-8 locales/vi_VN.UTF-8

go mod init finding >/dev/null 2>&1
go get golang.org/x/text@v0.44.0 2>log || { cat log >&2; exit 2; }
cat >main.go <<'EOF'
// Reads lines and prints them in Vietnamese order.
package main

import (
	"bufio"
	"fmt"
	"os"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

func main() {
	var lines []string
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		lines = append(lines, in.Text())
	}
	collate.New(language.Vietnamese).SortStrings(lines)
	for _, line := range lines {
		fmt.Println(line)
	}
}
EOF
go build -o tool .

glibc() { LOCPATH=$dir/locales LC_ALL=vi_VN.UTF-8 sort; }
words() { printf '%s\n' tea téa tếa tềa têa teb téb tếb tệb têb tec; }
names() { printf '%s\n' 'Lê An' 'Lê Bình' 'Le An' 'Le Bình' 'Nguyễn An' 'Nguyễn Bình' 'Nguyen An' 'Nguyen Bình'; }

{
	echo "glibc  te: $(words | glibc | paste -sd ' ')"
	echo "x/text te: $(words | ./tool | paste -sd ' ')"
	echo "glibc  names: $(names | glibc | paste -sd '|' | sed 's/|/ | /g')"
	echo "x/text names: $(names | ./tool | paste -sd '|' | sed 's/|/ | /g')"
} | tee seen

cat >want <<'EOF'
glibc  te: tea téa tềa tếa teb téb tệb tếb tec têa têb
x/text te: tea téa teb téb tec têa tềa tếa têb tếb tệb
glibc  names: Le An | Le Bình | Lê An | Lê Bình | Nguyen An | Nguyễn An | Nguyen Bình | Nguyễn Bình
x/text names: Le An | Le Bình | Lê An | Lê Bình | Nguyen An | Nguyen Bình | Nguyễn An | Nguyễn Bình
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
