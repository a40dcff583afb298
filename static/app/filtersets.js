// Serves: <details id="filter-sets">, whose #filter-sets-menu is asked for each time it opens,
// so that it says what the list shows by then; and [data-copy], which copies an address of this
// console, whole, and says so in its own words ([data-copied], [data-copy-failed]).
doc.addEventListener("toggle", (event) => {
  if (event.target.id === "filter-sets" && event.target.open) htmx.trigger(event.target, "look");
}, true);

ready(() => {
  const now = $("#filter-sets[open] #filter-sets-menu:not([data-drawn]) [aria-current]");
  if (!now) return;
  $("#filter-sets-menu").dataset.drawn = "";
  now.scrollIntoView({ block: "nearest" });
});

// copyText has two ways: browsers have the first on https and on this machine alone.
async function copyText(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = doc.createElement("textarea");
  field.value = text;
  field.className = "visually-hidden";
  doc.body.append(field);
  field.select();
  const done = doc.execCommand("copy");
  field.remove();
  if (!done) throw new Error("not copied");
}

doc.addEventListener("click", async (event) => {
  const target = event.target.closest("[data-copy]");
  if (!target) return;
  const said = $("[aria-live]", target);
  const was = target.dataset.words || said.textContent;
  target.dataset.words = was;
  try {
    await copyText(new URL(target.dataset.copy, location.href).href);
    said.textContent = target.dataset.copied;
    setTimeout(() => { said.textContent = was; }, 3000);
  } catch {
    sayBad(target.dataset.copyFailed, "failed");
  }
  target.focus();
});
