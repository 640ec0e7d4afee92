// The clerk's keys: every action has one and shows it, Alt and a digit goes to a list, "?" tells all. face.js presses them.
"use strict";
(() => {
  // Keys that open something of the browser's over a form; nothing here is done with them.
  const OFF = new Set(["F1", "F3", "F6", "F7", "F10"]);
  const FIXED = [
    ["Alt 1～6", "换栏目"],
    ["j　k", "在列表里往下、往上，回车打开"],
    ["回车", "填表时到下一格"],
    ["1　2　3", "停在选项上时，直接选第几个"],
    ["Ctrl 回车", "收件，或登记这一栏"],
    ["Ctrl s", "先存草稿"],
    ["Esc", "离开输入框，字母键又能用"],
  ];
  const list = document.querySelector("[data-keys-list]");
  const open = document.querySelector("[data-keys]");
  const typing = (target) => target.matches?.("input, textarea, select");

  const name = (element) => {
    const copy = element.cloneNode(true);
    copy.querySelectorAll("kbd").forEach((each) => each.remove());
    return copy.textContent.trim() || element.getAttribute("aria-label") || document.querySelector(`label[for="${element.id}"]`)?.textContent.trim();
  };
  // What has no letter of its own gets a digit, as far as they go; what a fold hides gets one when it opens.
  const number = () => {
    const digits = [..."123456789"].filter((digit) => !document.querySelector(`[data-key="${digit}"]`));
    for (const each of document.querySelectorAll("main :is(.btn, details > summary):not([data-key], [data-photos] *)")) {
      if (!digits.length) return;
      if (!each.offsetParent || each.querySelector("kbd") || each.closest(".list, [data-sign]")) continue;
      each.dataset.key = digits.shift();
      each.setAttribute("aria-keyshortcuts", each.dataset.key);
      const cap = Object.assign(document.createElement("kbd"), { textContent: each.dataset.key });
      cap.setAttribute("aria-hidden", "true");
      each.append(" ", cap);
    }
  };
  number();
  document.addEventListener("toggle", number, true);

  const show = () => {
    const own = [...document.querySelectorAll("[data-key]")]
      .filter((each) => each.offsetParent)
      .map((each) => [each.dataset.key, name(each)]);
    list.querySelector("dl").replaceChildren(
      ...[...own, ...FIXED].flatMap(([key, words]) => {
        const cap = document.createElement("dt");
        cap.append(Object.assign(document.createElement("kbd"), { textContent: key }));
        return [cap, Object.assign(document.createElement("dd"), { textContent: words })];
      }),
    );
    list.showModal();
  };
  open.hidden = false;
  open.addEventListener("click", show);

  document.addEventListener("keydown", (event) => {
    if (OFF.has(event.key)) return event.preventDefault();
    if (event.altKey && !event.ctrlKey && /^Digit[1-9]$/.test(event.code)) {
      const tab = document.querySelectorAll("nav.tabs a")[event.code.slice(5) - 1];
      if (tab) event.preventDefault();
      return tab?.click();
    }
    if (event.ctrlKey && event.key === "s") {
      event.preventDefault();
      return document.querySelector('button[value="save"]')?.click();
    }
    if (event.key === "Escape" && typing(event.target)) return event.target.blur();
    if (event.key === "?" && !typing(event.target) && !list.open) show();
    if (event.target.type === "radio" && /^[1-9]$/.test(event.key) && !event.altKey && !event.ctrlKey) {
      const chosen = event.target.form?.querySelectorAll(`[name="${CSS.escape(event.target.name)}"]`)[event.key - 1];
      chosen?.focus();
      chosen?.click();
    }
  });
})();
