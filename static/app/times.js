// Serves: <time data-local> and <time data-age>, which are UTC in the markup and the
// browser's zone, or how long ago that was, on the page; <time data-clock>, the time of day of
// a row, and <time data-day>, the day that stands above rows; <input data-zone>, by which a
// form says which zone its dates are in, a[data-days], a span of days counted back from
// today, <time data-paper>, a moment that is seen on paper alone, where it has none that of
// printing, and [data-picks], the browser's calendar for a field of that id. The day stands
// before the month, as people here write it, whatever the browser's own way is.
const dates = lang() === "en" ? "en-GB" : lang();
// Each is made when it is first needed: a page's first DateTimeFormat takes a browser 25 to 60 ms.
const once = (make, made) => () => (made ??= make());
const dated = (options) => once(() => new Intl.DateTimeFormat(dates, options));
const moment = dated({ dateStyle: "short", timeStyle: "short" });
const exact = dated({ dateStyle: "medium", timeStyle: "medium" });
const clock = dated({ timeStyle: "short" });
const day = dated({ weekday: "long", day: "2-digit", month: "2-digit", year: "numeric" });
const near = once(() => new Intl.RelativeTimeFormat(lang(), { numeric: "auto" }));
const relative = once(() => new Intl.RelativeTimeFormat(lang(), { numeric: "always", style: "narrow" }));

function age(seconds) {
  const ago = (n, unit) => relative().format(-n, unit);
  if (seconds < 60) return ago(Math.max(0, Math.round(seconds)), "second");
  if (seconds < 3600) return ago(Math.round(seconds / 60), "minute");
  if (seconds < 86400) return ago(Math.round(seconds / 3600), "hour");
  return ago(Math.round(seconds / 86400), "day");
}

// local says times that are still the server's in the browser's zone.
function local(which, as) {
  for (const el of $$(`time[${which}]:not([data-here])`)) {
    el.textContent = as().format(new Date(el.dateTime));
    el.dataset.here = "";
  }
}

function times() {
  local("data-local", moment);
  const now = Date.now();
  for (const el of $$("time[data-age]")) {
    const text = age((now - new Date(el.dateTime)) / 1000);
    if (el.textContent !== text) el.textContent = text;
  }
}

// On paper, where no age counts on, the page says when it was opened and when it is printed.
addEventListener("beforeprint", () => {
  for (const el of $$("time[data-paper]")) el.textContent = moment().format(new Date(el.dateTime || Date.now()));
});

// Whoever points at a time is told the exact one.
doc.addEventListener("pointerover", (event) => {
  const el = event.target.closest("time[data-local], time[data-age], time[data-clock]");
  if (el && !el.title) el.title = exact().format(new Date(el.dateTime));
});

const daysAgo = (n) => { const at = new Date(); at.setDate(at.getDate() - n); return at; };
const isoDay = (at) => [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((n) => String(n).padStart(2, "0")).join("-");

function dayName(at) {
  const ago = [0, 1].find((n) => isoDay(at) === isoDay(daysAgo(n)));
  return ago === undefined ? day().format(at) : `${near().format(-ago, "day")} · ${day().format(at)}`;
}

// byDay puts a day's heading where a day begins in the browser's zone: the server's were UTC's.
function byDay(list) {
  const [head, ...others] = $$(".change-day", list);
  if (!head) return;
  for (const other of others) other.remove();
  let last = "";
  for (const el of $$("time[data-clock]", list)) {
    const at = new Date(el.dateTime);
    if (last !== (last = isoDay(at))) {
      const mine = head.cloneNode(true);
      $("time", mine).textContent = dayName(at);
      el.closest(".change").before(mine);
    }
  }
  head.remove();
}

ready(() => {
  times();
  local("data-clock", clock);
  for (const list of $$(".changes")) byDay(list);
  for (const el of $$("a[data-days]")) {
    const url = new URL(el.href);
    el.dataset.days.split(" ").forEach((n, i) => url.searchParams.set(["from", "to"][i], isoDay(daysAgo(n))));
    url.searchParams.set("zone", -new Date().getTimezoneOffset());
    el.href = url;
  }
  for (const el of $$("[data-zone]")) el.value = String(-new Date().getTimezoneOffset());
});
doc.addEventListener("change", (event) => {
  const field = event.target.dataset.picks && doc.getElementById(event.target.dataset.picks);
  if (field) field.value = event.target.value.split("-").reverse().join("/");
});
setInterval(times, 1000);
