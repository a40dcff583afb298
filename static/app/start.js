// Stands last: what the modules made ready is done once the page is there, and again
// after whatever htmx brought in.
doc.addEventListener("htmx:after:swap", prepare);
prepare();
