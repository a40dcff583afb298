// What the other modules share. An element is looked up when it is used, never kept: a
// swap or a way back in the history puts others in its place. All modules stand in one
// function (see join in assets.go), so that none of this is anybody's outside.
const doc = document;
const $ = (selector, root = doc) => root.querySelector(selector);
const $$ = (selector, root = doc) => [...root.querySelectorAll(selector)];
const changed = (el) => el.dispatchEvent(new Event("change", { bubbles: true }));

// stored uses what the browser keeps under a name: localStorage, or sessionStorage for the tab
// alone. Where it keeps nothing for this page, that is nothing.
const stored = (store, use) => { try { return use(window[store]); } catch { return null; } };

// What script has to say is said by the page: <body data-words-…>.
const word = (name) => doc.body.dataset[`words${name}`];
const lang = () => doc.documentElement.lang || "vi";

// ready has f run on the page as it is loaded, and again whenever htmx brought something
// in; f must not mind what it has seen already.
const ready = (f) => prepared.push(f);
const prepared = [];
const prepare = () => { for (const f of prepared) f(); };

function button(label, mark) {
  const el = doc.createElement("button");
  el.type = "button";
  el.textContent = label;
  el.setAttribute(mark, "");
  return el;
}

// composing reports whether an input method has not made up its mind: its Enter and Escape
// are not the page's. Some browsers end the composition before they tell of the key, which
// then has the old code 229.
const composing = (event = {}) => event.isComposing || event.keyCode === 229 || composes;
let composes = false;
doc.addEventListener("compositionstart", () => { composes = true; }, true);
doc.addEventListener("compositionend", () => { composes = false; }, true);
