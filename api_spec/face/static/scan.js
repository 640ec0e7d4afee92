// Scanners and card readers type fast, like a keyboard, wherever the cursor is: a slip opens its case, an identity card
// fills in the form or finds its owner. Letters typed by hand are held for a moment and then go on to the page's keys.
"use strict";
(() => {
  const GAP_MS = 50;
  const LEAST = 8;
  const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const NOT_A_NAME = /^(姓名|性别|民族|出生|出生日期|住址|地址|公民身份号码|身份证号|男|女|.*族|汉)$/;
  const search = document.querySelector("form[role=search]");
  let burst = "";
  let field = null; // where it is being typed, and what stood there before
  let before = "";
  let last = -Infinity;
  let timer = 0;

  const genuine = (number) => {
    const sum = WEIGHTS.reduce((total, weight, at) => total + weight * number[at], 0);
    return "10X98765432"[sum % 11] === number[17];
  };
  const card = (text) => {
    const number = text.toUpperCase().match(/\d{17}[\dX]/)?.[0];
    if (!number || !genuine(number)) return null;
    const words = text.split(/[\s,，|/#;；:：^$]+/).filter((word) => /^[\u4e00-\u9fff·]/.test(word));
    return {
      number,
      name: words.find((word) => /^[\u4e00-\u9fff·]{2,15}$/.test(word) && !NOT_A_NAME.test(word)) ?? "",
      address: words.find((word) => word.length > 5 && /[省市县镇乡村路组]/.test(word)) ?? "",
    };
  };
  const slip = (text) => /\/c\/[0-9a-z-]{20,}/i.test(text) || text.startsWith("GT1:") || /^[0-9A-HJKMNP-TV-Z]{20}$/i.test(text);
  const ticket = (text) => /\/q\/[0-9a-z]{10}\b/i.test(text);

  const put = (name, value) => {
    const input = value && document.getElementById(name);
    if (!input) return;
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const find = (text) => {
    search.elements.q.value = text;
    search.requestSubmit();
  };
  const say = (words) => {
    const line = document.querySelector("[data-scanned]") ?? document.createElement("p");
    line.dataset.scanned = "";
    line.className = "say warn";
    line.setAttribute("role", "alert");
    line.textContent = words;
    search.after(line);
    line.scrollIntoView({ block: "center" });
  };

  // Gives whether the text was understood. A number's own field keeps what is scanned into it.
  const take = (text, into) => {
    const person = card(text);
    if (!person && !slip(text) && !ticket(text)) return false;
    if (into && (into.form === search || into.name === "who")) return false;
    const numbered = into && /number/.test(into.name);
    if (into) into.value = before;
    if (ticket(text)) say("这是镇大厅的排队小票，村里用不上。查办件请扫收件回执。");
    else if (!person) find(text);
    else if (numbered && person.name === "") put(into.id, person.number);
    else if (document.getElementById("number")?.form?.matches("[data-fields]")) {
      const whose = into?.name.startsWith("agent_") ? "agent_" : "";
      put(`${whose}name`, person.name);
      put(`${whose}number`, person.number);
      put(`${whose}address`, person.address);
      document.getElementById(`${whose}phone`)?.focus();
    } else find(person.number);
    return true;
  };

  const forget = () => {
    clearTimeout(timer);
    burst = "";
    field = null;
  };
  // No key followed in time: a hand, or a scanner that sends no Enter.
  const release = () => {
    const keys = [...burst];
    const text = burst;
    forget();
    if (text.length >= LEAST && take(text, null)) return;
    for (const key of keys) {
      (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    }
  };

  window.addEventListener("keydown", (event) => {
    const other = event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat;
    if (!event.isTrusted || other || document.querySelector("dialog[open]")) return;
    if (event.timeStamp - last > GAP_MS && field) forget();
    if (event.key === "Enter" || event.key === "Tab") {
      const text = burst;
      const into = field;
      forget();
      if (text.length < LEAST || !take(text, into)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    if (event.key.length !== 1 || (event.key === " " && !burst)) return;
    last = event.timeStamp;
    const typed = event.target.matches?.("input:not([type=radio]):not([type=checkbox]), textarea, select");
    if (typed) {
      if (!burst) {
        field = event.target;
        before = field.value;
      }
      burst += event.key;
      return;
    }
    // On an option a digit chooses at once.
    if (event.target.matches?.("input") && !burst && /[1-9]/.test(event.key)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    burst += event.key;
    clearTimeout(timer);
    timer = setTimeout(release, GAP_MS);
  }, true);
})();
