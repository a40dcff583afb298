#!/usr/bin/env bash
#
# htmx 4 from a deferred script is not ready at DOMContentLoaded; from a plain one it is.
#
# Versions: npm htmx.org 4.0.1 and 2.0.8, npm puppeteer-core 25.16.0, Chromium 156 headless
#           (CHROMIUM=path for another). Seen on 2026-11-30.
#
# Expected: a script after htmx may press what has hx-get at DOMContentLoaded, with
#           <script defer> as with <script>, as in htmx 2, which waits for that event in both.
# Does:     while a deferred script runs the document is "interactive", for which htmx 4 sets a
#           timer. DOMContentLoaded comes before it: the element is bare, and a click, a key or
#           htmx.trigger there is lost without an error or a word in the console. On a page that
#           has nothing else to load the load event may come before it as well.
#
# Output as seen:
#   htmx 2.0.8, <script>: asked
#   htmx 2.0.8, <script defer>: asked
#   htmx 4.0.1, <script>: asked
#   htmx 4.0.1, <script defer>: not asked
set -euo pipefail

CHROMIUM=${CHROMIUM:-/usr/bin/chromium}
export CHROMIUM
[ -x "$CHROMIUM" ] || { echo "no browser at $CHROMIUM" >&2; exit 2; }

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts htmx4@npm:htmx.org@4.0.1 htmx2@npm:htmx.org@2.0.8 puppeteer-core@25.16.0
cat >main.mjs <<'EOF'
import { once } from "node:events";
import { readFileSync } from "node:fs";
import http from "node:http";
import puppeteer from "puppeteer-core";

const files = {};
for (const v of ["htmx2", "htmx4"]) files[`/${v}.js`] = readFileSync(`node_modules/${v}/dist/htmx.js`);
files["/after.js"] = `addEventListener("DOMContentLoaded", () => document.querySelector("button").click());
addEventListener("load", () => setTimeout(() => { window.settled = true; }, 500));`;
for (const v of ["htmx2", "htmx4"]) {
	for (const how of ["", " defer"]) {
		files[`/${v}${how.trim()}`] = `<!doctype html><title>Page</title><script src="/${v}.js"${how}></script><script src="/after.js"${how}></script>
<button type="button" hx-get="/asked" hx-target="#out">Ask</button><p id="out">not asked</p>`;
	}
}
files["/asked"] = "asked";
const server = http.createServer((req, res) => {
	res.setHeader("Content-Type", req.url.endsWith(".js") ? "text/javascript" : "text/html");
	res.end(files[req.url] ?? "");
});
server.listen(0, "127.0.0.1");
await once(server, "listening");

const browser = await puppeteer.launch({
	executablePath: process.env.CHROMIUM, args: ["--no-sandbox"], userDataDir: "profile",
});
try {
	for (const v of ["htmx2", "htmx4"]) {
		for (const how of ["", "defer"]) {
			const tab = await browser.newPage();
			tab.on("console", (message) => console.log("console:", message.text()));
			await tab.goto(`http://127.0.0.1:${server.address().port}/${v}${how}`);
			await tab.waitForFunction("window.settled");
			const [version, said] = await tab.evaluate(() => [htmx.version, document.querySelector("#out").textContent]);
			console.log(`htmx ${version}, <script${how && " " + how}>: ${said}`);
			await tab.close();
		}
	}
} finally {
	await browser.close();
	server.close();
}
EOF
timeout 120 node main.mjs | tee seen

cat >want <<'EOF'
htmx 2.0.8, <script>: asked
htmx 2.0.8, <script defer>: asked
htmx 4.0.1, <script>: asked
htmx 4.0.1, <script defer>: not asked
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
