#!/usr/bin/env bash
#
# htmx 4 sends the words "[object File]" where a browser sends the name of the file.
#
# Versions: npm htmx.org 4.0.1, npm puppeteer-core 25.16.0, Chromium 148 headless
#           (CHROMIUM=path for another). Seen on 2026-11-30.
#
# Expected: a form with a file field and no enctype loses the file's content in a browser
#           too, but what is sent is the file's name. With htmx the same form sends the same
#           fields, or sends the file, as FormData given to fetch does by itself.
# Does:     the field has the JavaScript name of the object, doc=[object File], for any file
#           and for none as well, where a browser sends an empty field. No error and no word
#           in the console; a server that keeps the name, or asks whether there is one, takes
#           the words for it.
#
# Output as seen:
#   browser, file chosen: application/x-www-form-urlencoded n=1&doc=list.csv
#   browser, none chosen: application/x-www-form-urlencoded n=1&doc=
#   htmx 4.0.1, file chosen: application/x-www-form-urlencoded;charset=UTF-8 n=1&doc=[object File]
#   htmx 4.0.1, none chosen: application/x-www-form-urlencoded;charset=UTF-8 n=1&doc=[object File]
set -euo pipefail

CHROMIUM=${CHROMIUM:-/usr/bin/chromium}
export CHROMIUM
[ -x "$CHROMIUM" ] || { echo "no browser at $CHROMIUM" >&2; exit 2; }

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts htmx.org@4.0.1 puppeteer-core@25.16.0
echo 'name,number' >list.csv
cat >main.mjs <<'EOF'
import { once } from "node:events";
import { readFileSync } from "node:fs";
import http from "node:http";
import puppeteer from "puppeteer-core";

const script = readFileSync("node_modules/htmx.org/dist/htmx.js");
const fields = `<input name="n" value="1"><input name="doc" type="file"><button>Send</button>`;
const page = `<!doctype html><title>Form</title><script src="/htmx.js"></script><p id="out"></p>
<form id="browser" action="/sent" method="post" target="frame">${fields}</form>
<form id="htmx" hx-post="/sent" hx-target="#out">${fields}</form><iframe name="frame"></iframe>`;

let sent;
const server = http.createServer(async (req, res) => {
	let body = "";
	for await (const part of req) body += part;
	if (req.url === "/sent") sent(`${req.headers["content-type"]} ${decodeURIComponent(body.replaceAll("+", " "))}`);
	res.setHeader("Content-Type", req.url === "/htmx.js" ? "text/javascript" : "text/html");
	res.end({ "/": page, "/htmx.js": script }[req.url] ?? "ok");
});
server.listen(0, "127.0.0.1");
await once(server, "listening");

const browser = await puppeteer.launch({
	executablePath: process.env.CHROMIUM, args: ["--no-sandbox"], userDataDir: "profile",
});
try {
	for (const form of ["browser", "htmx"]) {
		for (const chosen of ["file", "none"]) {
			const tab = await browser.newPage();
			tab.on("console", (message) => console.log("console:", message.text()));
			await tab.goto(`http://127.0.0.1:${server.address().port}/`);
			if (chosen === "file") await (await tab.$(`#${form} [type=file]`)).uploadFile("list.csv");
			const seen = new Promise((resolve) => (sent = resolve));
			const version = await tab.evaluate(() => htmx.version);
			await tab.click(`#${form} button`);
			console.log(`${form === "htmx" ? "htmx " + version : form}, ${chosen} chosen: ${await seen}`);
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
browser, file chosen: application/x-www-form-urlencoded n=1&doc=list.csv
browser, none chosen: application/x-www-form-urlencoded n=1&doc=
htmx 4.0.1, file chosen: application/x-www-form-urlencoded;charset=UTF-8 n=1&doc=[object File]
htmx 4.0.1, none chosen: application/x-www-form-urlencoded;charset=UTF-8 n=1&doc=[object File]
EOF
diff want seen || { echo "not as described any more" >&2; exit 1; }
