// Looks over the page's shoulder while the monkey test plays with it, and keeps in
// monkey.bad what nobody can have meant, and what should not be.
(() => {
  if (window.monkey || origin === "null") return; // the browser's own error page
  const bad = [];
  window.monkey = { bad };

  // A write is a form that somebody has sent, or the same once more: the countdown
  // presses the button by itself, and may then send nothing but what was sent before.
  const asks = /\/(read|preferences|sign-in|sign-out)$/;
  const said = new Set(JSON.parse(sessionStorage.getItem("monkey") ?? "[]"));
  const meant = (path, fields) => {
    const kept = [...fields].filter(([name, v]) => String(v).trim() !== "" && name !== "shown").map(([name, v]) => `${name}=${String(v).trim()}`);
    return path + " " + [...new Set(kept)].sort().join("&");
  };
  const say = (key) => {
    said.add(key);
    sessionStorage.setItem("monkey", JSON.stringify([...said]));
  };
  let pressed = { trusted: false, at: -1 };
  let sent = -1;
  addEventListener("click", (e) => {
    pressed = { trusted: e.isTrusted, at: performance.now() };
    // A button of a row sends by itself, without the form that it would send without script;
    // what comes in its place may send the same once more.
    const button = e.isTrusted && e.target.closest?.("button[formaction]");
    if (!button?.form) return;
    say(meant(button.getAttribute("formaction"), new FormData(button.form, button)));
    sent = performance.now();
  }, true);
  addEventListener("submit", (e) => {
    const form = e.target;
    // A field may be called "action" or "method".
    const path = new URL(form.getAttribute("action") ?? "", location.href).pathname;
    if (form.getAttribute("method") !== "post" || asks.test(path)) return;
    const key = meant(path, new FormData(form, e.submitter));
    const auto = !pressed.trusted || performance.now() - pressed.at > 100;
    if (auto && !said.has(key)) bad.push(`nobody sent ${key}; known: ${[...said].slice(-3).join(" | ")}`);
    say(key);
    sent = performance.now();
  }, true);
  const real = window.fetch;
  window.fetch = (url, how) => {
    const path = new URL(url, location.href).pathname;
    const look = new URL(url, location.href).searchParams.has("preview");
    if (how?.method === "POST" && !look && !asks.test(path) && performance.now() - sent > 1000) bad.push(`a POST to ${path} without a form that was sent`);
    return real(url, how);
  };

  // The focus goes to the body where people put it there, and not because what had it
  // has gone.
  let held = null;
  addEventListener("focusin", (e) => { held = e.target; }, true);
  addEventListener("mousedown", () => { held = null; }, true);
  window.monkey.lost = () => {
    const at = document.activeElement;
    const gone = held && (!held.isConnected || !held.checkVisibility());
    return gone && (!at || at === document.body) ? `the focus was lost with ${held.outerHTML.slice(0, 200)}` : "";
  };
})();
