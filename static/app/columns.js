// Serves: [data-columns], the list of columns to choose from, whose buttons column_up and
// column_down move a column where it stands: what was chosen is sent once, at the end.
doc.addEventListener("click", (event) => {
  const mover = event.target.closest("[data-columns] [name=column_up], [data-columns] [name=column_down]");
  if (!mover) return;
  event.preventDefault();
  const column = mover.closest("li");
  if (mover.name === "column_up") column.previousElementSibling?.before(column);
  else column.nextElementSibling?.after(column);
  mover.focus();
});
