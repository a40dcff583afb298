// Serves: <form data-dirty-check>, whose fields base and priority_base say what it was
// opened on: whoever leaves it with edits is asked first. <a data-keeps> leads on with
// what was typed and asks nothing.
let leaving = false; // to a page that has what was typed, or after it was saved

const form = () => $("form[data-dirty-check]", $("#drawer[open]") || doc);

// The form says itself what it was opened on, whichever answer brought it in.
function dirty() {
  const f = form();
  if (!f || leaving) return false;
  const sorted = (ids) => ids.filter(Boolean).sort().join();
  const kept = $$("input[type=checkbox]", f).filter((i) => i.checked).map((i) => i.value);
  const priority = f.elements.priority;
  return sorted(kept) !== sorted(f.elements.base.value.split(",")) || $("[data-add-queue]", f).value.trim() !== "" ||
    Boolean(priority && priority.value.trim() !== f.elements.priority_base.value);
}

// In a frame of another site confirm() may be answered with no, unseen, as the HTML
// standard has it: there we ask.
const framed = window.parent !== window;

function askToLeave(yes, no = () => {}) {
  if (!framed) return confirm(word("Leave")) ? yes() : no();
  if ($("#leave")) return;
  const box = doc.createElement("dialog");
  box.id = "leave";
  box.className = "dialog";
  box.setAttribute("role", "alertdialog");
  box.setAttribute("aria-labelledby", "leave-text");
  const text = doc.createElement("p");
  text.id = "leave-text";
  text.textContent = word("Leave");
  const buttons = doc.createElement("div");
  buttons.className = "dialog-buttons";
  const settle = (answer) => {
    box.close();
    box.remove();
    answer();
  };
  for (const [answer, label, then] of [["no", word("Keep"), no], ["yes", word("Discard"), yes]]) {
    const b = button(label, "data-answer");
    b.className = answer === "yes" ? "button button-danger" : "button";
    b.dataset.answer = answer;
    b.addEventListener("click", () => settle(then));
    buttons.append(b);
  }
  box.append(text, buttons);
  box.addEventListener("cancel", (event) => {
    event.preventDefault();
    settle(no);
  });
  doc.body.append(box);
  box.showModal();
}

// leave does what leads to another page, unasked.
function leave(how) {
  leaving = true;
  how();
}

// The other list's tab replaces the form as leaving the page would.
doc.addEventListener("click", (event) => {
  const other = event.target.closest(".editor .tabs a");
  if (!other || !dirty() || (!framed && confirm(word("Leave")))) return;
  event.preventDefault();
  event.stopPropagation();
  if (framed) {
    askToLeave(() => {
      leave(() => other.click());
      leaving = false;
    });
  }
}, true);

// The draft travels to the key form and back.
doc.addEventListener("click", (event) => {
  if (event.target.closest("a[data-keeps]")) leaving = true;
});
doc.addEventListener("submit", (event) => {
  if (event.target.matches("[data-dirty-check]") && !event.defaultPrevented) leaving = true;
});
doc.addEventListener("htmx:after:request", (event) => {
  if (event.detail.ctx.hx.redirect) leaving = true;
});
addEventListener("pageshow", () => { leaving = false; });
addEventListener("beforeunload", (event) => {
  if (dirty()) event.preventDefault();
});
