// Serves: the places that more than one control swaps: the lists #agents, #queues,
// #queue-members and #queue-figures, and #drawer-body. One place has one request: the newest wins, the older
// is aborted, and an answer that comes all the same is not swapped in. To htmx two
// elements with one target do not know each other. <body data-at> is the address whose
// list is on the screen.
const lists = "#agents, #queues, #queue-members, #queue-figures";
const turns = new WeakMap(); // request → the turn it was asked in
const newest = { list: null, drawer: null };
const turn = { list: 0, drawer: 0 };
const here = () => location.pathname + location.search;

// placeOf is what a request is going to replace. The way back in the history replaces the
// page, and with it the list.
function placeOf(ctx) {
  if (ctx.target === doc.body) return "list";
  if (!(ctx.target instanceof Element)) return null;
  if (ctx.target.id === "drawer-body") return "drawer";
  return ctx.target.matches(lists) || ctx.sourceElement.matches("#progress, #live") ? "list" : null;
}

// unasked: nobody pressed anything. Such an answer gives way to whatever people ask.
const unasked = (ctx) => Boolean(ctx.sourceElement && ctx.sourceElement.matches("[data-poll], [data-live]"));

doc.addEventListener("htmx:before:request", (event) => {
  const { ctx } = event.detail;
  const place = placeOf(ctx);
  if (!place) return;
  if (!unasked(ctx)) {
    turn[place]++;
    if (newest[place] && newest[place].request.abort) newest[place].request.abort();
    newest[place] = ctx;
  }
  turns.set(ctx, { place, turn: turn[place] });
});

const late = (ctx) => turns.has(ctx) && turns.get(ctx).turn !== turn[turns.get(ctx).place];

doc.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  const gone = ctx.target instanceof Element && !ctx.target.isConnected;
  if (!gone || late(ctx)) return;
  const again = ctx.target.id !== "editor" && doc.getElementById(ctx.target.id);
  if (again) {
    // The place is another element by now, and this is still what belongs there.
    ctx.target = again;
  } else if (ctx.request.method !== "GET") {
    // What it was sent from is closed: what came of it is said, and nothing else is
    // replaced in its stead.
    delete ctx.hx.retarget;
    delete ctx.hx.reswap;
    ctx.target = doc.body;
    ctx.swap = "none";
    const why = ctx.response.status >= 400 && new DOMParser().parseFromString(ctx.text, "text/html").querySelector(".notice-title");
    if (why) sayBad(why.textContent, "failed");
  }
});

doc.addEventListener("htmx:before:swap", (event) => {
  const { ctx, tasks } = event.detail;
  if (late(ctx)) return event.preventDefault();
  const main = tasks.find((t) => t.type === "main" && t.swapSpec.style !== "none");
  const at = main && (typeof main.target === "string" ? $(main.target) : main.target);
  ctx.replaces = Boolean(at) && (at === doc.body || at.matches(lists));
});

doc.addEventListener("htmx:after:swap", (event) => {
  const { ctx } = event.detail;
  if (ctx !== newest.list) return;
  if (!ctx.replaces) return putBack();
  shown();
  follow();
});

// The filters show what the list is of: one that was chosen and then overtaken is not. In
// the field that has the focus somebody is typing.
function follow() {
  const filters = $("#filters");
  if (!filters) return;
  const query = new URLSearchParams(location.search);
  for (const el of filters.elements) {
    if (el.name && el.type !== "hidden" && el !== doc.activeElement) el.value = query.get(el.name) || "";
  }
}

// The same address again is no step of the history.
doc.addEventListener("htmx:before:history:update", (event) => {
  if (event.detail.history.path === here()) event.preventDefault();
});

// What cannot be had leaves the page as it is: so does the address, which a way back has
// changed already.
doc.addEventListener("htmx:error", (event) => {
  const ctx = event.detail.ctx;
  if (ctx && ctx === newest.list) putBack();
});

function putBack() {
  if (here() !== doc.body.dataset.at) history.pushState({ htmx: true }, "", doc.body.dataset.at);
}

function shown() {
  doc.body.dataset.at = here();
}
