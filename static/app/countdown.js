// Serves: a failure with data-retry-after, whose [data-countdown] counts the seconds. At
// the end what was asked goes on by itself: data-retry-button is pressed, or
// data-retry-url asked for. [data-countdown-cancel] stops it; where there is a
// [data-retry-now] whether to go on is a person's choice. It repeats what was saved: whoever
// types into what it would send, or into a page that it would load anew, stops it.
const counting = new WeakMap();

function countdown(box) {
  if (counting.has(box)) return;
  const until = Date.now() + Number(box.dataset.retryAfter) * 1000;
  const timer = setInterval(() => {
    if (!box.isConnected) return clearInterval(timer);
    const left = Math.max(0, Math.ceil((until - Date.now()) / 1000));
    const shown = $("[data-countdown]", box);
    if (shown) shown.textContent = String(left);
    if (left > 0) return;
    clearInterval(timer);
    // The API asked for longer than this: whether to go on is a person's choice.
    const ask = $("[data-retry-now]", box);
    if (ask) ask.hidden = false;
    else goOn(box);
  }, 250);
  counting.set(box, timer);
}

function goOn(box) {
  const id = box.dataset.retryButton;
  const button = id && doc.getElementById(id);
  if (button) return button.matches("form") ? button.requestSubmit() : button.click();
  const url = box.dataset.retryUrl;
  if (!url) return;
  const root = box.closest("#agents, #editor");
  if (!root) return location.assign(url);
  htmx.ajax("GET", url, { source: `#${root.id}`, target: `#${root.id}`, swap: "outerHTML" });
}

// sends reports whether what was typed in is what a countdown would send, or would be
// lost by what it does.
function sends(box, field) {
  const id = box.dataset.retryButton;
  const button = id && doc.getElementById(id);
  const form = button && (button.form || button);
  if (form && form.matches("[data-hx-post]")) return field.form === form;
  return Boolean((button || !box.closest("#agents, #editor")) && field.closest("#main"));
}

function typed(event) {
  for (const box of $$("[data-retry-after]")) {
    const line = $(".countdown:not([data-countdown-stopped])", box);
    if (!line || !counting.has(box) || !sends(box, event.target)) continue;
    clearInterval(counting.get(box));
    const said = doc.createElement("p");
    said.className = "countdown";
    said.dataset.countdownStopped = "";
    said.setAttribute("role", "status");
    said.textContent = word("Stopped");
    line.replaceWith(said);
  }
}
doc.addEventListener("input", typed);
doc.addEventListener("change", typed);

doc.addEventListener("click", (event) => {
  const target = event.target.closest("[data-countdown-cancel], [data-retry-now]");
  if (!target) return;
  const box = target.closest("[data-retry-after]");
  if (target.matches("[data-retry-now]")) return goOn(box);
  clearInterval(counting.get(box));
  $(".countdown", box).remove();
  restore();
});

ready(() => $$("[data-retry-after]").forEach(countdown));
