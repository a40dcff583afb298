#!/usr/bin/env bash
#

# minify puts a destructuring before the declaration that comes before it.
#
# Versions: github.com/tdewolff/minify/v2 v2.24.25, npm esbuild 0.28.2. Seen on 2026-11-30.
#
# Expected: what is minified does what was written. The README says of declarations that
#           those with var are moved to the top of a function; values are worked out in the
#           order in which they stand, and a name has its value when another's default uses
#           it. esbuild joins the same declarations and keeps their order.
# Does:     of declarations that are joined the one with { } or [ ] is put first, with what
#           it does: two calls of next() change places, and so do the two values. With let
#           and const it is left where it uses an earlier name, but a default within the
#           pattern is not looked at: "limit" is used before it is there. With var nothing
#           is looked at. No error. The project knows parts as tdewolff/minify#958.
#
# Output as seen:
#   (function (it) { const first = it.next().value; const { value } = it.next(); return [first, value] })([1, 2].values())
#     as written [1,2], esbuild [1,2]
#     minify     [2,1] from (function(e){const{value:n}=e.next(),t=e.next().value;return[t,n]})([1,2].values())
#   (function (set) { const before = set.size; const { size } = set.add(1); return [before, size] })(new Set())
#     as written [0,1], esbuild [0,1]
#     minify     [1,1] from (function(e){const{size:n}=e.add(1),t=e.size;return[t,n]})(new Set)
#   (function (options) { const limit = 10; const { max = limit } = options; return max })({})
#     as written 10, esbuild 10
#     minify     ReferenceError: Cannot access 't' before initialization from (function(e){const{max:n=t}=e,t=10;return n})({})
#   (function () { var defaults = { max: 10 }; var { max } = defaults; return max })()
#     as written 10, esbuild 10
#     minify     TypeError: Cannot destructure property 'max' of 'e' as it is undefined. from (function(){var{max:t}=e,e={max:10};return t})()
#   (function (it) { const first = it.next().value; const second = it.next().value; return [first, second] })([1, 2].values())
#     as written [1,2], esbuild [1,2]
#     minify     [1,2] from (function(e){const t=e.next().value,n=e.next().value;return[t,n]})([1,2].values())
#   (function (options) { const limit = 10; const max = options.max ?? limit; return max })({})
#     as written 10, esbuild 10
#     minify     10 from (function(e){const t=10,n=e.max??t;return n})({})
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
	"(function (it) { const first = it.next().value; const { value } = it.next(); return [first, value] })([1, 2].values())",
	"(function (set) { const before = set.size; const { size } = set.add(1); return [before, size] })(new Set())",
	"(function (options) { const limit = 10; const { max = limit } = options; return max })({})",
	"(function () { var defaults = { max: 10 }; var { max } = defaults; return max })()",
	"(function (it) { const first = it.next().value; const second = it.next().value; return [first, second] })([1, 2].values())",
	"(function (options) { const limit = 10; const max = options.max ?? limit; return max })({})"
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
(function (it) { const first = it.next().value; const { value } = it.next(); return [first, value] })([1, 2].values())
  as written [1,2], esbuild [1,2]
  minify     [2,1] from (function(e){const{value:n}=e.next(),t=e.next().value;return[t,n]})([1,2].values())
(function (set) { const before = set.size; const { size } = set.add(1); return [before, size] })(new Set())
  as written [0,1], esbuild [0,1]
  minify     [1,1] from (function(e){const{size:n}=e.add(1),t=e.size;return[t,n]})(new Set)
(function (options) { const limit = 10; const { max = limit } = options; return max })({})
  as written 10, esbuild 10
  minify     ReferenceError: Cannot access 't' before initialization from (function(e){const{max:n=t}=e,t=10;return n})({})
(function () { var defaults = { max: 10 }; var { max } = defaults; return max })()
  as written 10, esbuild 10
  minify     TypeError: Cannot destructure property 'max' of 'e' as it is undefined. from (function(){var{max:t}=e,e={max:10};return t})()
(function (it) { const first = it.next().value; const second = it.next().value; return [first, second] })([1, 2].values())
  as written [1,2], esbuild [1,2]
  minify     [1,2] from (function(e){const t=e.next().value,n=e.next().value;return[t,n]})([1,2].values())
(function (options) { const limit = 10; const max = options.max ?? limit; return max })({})
  as written 10, esbuild 10
  minify     10 from (function(e){const t=10,n=e.max??t;return n})({})
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
