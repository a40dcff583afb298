// Serves: [data-poll] and [data-live], which ask again every so many seconds: only what
// changes, never in a hidden tab, beneath an open dialog or while a countdown in the list
// waits to go on, and the status cells not while text is selected. Where the focus is it
// stays: the answers are morphed.
const asked = new WeakMap(); // when an element was last asked for

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
  if (!asked.has(el)) asked.set(el, now);
  if (now - asked.get(el) < seconds * 1000) return false;
  asked.set(el, now);
  return true;
}

setInterval(poll, 500);
