#!/usr/bin/env bash
#

# minify drops parameters that are not used, so that a function's length is another.
#
# Versions: github.com/tdewolff/minify/v2 v2.24.25, npm esbuild 0.28.2. Seen on 2026-11-30.
#
# Expected: a function keeps its parameters: how many there are is what others read from it.
#           Express takes a function of four for one that handles errors, mocha one with a
#           parameter for one that says when it is done. The README's list of what is done
#           has nothing of it; esbuild renames them and keeps all.
# Does:     those at the end that the body does not use are left out, of functions, arrows
#           and methods. The Express handler that does not call next has three parameters
#           then: it is asked for every request, and not for errors. No option keeps them, and
#           KeepVarNames neither.
#
# Output as seen:
#   (function (err, req, res, next) { res.end() }).length
#     as written 4, esbuild 4
#     minify     3 from (function(e,t,n){n.end()}).length
#   ((err, req, res, next) => res.end()).length
#     as written 4, esbuild 4
#     minify     3 from ((e,t,n)=>n.end()).length
#   ({ handle(err, req, res, next) { res.end() } }).handle.length
#     as written 4, esbuild 4
#     minify     3 from ({handle(e,t,n){n.end()}}.handle.length)
#   ((use) => use((err, req, res, next) => res.end()))((f) => f.length === 4 ? "for errors" : "for requests")
#     as written "for errors", esbuild "for errors"
#     minify     "for requests" from (e=>e((e,t,n)=>n.end()))(e=>e.length===4?"for errors":"for requests")
#   (function (err, req, res, next) { next(err) }).length
#     as written 4, esbuild 4
#     minify     4 from (function(e,t,n,s){s(e)}).length
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
	"(function (err, req, res, next) { res.end() }).length",
	"((err, req, res, next) => res.end()).length",
	"({ handle(err, req, res, next) { res.end() } }).handle.length",
	"((use) => use((err, req, res, next) => res.end()))((f) => f.length === 4 ? \"for errors\" : \"for requests\")",
	"(function (err, req, res, next) { next(err) }).length"
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
(function (err, req, res, next) { res.end() }).length
  as written 4, esbuild 4
  minify     3 from (function(e,t,n){n.end()}).length
((err, req, res, next) => res.end()).length
  as written 4, esbuild 4
  minify     3 from ((e,t,n)=>n.end()).length
({ handle(err, req, res, next) { res.end() } }).handle.length
  as written 4, esbuild 4
  minify     3 from ({handle(e,t,n){n.end()}}.handle.length)
((use) => use((err, req, res, next) => res.end()))((f) => f.length === 4 ? "for errors" : "for requests")
  as written "for errors", esbuild "for errors"
  minify     "for requests" from (e=>e((e,t,n)=>n.end()))(e=>e.length===4?"for errors":"for requests")
(function (err, req, res, next) { next(err) }).length
  as written 4, esbuild 4
  minify     4 from (function(e,t,n,s){s(e)}).length
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
