// Large print only: reads the page aloud, and shows a long form one group of questions at a time. Nothing depends on it.
"use strict";
(() => {
  const main = document.querySelector("main");
  const button = (text, kind) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = `btn ${kind}`;
    made.textContent = text;
    return made;
  };

  // Offered only where the phone has a Chinese voice; a line at a time, since long speeches break off.
  const speech = window.speechSynthesis;
  if (main && speech) {
    const reader = button("听一听这一页", "plain wide no-print");
    const voice = () => speech.getVoices().find((each) => /^(zh|cmn)/i.test(each.lang));
    const offer = () => (reader.hidden = !voice());
    const rest = () => (reader.textContent = "听一听这一页");
    reader.dataset.read = "";
    reader.addEventListener("click", () => {
      const reading = speech.speaking || speech.pending;
      speech.cancel();
      if (reading) return rest();
      const lines = main.innerText.split("\n").map((line) => line.trim());
      for (const line of lines.filter((line) => line && line !== reader.textContent)) {
        const said = new SpeechSynthesisUtterance(line);
        said.lang = "zh-CN";
        said.voice = voice();
        said.rate = 0.9;
        said.addEventListener("end", () => speech.pending || rest());
        speech.speak(said);
      }
      reader.textContent = "停下来";
    });
    speech.addEventListener?.("voiceschanged", offer);
    window.addEventListener("pagehide", () => speech.cancel());
    offer();
    main.prepend(reader);
  }

  for (const form of document.querySelectorAll("form[data-screens]")) {
    const parts = [...form.children].filter((part) => part.matches("section.card"));
    if (parts.length < 2) continue;
    const last = parts.length - 1;
    const after = [...form.children].slice([...form.children].indexOf(parts[last]) + 1);
    const where = document.createElement("p");
    where.className = "soft";
    where.setAttribute("role", "status");
    const back = button("上一步", "plain");
    const on = button("下一步", "");
    const bar = document.createElement("div");
    bar.className = "screens";
    bar.append(back, on);
    parts[0].before(where);
    parts[last].after(bar);
    let at = Math.max(0, parts.findIndex((part) => part.querySelector(".wrong")));
    const show = (next) => {
      at = next;
      parts.forEach((part, place) => (part.hidden = place !== at));
      after.forEach((part) => (part.hidden = at !== last));
      back.hidden = at === 0;
      on.hidden = at === last;
      where.textContent = `第 ${at + 1} 步，共 ${parts.length} 步`;
    };
    const go = (next) => {
      show(next);
      const head = parts[at].querySelector("h2, legend, label");
      head?.setAttribute("tabindex", "-1");
      head?.focus({ preventScroll: true });
      where.scrollIntoView();
    };
    back.addEventListener("click", () => go(at - 1));
    on.addEventListener("click", () => go(at + 1));
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || at === last || !event.target.matches("input")) return;
      event.preventDefault();
      go(at + 1);
    });
    show(at);
  }
})();
