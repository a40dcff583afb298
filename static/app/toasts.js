// Serves: #toasts and the [data-toast] in it, which go by themselves, but not under the
// pointer or the focus, and not one that says something failed; and [data-dismiss], which
// takes away the toast or notice that it stands in. What cannot be asked at all is said
// there too.
const toasts = new WeakSet();

function toast(el) {
  if (toasts.has(el)) return;
  toasts.add(el);
  if (!el.classList.contains("toast-good")) return;
  let left = 10;
  const timer = setInterval(() => {
    if (el.matches(":hover, :focus-within")) return;
    if (--left > 0 && el.isConnected) return;
    clearInterval(timer);
    el.remove();
  }, 1000);
}

doc.addEventListener("click", (event) => {
  const target = event.target.closest("[data-dismiss]");
  if (!target) return;
  target.closest("[data-toast], .notice").remove();
  restore();
});

function sayBad(text, failure) {
  const box = doc.createElement("div");
  box.className = "toast toast-bad";
  box.setAttribute("role", "alert");
  box.setAttribute("data-toast", "");
  box.setAttribute("data-failure", failure);
  box.textContent = text;
  const close = button("×", "data-dismiss");
  close.className = "button button-small";
  close.setAttribute("aria-label", word("Dismiss"));
  box.append(close);
  $("#toasts").append(box);
}

doc.addEventListener("htmx:error", (event) => {
  const ctx = event.detail.ctx;
  if (ctx && unasked(ctx)) return;
  // Said once, however often it is tried.
  for (const old of $$("#toasts [data-failure=unreachable]")) old.remove();
  sayBad(word("Offline"), "unreachable");
});

ready(() => $$("[data-toast]").forEach(toast));
