// What a story does once its page is there: see Story.Press.
{
  const { press, does } = document.currentScript.dataset;
  const pressed = document.querySelector(press);
  if (does === "click") pressed.click();
  else htmx.trigger(pressed, does);
}
