// Serves: [data-title], which is the page's title by now: a tab in the background says how
// far a run is.
ready(() => {
  const box = $("[data-title]");
  if (!box) return;
  const title = `${box.dataset.title} · ${$(".brand").textContent.trim()}`;
  if (doc.title !== title) doc.title = title;
});
