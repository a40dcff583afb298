#!/usr/bin/env bash
#

# minify refuses an arrow function of a pattern with a default that is not empty.
#
# Versions: github.com/tdewolff/minify/v2 v2.24.25 (with github.com/tdewolff/parse/v2
#           v2.8.20), npm esbuild 0.28.2. Seen on 2026-11-30.
#
# Expected: ([from, to] = [0, 9]) => to - from is minified: it is JavaScript since 2015, the
#           same parameter is taken of a "function", and so are an empty default, as in
#           ({ from = 0, to = 9 } = {}), and a plain name with the same default.
# Does:     where the default is a list or an object with something in it, there is an error,
#           "unexpected => in expression", and no output at all for the whole file.
#
# Output as seen:
#   (([from, to] = [0, 9]) => to - from)()
#     as written 9, esbuild 9
#     minify     unexpected => in expression
#   (({ from, to } = { from: 0, to: 9 }) => to - from)()
#     as written 9, esbuild 9
#     minify     unexpected => in expression
#   ((list, { to } = { to: 9 }) => to)()
#     as written 9, esbuild 9
#     minify     unexpected => in expression
#   (function ([from, to] = [0, 9]) { return to - from })()
#     as written 9, esbuild 9
#     minify     9 from (function([e,t]=[0,9]){return t-e})()
#   (({ from = 0, to = 9 } = {}) => to - from)()
#     as written 9, esbuild 9
#     minify     9 from (({from:e=0,to:t=9}={})=>t-e)()
#   ((range = [0, 9]) => range[1] - range[0])()
#     as written 9, esbuild 9
#     minify     9 from ((e=[0,9])=>e[1]-e[0])()
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
	"(([from, to] = [0, 9]) => to - from)()",
	"(({ from, to } = { from: 0, to: 9 }) => to - from)()",
	"((list, { to } = { to: 9 }) => to)()",
	"(function ([from, to] = [0, 9]) { return to - from })()",
	"(({ from = 0, to = 9 } = {}) => to - from)()",
	"((range = [0, 9]) => range[1] - range[0])()"
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
(([from, to] = [0, 9]) => to - from)()
  as written 9, esbuild 9
  minify     unexpected => in expression
(({ from, to } = { from: 0, to: 9 }) => to - from)()
  as written 9, esbuild 9
  minify     unexpected => in expression
((list, { to } = { to: 9 }) => to)()
  as written 9, esbuild 9
  minify     unexpected => in expression
(function ([from, to] = [0, 9]) { return to - from })()
  as written 9, esbuild 9
  minify     9 from (function([e,t]=[0,9]){return t-e})()
(({ from = 0, to = 9 } = {}) => to - from)()
  as written 9, esbuild 9
  minify     9 from (({from:e=0,to:t=9}={})=>t-e)()
((range = [0, 9]) => range[1] - range[0])()
  as written 9, esbuild 9
  minify     9 from ((e=[0,9])=>e[1]-e[0])()
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
