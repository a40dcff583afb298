// Shows the console in this page's theme and language, as high as its page is.
const frame = document.getElementById("console");
const origin = new URL(frame.dataset.console).origin;

addEventListener("message", (event) => {
  if (event.origin !== origin || event.source !== frame.contentWindow) return;
  if (event.data && event.data.type === "agent-console:height") frame.style.height = `${event.data.height}px`;
});

frame.style.boxSizing = "content-box"; // the height is what is inside of the border
const look = new URLSearchParams({
  theme: matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light",
  lang: document.documentElement.lang,
});
frame.src = `${frame.dataset.console}/agents?${look}`;
