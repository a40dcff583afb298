// Serves: rows of the agents' list, tr[data-agent-id], which say only what differs from row
// to row. What makes the editor's link (.row-edit) and the recording buttons (of the form
// #rec) ask by themselves is added when one is pressed, before htmx hears of it; the
// [data-live] refresh tells what the rows have (data-mark).
doc.addEventListener("click", (event) => {
  const el = event.target.closest && event.target.closest(".row-edit:not([data-drawer]), button[form=rec]:not([data-hx-post])");
  if (!el) return;
  if (el.matches("a")) {
    Object.assign(el.dataset, { hxGet: el.getAttribute("href"), hxTarget: "#drawer-body", hxSwap: "innerHTML", drawer: "" });
  } else {
    const root = el.closest("[data-recording]");
    el.id = root.id.replace("recording", `recording-${el.value}`); // by which what is swapped in has the focus
    Object.assign(el.dataset, { hxPost: el.getAttribute("formaction"), hxTarget: `#${root.id}`, hxSwap: "outerHTML", hxSync: "closest [data-recording]:drop" });
  }
  htmx.process(el);
}, true);

// What a recording is swapped by, whichever answer brought the row in.
ready(() => {
  for (const el of $$("tr [data-recording]:not([id])")) el.id = `recording-${el.closest("tr").dataset.agentId}`;
});

// What is cut says itself on pointing, and a chip what its queue's certainty means.
doc.addEventListener("pointerover", (event) => {
  const cut = event.target.closest && event.target.closest("tr :is(.chip, [data-queue-id], .whom, .named > *, th, .recording-state)");
  if (cut && cut.scrollWidth > cut.clientWidth && !cut.title) cut.title = cut.textContent;
  const chip = event.target.closest && event.target.closest("tr [data-queue-id][aria-describedby]:not([data-said])");
  if (!chip) return;
  chip.dataset.said = "";
  chip.title = `${chip.textContent} · ${chip.dataset.queueId} · ${doc.getElementById(chip.getAttribute("aria-describedby")).textContent}`;
});

doc.addEventListener("htmx:config:request", (event) => {
  const { ctx } = event.detail;
  if (!ctx.sourceElement.matches("[data-live]")) return;
  for (const row of $$("tr[data-mark]")) ctx.request.body.append("row", `${row.dataset.agentId}:${row.dataset.mark}`);
});
