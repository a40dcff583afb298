// Serves: the focus. What an answer has to say that needs a person's eye ([data-failure],
// [data-confirm], .notice[data-result]) is focused once, where it can be; where it is that
// something went well, the field in which the next is typed ([data-next]) is. What a swap or
// a closed notice took the focus from gives it to what stands in its place, or to the
// region it stood in: never to the body, where the next Tab starts from the top.
const drawn = () => $("#drawer[open]") || $("#main");

function look(root) {
  const news = $("[data-failure]:not([data-seen]), [data-confirm][tabindex]:not([data-seen]), .notice[data-result]:not([data-seen])", root);
  if (!news || news.matches("[data-toast]")) return;
  news.dataset.seen = "";
  const next = news.matches(".notice-good") && $("[data-next]", root);
  if (next) return next.focus();
  if (news.hasAttribute("tabindex")) news.focus({ preventScroll: false });
  const field = news.dataset.field && doc.getElementById(news.dataset.field);
  if (field && field.matches("input")) field.setAttribute("aria-invalid", "true");
}

// What cannot be seen any more loses the focus when the browser next draws the page.
const lost = () => !doc.activeElement || doc.activeElement === doc.body || !doc.activeElement.checkVisibility();

// refocus finds what has taken the place of an element.
function refocus(el, regions) {
  if (!lost()) return;
  const row = el.closest("[data-agent-id]");
  const href = el.getAttribute("href");
  const mark = el.className ? `.${CSS.escape(el.classList[el.classList.length - 1])}` :
    href ? `[href="${CSS.escape(href)}"]` : el.name ? `[name="${CSS.escape(el.name)}"][value="${CSS.escape(el.value)}"]` : ":not(*)";
  const again = (el.id && doc.getElementById(el.id)) ||
    (row && $(`tr[data-agent-id="${CSS.escape(row.dataset.agentId)}"] ${el.tagName.toLowerCase()}${mark}`)) ||
    (href && $$("a[href]").find((a) => a.getAttribute("href") === href && a.className === el.className));
  for (const to of [again, ...regions.map((id) => doc.getElementById(id)), $("#drawer[open]"), $("#main")]) {
    if (!to || !to.isConnected) continue;
    if (!to.matches("a, button, input, select, textarea, summary, [tabindex]")) {
      if (to.childElementCount === 0) continue; // a region with nothing left in it
      to.tabIndex = -1;
    }
    to.focus({ preventScroll: true });
    if (!lost()) return;
  }
}

const regionsOf = (el) => {
  const ids = [];
  for (let at = el; at; at = at.parentElement) if (at.id) ids.push(at.id);
  return ids;
};

let held = null; // what has the focus, and the regions around it, nearest first

doc.addEventListener("focusin", (event) => {
  held = { el: event.target, regions: regionsOf(event.target) };
});

// restore is for whoever has taken something away, or closed what it stood in.
function restore() {
  if (held && lost() && !(held.el.isConnected && held.el.checkVisibility())) refocus(held.el, held.regions.slice(held.el.id ? 1 : 0));
}

// A dialog gives the focus back to what had it before, which may be in a menu that is
// closed by now.
doc.addEventListener("close", restore, true);

ready(() => {
  look(drawn());
  restore();
});
