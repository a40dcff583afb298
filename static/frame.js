// The console inside a page of another origin. docs/embedding.md has the other side.
(() => {
  "use strict";

  if (window.parent === window) return;
  const root = document.documentElement;
  root.dataset.framed = "";
  let told = 0;

  const bottom = (el) => el.getBoundingClientRect().bottom + scrollY;

  // How high the frame would have to be to show all there is. Whoever frames the console
  // is one of the configured origins, or the browser would not show it: the number needs
  // no other address than "whoever it is".
  function measure() {
    let height = bottom(document.body);
    for (const el of document.querySelectorAll("dialog[open], .menu[open] .menu-panel")) {
      height = Math.max(height, bottom(el) + 16);
    }
    height = Math.ceil(height);
    if (height !== told) {
      told = height;
      window.parent.postMessage({ type: "agent-console:height", height }, "*");
    }
  }

  // A frame that has the height it was told is as long as its page: what usually stands at
  // the window's edges would be out of sight, and stands where people are instead.
  function follows() {
    if (Math.abs(innerHeight - told) <= 1) root.dataset.follows = "";
    measure();
  }

  function place(event) {
    if (!(event.target instanceof Element) || document.querySelector("dialog[open]")) return;
    const top = event.target.getBoundingClientRect().top + scrollY - 64;
    root.style.setProperty("--frame-top", `${Math.max(0, Math.round(top))}px`);
  }

  addEventListener("resize", follows);
  addEventListener("pointerdown", place, true);
  addEventListener("focusin", place, true);
  const sizes = new ResizeObserver(measure);
  sizes.observe(document.body);
  // Dialogs and menus come and go with what is swapped, and after Back.
  function look() {
    for (const el of document.querySelectorAll("dialog, .menu-panel")) sizes.observe(el);
    measure();
  }
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributeFilter: ["open"] });
  look();
})();
