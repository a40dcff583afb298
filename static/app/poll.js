// Serves: [data-poll] and [data-live], which ask again every so many seconds: only what
// changes, never in a hidden tab, beneath an open dialog or while a countdown in the list
// waits to go on, and the status cells not while text is selected. Where the focus is it
// stays: the answers are morphed. What fails is asked more and more seldom, which a
// [data-poll-note] says, and in the end not at all: [data-poll-again] goes on.
const asked = new WeakMap(); // when an element was last asked for
const failed = new WeakMap(); // how often in a row it failed
const patience = 8; // failures, which at 2 s first is some four minutes
const slowest = 60; // seconds

function poll() {
  if (doc.hidden || $("[data-failure=other-session]")) return;
  const dialog = $("dialog[open]");
  for (const el of $$("[data-poll]", dialog || doc)) {
    if (!dialog && $("main [data-countdown]")) break;
    if (due(el, Number(el.dataset.poll))) htmx.trigger(el, "poll");
  }
  const live = $("[data-live]");
  if (!live || dialog || $("main [data-countdown]") || !getSelection().isCollapsed) return;
  const low = $(".budget-low") ? 4 : 1;
  if (due(live, Number(live.dataset.live) * low)) htmx.trigger(live, "live");
}

function due(el, seconds) {
  const now = Date.now();
  const times = failed.get(el) || 0;
  if (!asked.has(el)) asked.set(el, now);
  if (times >= patience || now - asked.get(el) < Math.max(seconds, Math.min(seconds * 2 ** times, slowest)) * 1000) return false;
  asked.set(el, now);
  return true;
}

// noteOf is where it is said: in what asks, or, for the status cells, beside their age.
const noteOf = (el) => (el.matches("[data-live]") ? $(".list-age") : el);

function note(el) {
  const place = noteOf(el);
  const old = place && $("[data-poll-note]", place);
  const times = failed.get(el) || 0;
  if (old && times === 0) old.remove();
  if (!place || times < 2) return;
  const said = old || doc.createElement("span");
  said.className = "warn-text";
  said.dataset.pollNote = "";
  said.setAttribute("role", "status");
  const text = word(times < patience ? "PollSlower" : "PollEnded");
  if (said.firstChild && said.firstChild.data === text) return;
  said.replaceChildren(text);
  if (times >= patience) {
    const again = button(word("PollAgain"), "data-poll-again");
    again.className = "button button-small";
    again.addEventListener("click", () => {
      said.remove();
      restore();
      failed.delete(el);
      asked.set(el, 0);
      poll();
    });
    said.append(" ", again);
  }
  if (!old) place.append(said);
}

function came(el, well) {
  failed.set(el, well ? 0 : (failed.get(el) || 0) + 1);
  note(el);
}

doc.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  if (!unasked(ctx) || !ctx.sourceElement.isConnected) return;
  // An answer for a place that this page does not have changes nothing, however often.
  const nowhere = ctx.hx.retarget && !$(ctx.hx.retarget);
  came(ctx.sourceElement, ctx.response.status < 400 && !nowhere);
});
doc.addEventListener("htmx:error", (event) => {
  const ctx = event.detail.ctx;
  if (ctx && unasked(ctx)) came(ctx.sourceElement, false);
});

setInterval(poll, 500);
