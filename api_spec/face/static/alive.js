// Whether the program of this computer still answers: keeps the line at the top fresh, and keeps a form on the screen
// that could not be handed in. Without this file the browser says so itself, after a press.
"use strict";
(() => {
  const EVERY_MS = 5000;
  const PATIENCE_MS = 4000;
  const dead = document.querySelector("[data-dead]");
  const wait = { redirect: "follow", cache: "no-store" };
  let down = false;

  const told = (is_down) => {
    if (down && !is_down) document.dispatchEvent(new CustomEvent("bmt:back"));
    down = is_down;
    dead.hidden = !down;
    document.querySelector("[data-line]").hidden = down;
  };

  // The page of a computer that was started again asks for a sign-in: that is an answer, too.
  const ask = async () => {
    try {
      const answer = await fetch("/line", { ...wait, signal: AbortSignal.timeout(PATIENCE_MS) });
      told(false);
      return answer;
    } catch {
      told(true);
      return null;
    }
  };

  const fresh = async () => {
    const answer = await ask();
    if (!answer?.ok || answer.redirected) return;
    const line = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-line]");
    const shown = document.querySelector("[data-line]");
    if (line && line.textContent !== shown.textContent && !shown.contains(document.activeElement)) shown.replaceWith(line);
  };
  setInterval(() => document.hidden || fresh(), EVERY_MS);
  document.addEventListener("visibilitychange", () => document.hidden || fresh());

  // A form leaves the page only when somebody is there to take it.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "dialog" || form.dataset.taken) {
      delete form.dataset.taken;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (form.dataset.asking) return;
    form.dataset.asking = "1";
    const pressed = event.submitter;
    ask().then((answer) => {
      delete form.dataset.asking;
      if (!answer) return dead.scrollIntoView({ block: "center" });
      form.dataset.taken = "1";
      form.requestSubmit(pressed);
      delete form.dataset.taken;
    });
  }, true);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!down || !link || link.target || link.getAttribute("href").startsWith("#")) return;
    event.preventDefault();
    dead.scrollIntoView({ block: "center" });
  }, true);
})();
