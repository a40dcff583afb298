// Serves: <time data-local> and <time data-age>, which are UTC in the markup and the
// browser's zone, or how long ago that was, on the page; and <input data-zone>, by which a
// form says which zone its dates are in.
const moment = new Intl.DateTimeFormat(lang(), { dateStyle: "short", timeStyle: "short" });
const exact = new Intl.DateTimeFormat(lang(), { dateStyle: "medium", timeStyle: "medium" });
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

ready(() => {
  times();
  for (const el of $$("[data-zone]")) el.value = String(-new Date().getTimezoneOffset());
});
setInterval(times, 1000);
