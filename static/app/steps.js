// Serves: Back and Forward. Over a page they are htmx's, which asks for the page of that
// address. An open drawer is a step of its own at its page's address, with the editor's
// address in the state: Back closes it and asks about unsaved edits, Forward opens it, and
// nothing below it is asked for again.
let stepping = false; // on the way out of the drawer's step
let then = null; // what waits for that

function stepIn(url) {
  if (history.state && history.state.drawer === url) return;
  if (stepping) then = () => stepIn(url);
  else history.pushState({ htmx: true, drawer: url }, "", location.href);
}

function stepOut() {
  then = null;
  if (!history.state || !history.state.drawer || stepping) return;
  stepping = true;
  history.back();
}

// openAt opens the drawer of the present step, whatever opened it before.
function openAt(url) {
  const body = $("#drawer-body");
  if (!body) return;
  const link = $$("[data-drawer]").find((a) => a.getAttribute("href") === url);
  if (link) want(link);
  else wanted = { url, row: null };
  htmx.ajax("GET", url, { source: body, target: body, swap: "innerHTML" });
}

doc.addEventListener("htmx:before:history:restore", (event) => {
  const url = history.state && history.state.drawer;
  const open = $("#drawer[open]");
  const ours = stepping;
  stepping = false;
  if (open && !ours && dirty()) {
    event.preventDefault();
    // Until that is answered the step is the drawer's again.
    const kept = wanted.url;
    const stay = () => history.pushState({ htmx: true, drawer: kept }, "", doc.body.dataset.at);
    return askToLeave(() => {
      shutDrawer();
      if (here() !== doc.body.dataset.at) leave(() => location.reload());
    }, stay);
  }
  if (!ours) {
    shutDrawer();
    wanted = null;
    turn.drawer++; // an editor that is still on its way is not wanted any more
  }
  const same = here() === doc.body.dataset.at;
  if (same) {
    event.preventDefault();
    // A page that is still on its way is another address's by now.
    if (newest.list && newest.list.target === doc.body) turn.list++;
  }
  if (ours && then) {
    const next = then;
    then = null;
    return next();
  }
  if (url && same) openAt(url);
});

// The page of a step whose drawer was open: loaded again, or come back to.
doc.addEventListener("htmx:after:swap", (event) => {
  const url = history.state && history.state.drawer;
  if (url && event.detail.ctx.target === doc.body && event.detail.ctx === newest.list) openAt(url);
});
ready(() => {
  if (doc.body.dataset.at) return;
  shown();
  const url = history.state && history.state.drawer;
  if (url) addEventListener("load", () => setTimeout(() => openAt(url)), { once: true });
});

addEventListener("pageshow", () => { stepping = false; });

// The browser would put the focus on the body at the end of each such step; where it
// belongs is ours to say.
if (window.navigation) {
  navigation.addEventListener("navigate", (event) => {
    if (event.navigationType === "traverse" && event.canIntercept && !event.hashChange) event.intercept({ focusReset: "manual" });
  });
}
