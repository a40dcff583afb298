// What a story does once its page is there, and htmx has gone through it: see Story.Press.
{
  const { press, does } = document.currentScript.dataset;
  addEventListener("load", () => setTimeout(() => {
    const pressed = document.querySelector(press);
    if (does === "click") pressed.click();
    else htmx.trigger(pressed, does);
  }));
}
