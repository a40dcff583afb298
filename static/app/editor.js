// Serves: the fields [data-add-queue] and buttons [data-add-button] of a <fieldset>, which
// put a queue into its [data-queue-list] as a copy of its <template>, by its id or by a name
// that one of the field's suggestions alone has (anything else stays in the field, and the
// server says which queue is meant); and [data-unscripted] buttons, which are the form's
// without script.
function addQueues(from) {
  const place = from.closest("fieldset");
  const input = $("[data-add-queue]", place);
  const list = $("[data-queue-list]", place);
  const template = $("template", place);
  if (!input || !list || !template) return;
  const text = input.value.normalize("NFKC").trim();
  const known = new Map([...input.list.options].map((o) => [o.value, o.dataset.name ?? o.text]));
  const named = [...known].filter(([, name]) => name.toLocaleLowerCase() === text.toLocaleLowerCase());
  const ids = named.length === 1 ? [named[0][0]] : text.split(/\s*[,;\n\t]\s*/).filter(Boolean);
  if (named.length > 1 || ids.length === 0 || !ids.every((id) => /^[1-9]\d*$/.test(id))) return changed(input);
  for (const id of ids) addQueue(list, template, id, known.get(id));
  const empty = $("[data-empty]", place);
  if (empty) empty.remove();
  input.value = "";
  input.focus();
  changed(input);
}

function addQueue(list, template, id, name) {
  const there = $(`.queue-item[data-queue-id="${id}"] input`, list);
  if (there) {
    there.checked = true;
    return;
  }
  const item = template.content.firstElementChild.cloneNode(true);
  item.dataset.queueId = id;
  $("input", item).value = id;
  $(".queue-name bdi", item).textContent = name && name !== id ? name : "";
  $(".queue-id", item).textContent = id;
  list.append(item);
}

doc.addEventListener("click", (event) => {
  const button = event.target.closest("[data-add-button]");
  if (button) addQueues(button);
});
doc.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || composing(event) || !event.target.matches("[data-add-queue]")) return;
  event.preventDefault();
  addQueues(event.target);
});

// Enter presses a form's first button that is not closed: never a hidden one.
ready(() => {
  for (const b of $$("[data-unscripted]")) b.disabled = true;
});
