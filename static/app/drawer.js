// Serves: <dialog id="drawer">, which opens over the page on what [data-drawer] brought
// into #drawer-body, and is closed by Escape, [data-drawer-close] or a click beside it;
// the focus goes back where it came from.
let opener = null; // what was pressed, until the drawer is closed again

function openDrawer() {
  const drawer = $("#drawer");
  if (!drawer || drawer.open || !opener || $("#drawer-body").childElementCount === 0) return;
  drawer.showModal();
  // What lies outside of a modal dialog can be neither reached nor heard.
  drawer.append($("#toasts"));
  const first = $("#add-queue", drawer) || $(".drawer-close", drawer);
  if (first) first.focus();
}

function closeDrawer(force) {
  const drawer = $("#drawer[open]");
  if (!drawer) return;
  if (!force && dirty()) return askToLeave(() => closeDrawer(true));
  drawer.close();
  doc.body.append($("#toasts"));
  // A save that goes on is not lost sight of.
  const left = $("[data-left-behind]", drawer);
  if (left) $("#toasts").append(left.content.cloneNode(true));
  $("#drawer-body").replaceChildren();
  const row = opener && opener.dataset.agent;
  const back = opener && opener.isConnected ? opener : row && $(`[data-agent-id="${CSS.escape(row)}"] .row-edit`);
  if (back) back.focus();
  opener = null;
}

doc.addEventListener("cancel", (event) => {
  if (event.target.id !== "drawer") return;
  event.preventDefault();
  closeDrawer(false);
}, true);
doc.addEventListener("mousedown", (event) => {
  if (event.target.id === "drawer") closeDrawer(false);
});
doc.addEventListener("editor-saved", () => closeDrawer(true));

doc.addEventListener("click", (event) => {
  const target = event.target.closest("[data-drawer], [data-drawer-close]");
  if (!target) return;
  if (target.matches("[data-drawer]")) {
    opener = target;
    const row = target.closest("[data-agent-id]");
    if (row) target.dataset.agent = row.dataset.agentId;
    return;
  }
  const back = () => leave(() => history.back());
  if ($("#drawer[open]")) closeDrawer(false);
  else if (dirty()) askToLeave(back);
  else back();
});

// The opener is known by its click; a failure to load leaves none behind.
doc.addEventListener("htmx:error", () => {
  if (!$("#drawer[open]")) opener = null;
});

doc.addEventListener("htmx:after:swap", openDrawer);
