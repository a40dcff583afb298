// Serves: <dialog id="drawer">, which opens over the page on what [data-drawer] brought
// into #drawer-body, and is closed by Escape, [data-drawer-close], a click beside it or
// Back; the focus goes back where it came from. An open drawer is a step of the history,
// at the address of the page below: steps.js has the ways there.
let wanted = null; // what was pressed: { url, row }, until the drawer has closed again

function want(link) {
  const row = link.closest("[data-agent-id]");
  wanted = { url: link.getAttribute("href"), row: row && row.dataset.agentId };
}

// whence is what opened the drawer, or what stands in its place by now.
function whence() {
  if (!wanted) return null;
  const row = wanted.row && $(`[data-agent-id="${CSS.escape(wanted.row)}"] .row-edit`);
  return row || $$("[data-drawer]").find((a) => a.getAttribute("href") === wanted.url);
}

function openDrawer() {
  const drawer = $("#drawer");
  if (!drawer || drawer.open || !wanted || $("#drawer-body").childElementCount === 0) return;
  drawer.showModal();
  // What lies outside of a modal dialog can be neither reached nor heard.
  drawer.append($("#toasts"));
  const first = $("#add-queue", drawer) || $(".drawer-close", drawer);
  if (first) first.focus();
  stepIn(wanted.url);
}

// closeDrawer is every way out but Back, which has left the step already.
function closeDrawer(force) {
  if (!$("#drawer[open]")) return;
  if (!force && dirty()) return askToLeave(() => closeDrawer(true));
  shutDrawer();
  stepOut();
}

function shutDrawer() {
  const drawer = $("#drawer[open]");
  if (!drawer) return;
  drawer.close();
  doc.body.append($("#toasts"));
  // A save that goes on is not lost sight of.
  const left = $("[data-left-behind]", drawer);
  if (left) $("#toasts").append(left.content.cloneNode(true));
  $("#drawer-body").replaceChildren();
  (whence() || $("#main")).focus();
  wanted = null;
}

doc.addEventListener("cancel", (event) => {
  if (event.target.id !== "drawer") return;
  event.preventDefault();
  if (!composing()) closeDrawer(false);
}, true);
doc.addEventListener("mousedown", (event) => {
  if (event.target.id === "drawer") closeDrawer(false);
});
// A save whose drawer was left has closed nothing of what is open by now.
doc.addEventListener("editor-saved", (event) => {
  if (event.target.closest && event.target.closest("#drawer")) closeDrawer(true);
});

doc.addEventListener("click", (event) => {
  const target = event.target.closest("[data-drawer], [data-drawer-close]");
  if (!target) return;
  if (target.matches("[data-drawer]")) return want(target);
  event.preventDefault();
  const cancel = $("a[data-drawer-close]");
  const back = () => leave(() => location.assign(cancel.href));
  if ($("#drawer[open]")) closeDrawer(false);
  else if (cancel && dirty()) askToLeave(back);
  else if (cancel) back();
  else history.back();
});

// A failure to load leaves nothing behind that a later answer would open.
doc.addEventListener("htmx:error", (event) => {
  const ctx = event.detail.ctx;
  if (ctx && ctx === newest.drawer && !$("#drawer[open]")) wanted = null;
});

doc.addEventListener("htmx:after:swap", openDrawer);
