// What htmx cannot do from markup alone. Everything here only adds to pages that
// work without it. No inline code and no eval anywhere: the CSP forbids both.
(() => {
  "use strict";

  const doc = document;
  const lang = doc.documentElement.lang || "vi";
  const $ = (selector, root = doc) => root.querySelector(selector);
  const $$ = (selector, root = doc) => [...root.querySelectorAll(selector)];
  const words = doc.body.dataset;

  // ---- What is asked names the sign-in that the page shows: the browser's may be
  // another by now. ----

  doc.addEventListener("htmx:config:request", (event) => {
    const bar = $("[data-sign-in]");
    if (bar) event.detail.ctx.request.headers["X-Sign-In"] = bar.dataset.signIn;
  });

  // ---- Times: UTC in the markup, the browser's zone on the page. ----

  const moment = new Intl.DateTimeFormat(lang, { dateStyle: "short", timeStyle: "short" });
  const exact = new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "medium" });
  const relative = new Intl.RelativeTimeFormat(lang, { numeric: "always", style: "narrow" });

  function age(seconds) {
    if (seconds < 60) return relative.format(-Math.max(0, Math.round(seconds)), "second");
    if (seconds < 3600) return relative.format(-Math.round(seconds / 60), "minute");
    if (seconds < 86400) return relative.format(-Math.round(seconds / 3600), "hour");
    return relative.format(-Math.round(seconds / 86400), "day");
  }

  function times(root) {
    for (const el of $$("time[data-local]:not([title])", root)) {
      const at = new Date(el.dateTime);
      el.textContent = moment.format(at);
      el.title = exact.format(at);
    }
    const now = Date.now();
    for (const el of $$("time[data-age]", root)) {
      const at = new Date(el.dateTime);
      const text = age((now - at) / 1000);
      if (el.textContent !== text) el.textContent = text;
      if (!el.title) el.title = exact.format(at);
    }
  }

  for (const el of $$("[data-zone]")) el.value = String(-new Date().getTimezoneOffset());

  // ---- Countdowns: what was asked goes on by itself. ----

  const counting = new WeakMap();

  function countdown(box) {
    if (counting.has(box)) return;
    const shown = $("[data-countdown]", box);
    const until = Date.now() + Number(box.dataset.retryAfter) * 1000;
    const timer = setInterval(() => {
      if (!box.isConnected) return clearInterval(timer);
      const left = Math.max(0, Math.ceil((until - Date.now()) / 1000));
      if (shown) shown.textContent = String(left);
      if (left > 0) return;
      clearInterval(timer);
      // The API asked for longer than this: whether to go on is a person's choice.
      const ask = $("[data-retry-now]", box);
      if (ask) ask.hidden = false;
      else goOn(box);
    }, 250);
    counting.set(box, timer);
  }

  function goOn(box) {
    const id = box.dataset.retryButton;
    const button = id && doc.getElementById(id);
    if (button) return button.matches("form") ? button.requestSubmit() : button.click();
    const url = box.dataset.retryUrl;
    if (!url) return;
    const root = box.closest("#agents, #editor, #signin-notice");
    if (root && root.id === "agents") return void htmx.ajax("GET", url, { source: "#agents", target: "#agents", swap: "outerHTML" });
    if (root && root.id === "editor") return void htmx.ajax("GET", url, { source: "#editor", target: "#editor", swap: "outerHTML" });
    location.reload();
  }

  // What needs a person's eye is focused: the summary of what went wrong, the
  // question, what came of a change.
  function look(root) {
    const news = $("[data-failure]:not([data-seen]), [data-confirm][tabindex]:not([data-seen]), .notice[data-result]:not([data-seen])", root);
    if (!news || news.matches("[data-toast]")) return;
    news.dataset.seen = "";
    if (news.hasAttribute("tabindex")) news.focus({ preventScroll: false });
    const field = news.dataset.field && doc.getElementById(news.dataset.field);
    if (field && field.matches("input")) field.setAttribute("aria-invalid", "true");
  }

  // ---- The drawer: a dialog over the list, closed by Escape, its button, or a
  // click beside it; focus goes back where it came from. ----

  const drawer = $("#drawer");
  let opener = null;
  let leaving = false; // to a page that has what was typed, or after it was saved

  const form = () => $("form[data-dirty-check]", drawer.open ? drawer : doc);

  // The form says itself what it was opened on, whichever answer brought it in.
  function dirty() {
    const f = form();
    if (!f || leaving) return false;
    const sorted = (ids) => ids.filter(Boolean).sort().join();
    const kept = $$("input[type=checkbox]", f).filter((i) => i.checked).map((i) => i.value);
    const priority = f.elements.priority;
    return sorted(kept) !== sorted(f.elements.base.value.split(",")) || $("[data-add-queue]", f).value.trim() !== "" ||
      Boolean(priority && priority.value.trim() !== f.elements.priority_base.value);
  }

  // In a frame of another site confirm() may be answered with no, unseen, as the HTML
  // standard has it: there we ask.
  const framed = window.parent !== window;

  function askToLeave(yes) {
    if (!framed) {
      if (confirm(words.wordsLeave)) yes();
      return;
    }
    const box = doc.createElement("dialog");
    box.id = "leave";
    box.className = "dialog";
    box.setAttribute("role", "alertdialog");
    box.setAttribute("aria-labelledby", "leave-text");
    const text = doc.createElement("p");
    text.id = "leave-text";
    text.textContent = words.wordsLeave;
    const buttons = doc.createElement("div");
    buttons.className = "dialog-buttons";
    const settle = (answer) => {
      box.close();
      box.remove();
      if (answer === "yes") yes();
    };
    for (const [answer, label] of [["no", words.wordsKeep], ["yes", words.wordsDiscard]]) {
      const button = doc.createElement("button");
      button.type = "button";
      button.className = answer === "yes" ? "button button-danger" : "button";
      button.dataset.answer = answer;
      button.textContent = label;
      button.addEventListener("click", () => settle(answer));
      buttons.append(button);
    }
    box.append(text, buttons);
    box.addEventListener("cancel", (event) => {
      event.preventDefault();
      settle("no");
    });
    doc.body.append(box);
    box.showModal();
  }

  function closeDrawer(force) {
    if (!drawer.open) return;
    if (!force && dirty()) return askToLeave(() => closeDrawer(true));
    drawer.close();
    doc.body.append($("#toasts"));
    // A save that goes on is not lost sight of.
    const left = $("[data-left-behind]", drawer);
    if (left) $("#toasts").append(left.content.cloneNode(true));
    $("#drawer-body").replaceChildren();
    const row = opener && opener.dataset.agent;
    const back = opener && opener.isConnected ? opener : row && $(`[data-agent-id="${CSS.escape(row)}"] .row-edit`);
    if (back) back.focus();
    opener = null;
  }

  drawer.addEventListener("cancel", (event) => {
    event.preventDefault();
    closeDrawer(false);
  });
  drawer.addEventListener("mousedown", (event) => {
    if (event.target === drawer) closeDrawer(false);
  });
  doc.addEventListener("editor-saved", () => closeDrawer(true));
  // The other list's tab replaces the form as leaving the page would.
  doc.addEventListener("click", (event) => {
    const other = event.target.closest(".editor .tabs a");
    if (!other || !dirty() || (!framed && confirm(words.wordsLeave))) return;
    event.preventDefault();
    event.stopPropagation();
    if (framed) {
      askToLeave(() => {
        leaving = true;
        other.click();
        leaving = false;
      });
    }
  }, true);
  // The draft travels to the key form and back.
  doc.addEventListener("click", (event) => {
    if (event.target.closest("a[data-keeps]")) leaving = true;
  });
  doc.addEventListener("htmx:after:request", (event) => {
    if (event.detail.ctx.hx.redirect) leaving = true;
  });
  addEventListener("pageshow", () => { leaving = false; });
  addEventListener("beforeunload", (event) => {
    if (dirty()) event.preventDefault();
  });

  // ---- The editor's chips. ----

  function addQueues() {
    const input = $("[data-add-queue]");
    const list = $(".queue-list");
    const template = $("#chip-template");
    if (!input || !list || !template) return;
    let left = input.value.trim();
    const known = new Map($$("#queue-suggestions option").map((o) => [o.value, o.label]));
    const byName = new Map([...known].map(([id, name]) => [name.toLocaleLowerCase(), id]));
    const words = byName.has(left.toLocaleLowerCase()) ? [byName.get(left.toLocaleLowerCase())] : left.split(/[\s,;]+/).filter(Boolean);
    if (words.length === 0 || !words.every((w) => /^[1-9]\d*$/.test(w))) return changed(input);
    for (const id of words) {
      const there = $(`.queue-item[data-queue-id="${id}"] input`, list);
      if (there) {
        there.checked = true;
        continue;
      }
      const item = template.content.firstElementChild.cloneNode(true);
      item.dataset.queueId = id;
      $("input", item).value = id;
      const name = known.get(id);
      $(".queue-name bdi", item).textContent = name && name !== id ? name : "";
      $(".queue-id", item).textContent = id;
      list.append(item);
    }
    const empty = $("[data-empty]");
    if (empty) empty.remove();
    input.value = "";
    input.focus();
    changed(input);
  }

  const changed = (el) => el.dispatchEvent(new Event("change", { bubbles: true }));

  // ---- Polling: only what changes, never in a hidden tab, beneath an open dialog or
  // while a countdown in the list waits to go on, and the status cells not while text
  // is selected. Where the focus is it stays: the answers are morphed. ----

  function poll() {
    if (doc.hidden || $("[data-failure=other-session]")) return;
    const dialog = $("dialog[open]");
    for (const el of $$("[data-poll]", dialog || doc)) {
      if (!dialog && $("main [data-countdown]")) break;
      if (due(el, Number(el.dataset.poll))) htmx.trigger(el, "poll");
    }
    const live = $("[data-live]");
    if (!live || dialog || $("main [data-countdown]") || !getSelection().isCollapsed) return;
    const low = $(".budget-low") ? 4 : 1;
    if (due(live, Number(live.dataset.live) * low)) htmx.trigger(live, "live");
  }

  const last = new WeakMap();

  function due(el, seconds) {
    const now = Date.now();
    if (!last.has(el)) last.set(el, now);
    if (now - last.get(el) < seconds * 1000) return false;
    last.set(el, now);
    return true;
  }

  // ---- Toasts go by themselves, but not under the pointer or the focus, and not
  // one that says something failed. ----

  const toasts = new WeakSet();

  function toast(el) {
    if (toasts.has(el)) return;
    toasts.add(el);
    if (!el.classList.contains("toast-good")) return;
    let left = 10;
    const timer = setInterval(() => {
      if (el.matches(":hover, :focus-within")) return;
      if (--left > 0 && el.isConnected) return;
      clearInterval(timer);
      el.remove();
    }, 1000);
  }

  // ---- Clicks. ----

  doc.addEventListener("click", (event) => {
    const target = event.target.closest("[data-reveal],[data-dismiss],[data-drawer-close],[data-add-button],[data-countdown-cancel],[data-retry-now],[data-help],[data-drawer]");
    if (!target) return;
    const d = target.dataset;
    if ("drawer" in d) {
      opener = target;
      const row = target.closest("[data-agent-id]");
      if (row) target.dataset.agent = row.dataset.agentId;
    } else if ("reveal" in d) {
      const input = doc.getElementById(d.reveal);
      const show = input.type === "password";
      input.type = show ? "text" : "password";
      target.setAttribute("aria-pressed", String(show));
    } else if ("dismiss" in d) {
      target.closest("[data-toast], .notice").remove();
    } else if ("drawerClose" in d) {
      const back = () => {
        leaving = true;
        history.back();
      };
      if (drawer.open) closeDrawer(false);
      else if (dirty()) askToLeave(back);
      else back();
    } else if ("addButton" in d) {
      addQueues();
    } else if ("retryNow" in d) {
      goOn(target.closest("[data-retry-after]"));
    } else if ("countdownCancel" in d) {
      const box = target.closest("[data-retry-after]");
      clearInterval(counting.get(box));
      $(".countdown", box).remove();
    } else if ("help" in d) {
      $("#menu").open = false;
      $("#keys").showModal();
    }
  });

  doc.addEventListener("click", (event) => {
    const menu = $("#menu");
    if (menu.open && !menu.contains(event.target)) menu.open = false;
  });

  doc.addEventListener("submit", (event) => {
    const f = event.target;
    if (f.matches("[data-dirty-check]") && !event.defaultPrevented) leaving = true;
  });

  // ---- Keyboard. ----

  function rows() {
    return $$("tbody tr .row-open");
  }

  function move(step) {
    const all = rows();
    const row = doc.activeElement.closest("tr");
    const at = row ? all.findIndex((a) => row.contains(a)) : -1;
    const to = all[Math.min(all.length - 1, Math.max(0, at < 0 ? 0 : at + step))];
    if (to) to.focus();
  }

  // Single keys get in the way of speech input, so they can be switched off.
  const keysOn = $("#keys-on");
  const keys = { off: "agentconsole.keys.off" };
  const stored = (use) => { try { return use(localStorage); } catch { return null; } };
  if (keysOn) {
    keysOn.checked = !stored((s) => s.getItem(keys.off));
    keysOn.addEventListener("change", () => {
      stored((s) => (keysOn.checked ? s.removeItem(keys.off) : s.setItem(keys.off, "1")));
    });
  }

  doc.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input:not([type=checkbox]):not([type=radio]), textarea, select");
    if (event.key === "Enter" && event.target.matches("[data-add-queue]")) {
      event.preventDefault();
      return addQueues();
    }
    if (event.key === "Escape" && drawer.open && !$("#keys[open], #leave")) {
      // Asked by the browser itself, a dialog closes at the latest at the third
      // Escape, whatever the person had answered.
      event.preventDefault();
      return closeDrawer(false);
    }
    if (event.key === "Escape" && $("#menu").open) {
      $("#menu").open = false;
      return $("#menu summary").focus();
    }
    if (event.key === "Escape" && typing && event.target.id === "q") return event.target.blur();
    if (typing || event.ctrlKey || event.metaKey || event.altKey || $("dialog[open]") || !keysOn || !keysOn.checked) return;
    switch (event.key) {
      case "/": {
        const q = $("#q");
        if (!q) return;
        event.preventDefault();
        return q.select();
      }
      case "j":
        return move(1);
      case "k":
        return move(-1);
      case "e": {
        const row = doc.activeElement.closest("tr");
        const edit = row && $(".row-edit", row);
        if (edit) edit.click();
        return;
      }
      case "?": {
        const keys = $("#keys");
        if (keys) keys.showModal();
      }
    }
  });

  // ---- Whatever htmx brings in. ----

  function arrived(root) {
    times(root);
    // That the page is another sign-in's is said once.
    for (const old of $$("#toasts [data-failure=other-session]", root).slice(0, -1)) old.remove();
    $$("[data-retry-after]", root).forEach(countdown);
    $$("[data-toast]", root).forEach(toast);
    // Enter presses a form's first button that is not closed: never a hidden one.
    for (const button of $$("[data-unscripted]", root)) button.disabled = true;
  }

  doc.addEventListener("htmx:after:swap", () => {
    const body = $("#drawer-body");
    if (body.childElementCount > 0 && !drawer.open && opener) {
      drawer.showModal();
      // What lies outside of a modal dialog can be neither reached nor heard.
      drawer.append($("#toasts"));
      const first = $("#add-queue", drawer) || $(".drawer-close", drawer);
      if (first) first.focus();
    }
    look(drawer.open ? drawer : $("#main"));
    arrived(doc);
  });

  // The opener is known by its click; a failure to load leaves none behind.
  doc.addEventListener("htmx:error", (event) => {
    opener = drawer.open ? opener : null;
    const quiet = event.detail && event.detail.ctx && event.detail.ctx.sourceElement;
    if (quiet && quiet.matches("[data-live], [data-poll]")) return;
    const box = doc.createElement("div");
    box.className = "toast toast-bad";
    box.setAttribute("role", "alert");
    box.setAttribute("data-toast", "");
    box.setAttribute("data-failure", "unreachable");
    box.textContent = words.wordsOffline;
    const close = doc.createElement("button");
    close.type = "button";
    close.className = "button button-small";
    close.setAttribute("data-dismiss", "");
    close.textContent = "×";
    close.setAttribute("aria-label", words.wordsDismiss);
    box.append(close);
    $("#toasts").append(box);
  });

  arrived(doc);
  look($("#main"));
  setInterval(() => times(doc), 1000);
  setInterval(poll, 500);
})();
