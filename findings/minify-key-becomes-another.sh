#!/usr/bin/env bash
#

# minify makes another key of a quoted one such as "1.10" or one of 17 digits.
#
# Versions: github.com/tdewolff/minify/v2 v2.24.25, npm esbuild 0.28.2. Seen on 2026-11-30.
#
# Expected: the README says that a key is written as an identifier or a number where it was
#           a text; that is so where it is the same key, as for "84912345678". It is not for
#           "1.10", as a number's key is the number as JavaScript prints it. esbuild leaves
#           the quotes.
# Does:     whatever is of digits, with a point among them or not, loses its quotes. "1.10"
#           is the key 1.1, so a table of versions has no 1.10 any more, or its entry has
#           taken the place of 1.1; "2.0" is 2, and a number of 17 digits is rounded. So it is
#           in an object, a class and between [ ]. No error. "007", "1e3" and "-1" stay.
#
# Output as seen:
#   ((version) => ({ "1.9": "old", "1.10": "new" })[version] ?? "none")("1.10")
#     as written "new", esbuild "new"
#     minify     "none" from (e=>({1.9:"old",1.10:"new"}[e]??"none"))("1.10")
#   ((version) => ({ "1.1": "old", "1.10": "new" })[version])("1.1")
#     as written "old", esbuild "old"
#     minify     "new" from (e=>({1.1:"old",1.10:"new"}[e]))("1.1")
#   JSON.stringify({ "2.0": true })
#     as written "{\"2.0\":true}", esbuild "{\"2.0\":true}"
#     minify     "{\"2\":true}" from JSON.stringify({2.0:!0})
#   Object.keys({ "20261130000000017": 1 })
#     as written ["20261130000000017"], esbuild ["20261130000000017"]
#     minify     ["20261130000000016"] from Object.keys({20261130000000017:1})
#   (function (o) { o["1.0"] = 1; return Object.keys(o) })({})
#     as written ["1.0"], esbuild ["1.0"]
#     minify     ["1"] from (function(e){return e[1]=1,Object.keys(e)})({})
#   Object.keys({ "84912345678": 1, "007": 2, "1e3": 3, "-1": 4 })
#     as written ["84912345678","007","1e3","-1"], esbuild ["84912345678","007","1e3","-1"]
#     minify     ["84912345678","007","1e3","-1"] from Object.keys({84912345678:1,"007":2,"1e3":3,"-1":4})
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts esbuild@0.28.2 || exit 2
go mod init finding >/dev/null 2>&1
go get github.com/tdewolff/minify/v2@v2.24.25 github.com/tdewolff/parse/v2@v2.8.20 2>log || { cat log >&2; exit 2; }
cat >cases.json <<'EOF'
[
	"((version) => ({ \"1.9\": \"old\", \"1.10\": \"new\" })[version] ?? \"none\")(\"1.10\")",
	"((version) => ({ \"1.1\": \"old\", \"1.10\": \"new\" })[version])(\"1.1\")",
	"JSON.stringify({ \"2.0\": true })",
	"Object.keys({ \"20261130000000017\": 1 })",
	"(function (o) { o[\"1.0\"] = 1; return Object.keys(o) })({})",
	"Object.keys({ \"84912345678\": 1, \"007\": 2, \"1e3\": 3, \"-1\": 4 })"
]
EOF
cat >main.go <<'EOF'
package main

import (
	"encoding/json"
	"os"
	"strings"

	"github.com/tdewolff/minify/v2"
	"github.com/tdewolff/minify/v2/js"
)

type result struct{ Code, Error string }

func main() {
	text, err := os.ReadFile("cases.json")
	if err != nil {
		panic(err)
	}
	var sources []string
	if err := json.Unmarshal(text, &sources); err != nil {
		panic(err)
	}
	m := minify.New()
	m.Add("text/javascript", &js.Minifier{})
	results := make([]result, len(sources))
	for i, source := range sources {
		code, err := m.String("text/javascript", source)
		if results[i].Code = code; err != nil {
			results[i].Error, _, _ = strings.Cut(err.Error(), " on line")
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(results); err != nil {
		panic(err)
	}
}
EOF
cat >main.mjs <<'EOF'
import { readFileSync } from "node:fs";
import vm from "node:vm";
import { transformSync } from "esbuild";

const value = (code) => {
	try {
		return JSON.stringify(vm.runInNewContext(code));
	} catch (error) {
		return `${error.name}: ${error.message}`;
	}
};
const small = JSON.parse(readFileSync("small.json", "utf8"));
for (const [i, source] of JSON.parse(readFileSync("cases.json", "utf8")).entries()) {
	const { Code: code, Error: refused } = small[i];
	console.log(source);
	console.log(`  as written ${value(source)}, esbuild ${value(transformSync(source, { minify: true }).code)}`);
	console.log(`  minify     ${refused || `${value(code)} from ${code}`}`);
}
EOF
go run . >small.json
node main.mjs | tee seen

cat >want <<'EOF'
((version) => ({ "1.9": "old", "1.10": "new" })[version] ?? "none")("1.10")
  as written "new", esbuild "new"
  minify     "none" from (e=>({1.9:"old",1.10:"new"}[e]??"none"))("1.10")
((version) => ({ "1.1": "old", "1.10": "new" })[version])("1.1")
  as written "old", esbuild "old"
  minify     "new" from (e=>({1.1:"old",1.10:"new"}[e]))("1.1")
JSON.stringify({ "2.0": true })
  as written "{\"2.0\":true}", esbuild "{\"2.0\":true}"
  minify     "{\"2\":true}" from JSON.stringify({2.0:!0})
Object.keys({ "20261130000000017": 1 })
  as written ["20261130000000017"], esbuild ["20261130000000017"]
  minify     ["20261130000000016"] from Object.keys({20261130000000017:1})
(function (o) { o["1.0"] = 1; return Object.keys(o) })({})
  as written ["1.0"], esbuild ["1.0"]
  minify     ["1"] from (function(e){return e[1]=1,Object.keys(e)})({})
Object.keys({ "84912345678": 1, "007": 2, "1e3": 3, "-1": 4 })
  as written ["84912345678","007","1e3","-1"], esbuild ["84912345678","007","1e3","-1"]
  minify     ["84912345678","007","1e3","-1"] from Object.keys({84912345678:1,"007":2,"1e3":3,"-1":4})
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
