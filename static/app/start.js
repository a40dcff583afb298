// Stands last: what the modules made ready is done once the page is there, and again
// after whatever htmx brought in.
doc.addEventListener("htmx:after:swap", prepare);
prepare();
// htmx would begin by a timer, which may come after the page's load: what somebody pressed
// until then would have gone unheard.
htmx.process(doc.body);
