// Serves: <details class="menu">, each of which closes on a click beside it and on Escape; [data-help],
// which opens the list of keys; and [data-reveal], the button that shows a password field.
doc.addEventListener("click", (event) => {
  for (const menu of $$("details.menu[open]")) {
    if (!menu.contains(event.target) || event.target.closest(".files a")) menu.open = false;
  }
  const reveal = event.target.closest("[data-reveal]");
  if (reveal) {
    const input = doc.getElementById(reveal.dataset.reveal);
    const show = input.type === "password";
    input.type = show ? "text" : "password";
    reveal.setAttribute("aria-pressed", String(show));
  }
  if (event.target.closest("[data-help]")) {
    $("#menu").open = false;
    $("#keys").showModal();
  }
});
