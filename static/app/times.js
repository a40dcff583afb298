// Serves: <time data-local> and <time data-age>, which are UTC in the markup and the
// browser's zone, or how long ago that was, on the page; <time data-clock>, the time of day of
// a row, and <time data-day>, the day that stands above rows; <input data-zone>, by which a
// form says which zone its dates are in, a[data-days], a span of days counted back from
// today, and [data-picks], the browser's calendar for a field of that id. The day stands
// before the month, as people here write it, whatever the browser's own way is.
const dates = lang() === "en" ? "en-GB" : lang();
const moment = new Intl.DateTimeFormat(dates, { dateStyle: "short", timeStyle: "short" });
const exact = new Intl.DateTimeFormat(dates, { dateStyle: "medium", timeStyle: "medium" });
const clock = new Intl.DateTimeFormat(dates, { timeStyle: "short" });
const day = new Intl.DateTimeFormat(dates, { weekday: "long", day: "2-digit", month: "2-digit", year: "numeric" });
const near = new Intl.RelativeTimeFormat(lang(), { numeric: "auto" });
const relative = new Intl.RelativeTimeFormat(lang(), { numeric: "always", style: "narrow" });

function age(seconds) {
  if (seconds < 60) return relative.format(-Math.max(0, Math.round(seconds)), "second");
  if (seconds < 3600) return relative.format(-Math.round(seconds / 60), "minute");
  if (seconds < 86400) return relative.format(-Math.round(seconds / 3600), "hour");
  return relative.format(-Math.round(seconds / 86400), "day");
}

function times() {
  for (const el of $$("time[data-local]:not([title])")) {
    const at = new Date(el.dateTime);
    el.textContent = moment.format(at);
    el.title = exact.format(at);
  }
  const now = Date.now();
  for (const el of $$("time[data-age]")) {
    const at = new Date(el.dateTime);
    const text = age((now - at) / 1000);
    if (el.textContent !== text) el.textContent = text;
    if (!el.title) el.title = exact.format(at);
  }
}

const daysAgo = (n) => { const at = new Date(); at.setDate(at.getDate() - n); return at; };
const isoDay = (at) => at.toLocaleDateString("sv");

function dayName(at) {
  const ago = [0, 1].find((n) => isoDay(at) === isoDay(daysAgo(n)));
  return ago === undefined ? day.format(at) : `${near.format(-ago, "day")} · ${day.format(at)}`;
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
  for (const el of $$("time[data-clock]:not([title])")) {
    const at = new Date(el.dateTime);
    el.textContent = clock.format(at);
    el.title = exact.format(at);
  }
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
