// Serves: <header data-sign-in>, the sign-in that the page shows. Whatever htmx asks names
// it, for the browser's may be another by now; a form has a field for it.
doc.addEventListener("htmx:config:request", (event) => {
  const bar = $("[data-sign-in]");
  if (bar) event.detail.ctx.request.headers["X-Sign-In"] = bar.dataset.signIn;
});

// That the page is another sign-in's is said once.
ready(() => {
  for (const old of $$("#toasts [data-failure=other-session]").slice(0, -1)) old.remove();
});
