// What no page may have, at whatever width: each fault in a line, and how high the page is. It
// is evaluated in a page, with the page's width and the theme it is to have.
(async (width, theme) => {
  document.documentElement.dataset.theme = theme;
  if (!document.adoptedStyleSheets.length) {
    // What moves by itself, what blinks, and bars that stay in sight: of a whole page they
    // would be pictured where it happens to be scrolled to.
    const still = new CSSStyleSheet();
    still.replaceSync("progress:indeterminate { visibility: hidden } * { caret-color: transparent !important } .top, .table thead th, .selection { position: static !important }");
    document.adoptedStyleSheets = [still];
  }
  while (innerWidth !== width) await new Promise((done) => requestAnimationFrame(done));
  scrollTo(0, 0);
  const wrong = [];
  const name = (e) => {
    const own = e.outerHTML.slice(0, e.outerHTML.indexOf(">") + 1);
    return `${own.slice(0, 120)} “${e.textContent.trim().slice(0, 40)}”`;
  };
  const shown = (e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const tiny = (e) => e.closest(".visually-hidden") || getComputedStyle(e).clipPath !== "none";

  // Wider than the screen.
  if (document.scrollingElement.scrollWidth > width) {
    const out = [...document.querySelectorAll("body *")].filter((e) => shown(e) && e.getBoundingClientRect().right > width + 1);
    wrong.push(`${document.scrollingElement.scrollWidth - width} px wider than the screen: ${out.slice(0, 3).map(name).join(" | ")}`);
  }

  // Cut, and nothing says so: what scrolls is seen by scrolling, and three dots say that there
  // is more, which has its own way to be seen.
  const clips = (s) => s === "hidden" || s === "clip";
  for (const e of document.querySelectorAll("body *")) {
    if (!e.clientWidth || e.closest("svg, input, select") || !shown(e) || tiny(e)) continue;
    const style = getComputedStyle(e);
    const dots = style.textOverflow === "ellipsis" && !/flex|grid/.test(style.display);
    if (clips(style.overflowX) && !dots && e.scrollWidth > e.clientWidth + 1) {
      const inner = [...e.querySelectorAll("*")].some((c) => c.getBoundingClientRect().right > e.getBoundingClientRect().right + 1 && getComputedStyle(c).textOverflow !== "ellipsis");
      if (inner || !e.childElementCount) wrong.push(`cut at its end by ${e.scrollWidth - e.clientWidth} px: ${name(e)}`);
    }
    if (clips(style.overflowY) && e.scrollHeight > e.clientHeight + 4) wrong.push(`cut below by ${e.scrollHeight - e.clientHeight} px: ${name(e)}`);
  }

  // One text over another. What lies over the page on purpose is a layer of its own.
  const layer = (e) => {
    for (; e && e !== document.body; e = e.parentElement) {
      if (e.matches("dialog") || ["fixed", "sticky", "absolute"].includes(getComputedStyle(e).position)) return e;
    }
    return document.body;
  };
  const texts = [];
  const broken = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (walk.nextNode()) {
    const node = walk.currentNode, e = node.parentElement;
    if (!node.data.trim() || !e || e.closest("svg, script, template, option, datalist, noscript, textarea") || !shown(e) || tiny(e)) continue;
    range.selectNodeContents(node);
    const boxes = [];
    for (let a = e; a && a !== document.documentElement; a = a.parentElement) {
      const style = getComputedStyle(a);
      if (style.overflowX !== "visible" || style.overflowY !== "visible") boxes.push(a.getBoundingClientRect());
    }
    // A word of a language's length that goes on in the next line.
    for (const word of e.closest("pre, code") ? [] : node.data.matchAll(/\p{L}{3,20}/gu)) {
      if (/[\p{L}\p{N}_.@-]/u.test(node.data[word.index - 1] || " ") || /[\p{L}\p{N}_.@-]/u.test(node.data[word.index + word[0].length] || " ")) continue;
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      if (new Set([...range.getClientRects()].filter((r) => r.width > 0).map((r) => Math.round(r.top))).size > 1 && broken.push(name(e)) <= 3) wrong.push(`broken within “${word[0]}”: ${name(e)}`);
    }
    range.selectNodeContents(node);
    const over = layer(e);
    for (const r of range.getClientRects()) {
      const box = { left: r.left, right: r.right, top: r.top + r.height * 0.2, bottom: r.bottom - r.height * 0.2 };
      for (const b of boxes) {
        box.left = Math.max(box.left, b.left); box.right = Math.min(box.right, b.right);
        box.top = Math.max(box.top, b.top); box.bottom = Math.min(box.bottom, b.bottom);
      }
      if (box.right - box.left > 1 && box.bottom - box.top > 1) texts.push({ ...box, e, over });
    }
  }
  texts.sort((a, b) => a.top - b.top);
  for (let i = 0, said = 0; i < texts.length && said < 3; i++) {
    const a = texts[i];
    for (let j = i + 1; j < texts.length && texts[j].top < a.bottom; j++) {
      const b = texts[j];
      if (a.e === b.e || a.over !== b.over || Math.min(a.right, b.right) - Math.max(a.left, b.left) < 2 || Math.min(a.bottom, b.bottom) - b.top < 2) continue;
      wrong.push(`over one another: ${name(a.e)} and ${name(b.e)}`);
      if (++said === 3) break;
    }
  }

  // Too small for a thumb. What stands in a line of text, as links and queues do, need not be
  // as large.
  if (width < 600) {
    const small = new Map();
    for (const e of document.querySelectorAll("button, summary, select, input:not([type=hidden]), textarea, a.button, a.menu-item, nav a")) {
      if (!shown(e) || tiny(e) || e.matches(".chip, .day-picker")) continue;
      const target = (e.matches("[type=checkbox], [type=radio]") && e.closest("label")) || e;
      const r = target.getBoundingClientRect();
      if (r.height >= 43.5 && r.width >= 43.5 || !r.width) continue;
      const key = `${target.tagName.toLowerCase()}.${[...target.classList].join(".")} in ${target.parentElement.tagName.toLowerCase()}.${[...target.parentElement.classList].join(".")}`;
      small.set(key, `${Math.round(r.width)}×${Math.round(r.height)}`);
    }
    for (const [key, size] of small) wrong.push(`small for a thumb: ${key} ${size}`);
  }
  return { Wrong: wrong, Height: Math.max(innerHeight, document.scrollingElement.scrollHeight) };
})
