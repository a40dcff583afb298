// Serves: the single keys that <dialog id="keys"> lists, and Escape. Its #keys-on switches
// the single keys off, for they get in the way of speech input; the browser keeps that.
const keysOff = "agentconsole.keys.off";

function move(step) {
  const all = $$("tbody tr .row-open, .table-agents tbody th > a");
  const row = doc.activeElement.closest("tr");
  const at = row ? all.findIndex((a) => row.contains(a)) : -1;
  const to = all[Math.min(all.length - 1, Math.max(0, at < 0 ? 0 : at + step))];
  if (to) to.focus();
}

function escape(event, typing) {
  const menu = $("details.menu[open]");
  if ($("#drawer[open]") && !$("#keys[open], #leave")) {
    // Asked by the browser itself, a dialog closes at the latest at the third Escape,
    // whatever the person had answered.
    event.preventDefault();
    closeDrawer(false);
  } else if (menu) {
    menu.open = false;
    $("summary", menu).focus();
  } else if (typing && event.target.id === "q") {
    // The browser's own Escape would empty the field, and the list with it.
    event.preventDefault();
    event.target.blur();
  }
}

function single(event) {
  const row = doc.activeElement.closest("tr");
  switch (event.key) {
    case "/":
      if (!$("#q")) return;
      event.preventDefault();
      return $("#q").select();
    case "j":
      return move(1);
    case "k":
      return move(-1);
    case "x":
    case "X":
      return toggleRow(row, event.shiftKey);
    case "e":
      return row && $(".row-edit", row) && $(".row-edit", row).click();
    case "r": {
      // To the buttons, not their press: what is sent of a recording cannot be read back.
      const button = row && $("[data-recording] button", row);
      if (button) return button.focus();
      // Where the row does not have them, they are on its agent's page.
      const own = row && row.matches("[data-agent-id]") && $("th > a", row);
      return own && location.assign(`${own.getAttribute("href")}#recording-true-${encodeURIComponent(row.dataset.agentId)}`);
    }
    case "?":
      return $("#keys").showModal();
  }
}

doc.addEventListener("keydown", (event) => {
  if (composing(event)) return;
  const typing = event.target.matches("input:not([type=checkbox]):not([type=radio]), textarea, select");
  if (event.key === "Escape") return escape(event, typing);
  const on = $("#keys-on");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || $("dialog[open]") || !on || !on.checked) return;
  single(event);
});

doc.addEventListener("change", (event) => {
  if (event.target.id !== "keys-on") return;
  stored("localStorage", (s) => (event.target.checked ? s.removeItem(keysOff) : s.setItem(keysOff, "1")));
});
ready(() => {
  const on = $("#keys-on");
  if (on) on.checked = !stored("localStorage", (s) => s.getItem(keysOff));
});
