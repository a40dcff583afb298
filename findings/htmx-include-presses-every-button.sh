#!/usr/bin/env bash
#
# htmx 4 sends the buttons of an included form as if all of them had been pressed.
#
# Versions: npm htmx.org 4.0.1 and 2.0.8, npm puppeteer-core 25.16.0, Chromium 156 headless
#           (CHROMIUM=path for another). Seen on 2026-11-30.
#
# Expected: hx-include of a form sends its fields. Of buttons a browser sends the one that was
#           pressed, and here none of the form is; htmx 2 sends none, and htmx 4 itself leaves
#           out <button>, and sends no <input type="submit"> of its own form.
# Does:     <input type="submit">, "reset" and "button" with a name are sent, all of them.
#           A server that asks which of two was pressed finds both.
#
# Output as seen:
#   browser: word=An
#   htmx 2.0.8: word=An
#   htmx 4.0.1: word=An&do=save&do=delete&empty=Empty
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
<form id="filter" action="/sent" method="post" target="frame">
	<input name="word" value="An">
	<input type="submit" name="do" value="save"><input type="submit" name="do" value="delete">
	<input type="reset" name="empty" value="Empty"><button name="do" value="copy">Copy</button>
</form>
<button id="ask" hx-post="/sent" hx-target="#out" hx-include="#filter">Ask</button><iframe name="frame"></iframe>`;

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
		if (major === "2") {
			await tab.evaluate(() => document.getElementById("filter").requestSubmit());
			console.log(`browser: ${await came()}`);
		}
		await tab.click("#ask");
		console.log(`htmx ${version}: ${await came()}`);
		await tab.close();
	}
} finally {
	await browser.close();
	server.close();
}
EOF
timeout 120 node main.mjs | tee seen

cat >want <<'EOF'
browser: word=An
htmx 2.0.8: word=An
htmx 4.0.1: word=An&do=save&do=delete&empty=Empty
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
