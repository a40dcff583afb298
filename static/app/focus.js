// Serves: what an answer has to say that needs a person's eye: [data-failure],
// [data-confirm], .notice[data-result]. It is focused once, where it can be.
const drawn = () => $("#drawer[open]") || $("#main");

function look(root) {
  const news = $("[data-failure]:not([data-seen]), [data-confirm][tabindex]:not([data-seen]), .notice[data-result]:not([data-seen])", root);
  if (!news || news.matches("[data-toast]")) return;
  news.dataset.seen = "";
  if (news.hasAttribute("tabindex")) news.focus({ preventScroll: false });
  const field = news.dataset.field && doc.getElementById(news.dataset.field);
  if (field && field.matches("input")) field.setAttribute("aria-invalid", "true");
}

ready(() => look(drawn()));
