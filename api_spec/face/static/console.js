// The desk: ticking rows by key, the list of keys, and the queue at the window kept fresh. Every page works without it.
"use strict";
(() => {
  const EVERY_MS = 10000;

  const keys = document.getElementById("keys");
  const picked = document.querySelector("[data-picked]");
  const count = () => {
    const number = document.querySelectorAll(".pick:checked").length;
    if (picked) picked.textContent = number ? `对选中的 ${number} 件：` : "对选中的：";
  };
  document.addEventListener("change", (event) => event.target.matches(".pick") && count());
  addEventListener("pageshow", count);

  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input:not([type=checkbox]), textarea, select")) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "?") keys?.showModal();
    if (event.key === "x") document.activeElement.closest("[data-row]")?.querySelector(".pick")?.click();
  });

  const line = document.querySelector("[data-line]");
  const show = (now) => {
    const ticket = line.querySelector("[data-ticket]");
    ticket.textContent = now.current ? `正在办 ${now.current.ticket} ${now.current.item_name}` : "没有叫号";
    const waiting = now.waiting.length;
    line.querySelector("[data-waiting]").textContent = waiting ? `${waiting} 人等候` : "没有人等";
    line.querySelector("button").disabled = !waiting && !now.current;
  };
  if (line) {
    setInterval(async () => {
      if (document.hidden) return;
      const answer = await fetch(line.dataset.line).catch(() => null);
      if (answer?.ok) show(await answer.json());
    }, EVERY_MS);
  }
})();
