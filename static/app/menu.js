// Serves: <details id="menu">, which closes on a click beside it and on Escape; [data-help],
// which opens the list of keys; and [data-reveal], the button that shows a password field.
doc.addEventListener("click", (event) => {
  const menu = $("#menu");
  if (menu.open && !menu.contains(event.target)) menu.open = false;
  const reveal = event.target.closest("[data-reveal]");
  if (reveal) {
    const input = doc.getElementById(reveal.dataset.reveal);
    const show = input.type === "password";
    input.type = show ? "text" : "password";
    reveal.setAttribute("aria-pressed", String(show));
  }
  if (event.target.closest("[data-help]")) {
    menu.open = false;
    $("#keys").showModal();
  }
});
