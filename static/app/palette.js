// Serves: <dialog id="palette">, opened by [data-palette] and by Ctrl+K (Cmd+K), closed by
// the same keys, Escape, [data-palette-close] and a click beside it. What is typed into
// #palette-q is answered by #palette-found[data-of]: the arrows move through its options,
// while the focus stays in the field, and Enter presses the one they are at. An Enter that
// comes before the answer to what was typed waits for it.
const apple = /^(Mac|iP)/.test(navigator.platform);
let enters = false;
let foundOf = null; // the text that the options are of

const palette = () => $("#palette[open]");
const options = () => $$("#palette-list [role=option]");
const optionAt = () => $("#palette-list [aria-selected=true]");

function openPalette() {
  const dialog = $("#palette");
  if (!dialog || $("dialog[open]")) return; // what is being asked or edited comes first
  for (const menu of $$("details.menu[open]")) menu.open = false;
  $("#palette-q").value = "";
  $("#palette-list").replaceChildren();
  atOption(null);
  foundOf = null;
  dialog.showModal();
  // What lies outside of a modal dialog can be neither reached nor heard.
  dialog.append($("#toasts"));
  $("#palette-q").focus();
  htmx.trigger($("#palette-q"), "look");
}

function closePalette() {
  if (palette()) palette().close();
}

function atOption(option) {
  const field = $("#palette-q");
  for (const other of options()) other.setAttribute("aria-selected", String(other === option));
  field.setAttribute("aria-expanded", String(options().length > 0));
  if (!option) return field.removeAttribute("aria-activedescendant");
  field.setAttribute("aria-activedescendant", option.id);
  const first = option === options()[0]; // with what stands over it
  (first ? $("#palette-found") : option).scrollIntoView({ block: first ? "start" : "nearest" });
}

function stepOption(by) {
  const all = options();
  if (all.length > 0) atOption(all[(all.indexOf(optionAt()) + by + all.length) % all.length]);
}

function enterOption() {
  enters = $("#palette-found").dataset.of !== $("#palette-q").value;
  if (!enters && optionAt()) optionAt().click();
}

doc.addEventListener("keydown", (event) => {
  if (composing(event)) return;
  if (event.key.toLowerCase() === "k" && (event.metaKey || (event.ctrlKey && !apple)) && !event.altKey && !event.shiftKey) {
    if (!$("#palette") || $("dialog[open]:not(#palette)")) return;
    event.preventDefault();
    return palette() ? closePalette() : openPalette();
  }
  if (event.target.id !== "palette-q") return;
  const does = { ArrowDown: () => stepOption(1), ArrowUp: () => stepOption(-1), Enter: enterOption }[event.key];
  if (!does) return;
  event.preventDefault();
  does();
});

doc.addEventListener("input", (event) => {
  if (event.target.id === "palette-q") enters = false;
});

// The pointer is where the arrows are.
doc.addEventListener("pointermove", (event) => {
  const option = event.target.closest && event.target.closest("#palette-list [role=option]");
  if (option && option !== optionAt()) atOption(option);
});

doc.addEventListener("click", (event) => {
  if (event.target.closest("[data-palette]")) return openPalette();
  const out = event.target.closest("[data-palette-close], #palette-list [role=option]");
  if (out && !event.ctrlKey && !event.metaKey && !event.shiftKey) closePalette();
});
doc.addEventListener("mousedown", (event) => {
  if (event.target.id === "palette") closePalette();
  // The press takes no focus: it is the field's, and afterwards whoever's it was before.
  if (event.target.id === "palette" || event.target.closest("#palette-found")) event.preventDefault();
});
doc.addEventListener("cancel", (event) => {
  if (event.target.id === "palette" && composing()) event.preventDefault();
}, true);
doc.addEventListener("close", (event) => {
  if (event.target.id !== "palette") return;
  enters = false;
  const toasts = $("#toasts", event.target);
  if (toasts) doc.body.append(toasts);
}, true);

ready(() => {
  if (apple) for (const key of $$("[data-palette] kbd, #keys-palette")) key.textContent = "⌘ K";
  const found = $("#palette[open] #palette-found:not([data-drawn])");
  if (!found || !("of" in found.dataset)) return;
  found.dataset.drawn = "";
  const was = found.dataset.of === foundOf && $("#palette-q").getAttribute("aria-activedescendant");
  foundOf = found.dataset.of;
  atOption((was && doc.getElementById(was)) || options()[0]);
  if (enters) enterOption();
  // While the tenant is being read there is more to come.
  if ("loading" in found.dataset) setTimeout(() => { if (palette() && found.isConnected) htmx.trigger($("#palette-q"), "look"); }, 2000);
});
