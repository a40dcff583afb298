// Serves: #agents[data-chosen-of], the list whose rows have a box each, #choose-page, the
// box over them, and #selection, the bar that says how many are chosen, with the form that
// sends them. The choice is the tab's, of one sign-in and of one set of filters
// (data-chosen-of): paging, sorting and refreshes keep it, other filters end it. Boxes
// follow it after every swap; what is chosen on other pages is added as the form is sent.
const chosenOf = (list) => ({ key: `agentconsole.chosen.${($("[data-sign-in]") || doc.body).dataset.signIn}`, of: list.dataset.chosenOf });
const unkept = {}; // what a browser that keeps nothing would keep
let pivot = null; // the extension that a range starts at

function chosen() {
  const list = $("#agents");
  if (!list) return [];
  const { key, of } = chosenOf(list);
  const text = stored("sessionStorage", (s) => s.getItem(key)) || unkept[key]; // a frame may not
  const kept = text ? JSON.parse(text) : {};
  return kept.of === of ? kept.ids : [];
}

function choose(ids) {
  const list = $("#agents");
  const { key, of } = chosenOf(list);
  const text = JSON.stringify({ of, ids });
  try { sessionStorage.setItem(key, text); } catch { unkept[key] = text; }
  drawChosen();
}

const boxes = () => $$("#agents tbody [name=agent_ids]");

// toggle gives the box's new state to all from the one before to it, where a range is meant.
function toggle(box, range) {
  const all = boxes();
  const from = range ? all.findIndex((b) => b.value === pivot) : -1;
  const to = all.indexOf(box);
  const some = (from < 0 ? [box] : all.slice(Math.min(from, to), Math.max(from, to) + 1)).map((b) => b.value);
  pivot = box.value;
  put(some, box.checked);
}

function put(some, on) {
  const rest = chosen().filter((id) => !some.includes(id));
  choose(on ? rest.concat(some) : rest);
}

// toggleRow is toggle by a key: the row that has the focus.
function toggleRow(row, range) {
  const box = row && $("[name=agent_ids]", row);
  if (!box) return;
  // The end of a range joins it, whatever it was.
  box.checked = range || !box.checked;
  toggle(box, range);
}

function drawChosen() {
  const list = $("#agents");
  if (!list) return;
  const ids = chosen();
  const all = boxes();
  for (const box of all) box.checked = ids.includes(box.value);
  const here = all.filter((box) => box.checked).length;
  const page = $("#choose-page");
  if (page) {
    page.checked = all.length > 0 && here === all.length;
    page.indeterminate = here > 0 && !page.checked;
  }
  const bar = $("#selection");
  if (!bar) return;
  bar.toggleAttribute("data-chosen", ids.length > 0);
  const say = (el, n) => {
    const text = n ? el.dataset.text.replace("#", n.toLocaleString(lang())) : "";
    if (el.textContent !== text) el.textContent = text;
  };
  say($("#chosen-count"), ids.length);
  say($("#chosen-elsewhere"), ids.length - here);
}

doc.addEventListener("click", (event) => {
  if (event.target.closest("[data-choose-none]")) {
    choose([]);
    return restore();
  }
  const label = event.target.closest("#agents table label");
  const box = label && $("input", label);
  if (!box) return;
  if (event.target !== box) {
    // Not every browser takes a click with Shift on a label for one on its box.
    event.preventDefault();
    box.checked = !box.checked;
    box.focus();
  }
  if (box.id === "choose-page") return put(boxes().map((b) => b.value), box.checked);
  toggle(box, event.shiftKey);
});

doc.addEventListener("formdata", (event) => {
  if (event.target.id !== "bulk") return;
  event.formData.delete("agent_ids");
  for (const id of chosen()) event.formData.append("agent_ids", id);
});

// Other filters have ended the choice for good: the way back does not bring it again.
function endChoice() {
  const list = $("#agents");
  if (!list || chosen().length > 0) return;
  const { key } = chosenOf(list);
  delete unkept[key];
  stored("sessionStorage", (s) => s.removeItem(key));
}

ready(() => {
  endChoice();
  drawChosen();
});
addEventListener("pageshow", drawChosen);
