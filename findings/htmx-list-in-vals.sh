#!/usr/bin/env bash
#
# htmx 4 sends a list in hx-vals as one value with commas.
#
# Versions: npm htmx.org 4.0.1 and 2.0.8, npm puppeteer-core 25.16.0, Chromium 156 headless
#           (CHROMIUM=path for another). Seen on 2026-11-30.
#
# Expected: hx-vals='{"ids": [1, 2]}' sends ids=1&ids=2, as a form with two such fields
#           does, and htmx 2. An object is sent as JSON, as in htmx 2, or refused.
# Does:     the list is sent as ids=1,2, so a server that reads a list of ids gets one text,
#           and the object as the words [object Object]. No error and no word in the console.
#
# Output as seen:
#   htmx 2.0.8, ids=1&ids=2&by={"name":"An"}
#   htmx 4.0.1, ids=1,2&by=[object Object]
set -euo pipefail

CHROMIUM=${CHROMIUM:-/usr/bin/chromium}
export CHROMIUM
[ -x "$CHROMIUM" ] || { echo "no browser at $CHROMIUM" >&2; exit 2; }

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts \
	htmx.org@4.0.1 htmx2@npm:htmx.org@2.0.8 puppeteer-core@25.16.0 || exit 2
cat >main.mjs <<'EOF'
import { once } from "node:events";
import { readFileSync } from "node:fs";
import http from "node:http";
import puppeteer from "puppeteer-core";

const scripts = {
	"/4.js": readFileSync("node_modules/htmx.org/dist/htmx.js"),
	"/2.js": readFileSync("node_modules/htmx2/dist/htmx.js"),
};
const page = (major) => `<!doctype html><title>Page</title><script src="/${major}.js"></script>
<p id="out"></p>
<button hx-post="/sent" hx-target="#out" hx-vals='{"ids": [1, 2], "by": {"name": "An"}}'>Send</button>`;

let sent = [];
const server = http.createServer(async (req, res) => {
	let body = "";
	for await (const part of req) body += part;
	const { pathname, search } = new URL(req.url, "http://here");
	if (pathname === "/sent") sent.push(decodeURIComponent((search.slice(1) + body).replaceAll("+", " ")));
	res.setHeader("Content-Type", scripts[pathname] ? "text/javascript" : "text/html");
	res.end(scripts[pathname] ?? (/^\/[24]$/.test(pathname) ? page(pathname[1]) : "ok"));
});
server.listen(0, "127.0.0.1");
await once(server, "listening");

const browser = await puppeteer.launch({
	executablePath: process.env.CHROMIUM, args: ["--no-sandbox"], userDataDir: "profile",
});
try {
	for (const major of ["2", "4"]) {
		const tab = await browser.newPage();
		tab.on("console", (message) => console.log("console:", message.text()));
		await tab.goto(`http://127.0.0.1:${server.address().port}/${major}`);
		const version = await tab.evaluate(() => htmx.version);
		// came is what the server was sent; nothing is only so after a while.
		const came = async () => {
			await tab.waitForNetworkIdle({ idleTime: 300 });
			const all = sent.join(" and ");
			sent = [];
			return all || "nothing";
		};
		await tab.click("button");
		console.log(`htmx ${version}, ${await came()}`);
		await tab.close();
	}
} finally {
	await browser.close();
	server.close();
}
EOF
timeout 120 node main.mjs | tee seen

cat >want <<'EOF'
htmx 2.0.8, ids=1&ids=2&by={"name":"An"}
htmx 4.0.1, ids=1,2&by=[object Object]
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
