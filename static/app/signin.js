// Serves: <header data-sign-in>, the sign-in that the page shows. Whatever htmx asks names
// it, for the browser's may be another by now; a form has a field for it. And [data-operator],
// the person's name: where a session has ended by itself, the same tab asks for it no more.
doc.addEventListener("htmx:config:request", (event) => {
  const bar = $("[data-sign-in]");
  if (bar) event.detail.ctx.request.headers["X-Sign-In"] = bar.dataset.signIn;
});

// That the page is another sign-in's is said once.
ready(() => {
  for (const old of $$("#toasts [data-failure=other-session]").slice(0, -1)) old.remove();
});

const nameKey = "agentconsole.operator";

ready(() => {
  const name = $("[data-operator]");
  if (name) stored("sessionStorage", (s) => s.setItem(nameKey, name.textContent));
  const field = $("#operator");
  if (!field) return;
  if (!$("[data-reason]:not([data-reason=signed-out])")) stored("sessionStorage", (s) => s.removeItem(nameKey));
  else if (!field.value) field.value = stored("sessionStorage", (s) => s.getItem(nameKey)) || "";
});
