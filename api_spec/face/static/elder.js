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

  // A card with many questions is cut into twos; questions that are not asked now make no screen of their own.
  const cut = (card) => {
    const fields = [...card.children].filter((part) => part.matches(".field"));
    if (fields.length <= 3) return [card];
    const groups = [];
    fields.forEach((field, place) => {
      if (place % 2 === 0) {
        groups.push(document.createElement("div"));
        field.before(groups.at(-1));
      }
      groups.at(-1).append(field);
    });
    return groups;
  };
  const asked = (part) => !part.matches("div") || [...part.children].some((field) => !field.hidden);

  for (const form of document.querySelectorAll("form[data-screens]")) {
    const cards = [...form.children].filter((part) => part.matches("section.card"));
    const parts = cards.flatMap(cut);
    if (parts.length < 2) continue;
    const last = parts.length - 1;
    const after = [...form.children].slice([...form.children].indexOf(cards.at(-1)) + 1);
    const where = document.createElement("p");
    where.className = "soft";
    where.setAttribute("role", "status");
    const back = button("上一步", "plain");
    const on = button("下一步", "");
    const bar = document.createElement("div");
    bar.className = "screens";
    bar.append(back, on);
    cards[0].before(where);
    cards.at(-1).after(bar);
    let at = Math.max(0, parts.findIndex((part) => part.querySelector(".wrong")));
    const show = () => {
      for (const card of cards) card.hidden = !card.contains(parts[at]);
      for (const part of parts) if (!cards.includes(part)) part.hidden = part !== parts[at];
      for (const part of after) part.hidden = at !== last;
      back.hidden = at === 0;
      on.hidden = at === last;
      where.textContent = `第 ${at + 1} 步，共 ${parts.length} 步`;
    };
    const go = (by) => {
      at += by;
      while (!asked(parts[at]) && parts[at + by]) at += by;
      show();
      where.scrollIntoView();
      const first = parts[at].querySelector("legend, label, h2");
      first?.setAttribute("tabindex", "-1");
      first?.focus({ preventScroll: true });
    };
    back.addEventListener("click", () => go(-1));
    on.addEventListener("click", () => go(1));
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || at === last || !event.target.matches("input")) return;
      event.preventDefault();
      go(1);
    });
    show();
  }
})();
