// A form on its way: what is typed is kept by itself, as the draft the buttons keep. Works without this file.
"use strict";
(() => {
  // Kept ten seconds after the last key, and when the page is left.
  for (const form of document.querySelectorAll("form[data-draft]")) {
    const said = document.querySelector("[data-saved]");
    let timer = 0;
    let dirty = false;
    const body = () => {
      const sent = new URLSearchParams(new FormData(form));
      for (const name of [...sent.keys()]) if (name.startsWith("agree.")) sent.delete(name);
      sent.set("do", "auto");
      return sent;
    };
    const keep = async () => {
      dirty = false;
      try {
        const answer = await fetch(form.action, { method: "POST", body: body() });
        said.textContent = answer.status === 204 ? "已经自动存好，随时可以接着填。" : "还没有存上，请先别关。";
      } catch {
        said.textContent = "没有网络，还没有存上。连上网会再存。";
        dirty = true;
      }
    };
    form.addEventListener("input", () => {
      dirty = true;
      clearTimeout(timer);
      timer = setTimeout(keep, 10000);
    });
    form.addEventListener("submit", () => {
      dirty = false;
      clearTimeout(timer);
    });
    window.addEventListener("online", () => dirty && keep());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden" && dirty) {
        dirty = false;
        navigator.sendBeacon(form.action, body());
      }
    });
  }
})();
