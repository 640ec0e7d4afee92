// The hall's screen, kiosk and calling page. Without this file the pages reload by themselves and stay silent.
"use strict";
(() => {
  const POLL_MS = 2000;
  const SPOKEN_TWICE = 2;

  // A desk's page is fresh every few seconds, unless somebody is choosing or typing in it.
  const desk = document.querySelector("[data-reload-s]");
  if (desk) {
    let touched = false;
    document.addEventListener("input", () => (touched = true));
    setInterval(() => {
      const typing = document.activeElement?.matches("input, select, textarea");
      const busy = touched || typing || window.speechSynthesis?.speaking;
      if (!busy && !document.hidden && !document.querySelector("[aria-busy]")) location.reload();
    }, desk.dataset.reloadS * 1000);
  }

  if (document.querySelector("[data-autoprint]")) window.print();

  // A kiosk is at its start again when nobody has touched it for a while.
  const kiosk = document.querySelector("[data-back-s]");
  if (kiosk) {
    let timer = 0;
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => location.replace("/kiosk"), kiosk.dataset.backS * 1000);
    };
    ["pointerdown", "keydown", "input"].forEach((kind) => document.addEventListener(kind, wait));
    wait();
  }

  const screen = document.querySelector("[data-screen]");
  if (!screen) return;

  const element = (name, text, kind) => {
    const made = document.createElement(name);
    if (kind) made.className = kind;
    made.textContent = text;
    return made;
  };
  const joined = (name, parts, kind) => {
    const made = element(name, "", kind);
    made.append(...parts);
    return made;
  };

  // Sound: browsers ask for one touch before a page may be heard.
  const Audio = window.AudioContext;
  const audio = Audio ? new Audio() : null;
  const button = document.querySelector("[data-sound]");
  const offer = () => (button.hidden = !audio || audio.state === "running");
  button.addEventListener("click", () => audio.resume().then(offer));
  if (audio) audio.addEventListener("statechange", offer);
  offer();

  const chime = () => {
    if (!audio || audio.state !== "running") return;
    [[880, 0], [660, 0.35]].forEach(([pitch, wait]) => {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      const begin = audio.currentTime + wait;
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0.4, begin);
      volume.gain.exponentialRampToValueAtTime(0.001, begin + 0.6);
      tone.connect(volume).connect(audio.destination);
      tone.start(begin);
      tone.stop(begin + 0.6);
    });
  };
  const say = (text) => {
    if (!window.speechSynthesis) return;
    for (let time = 0; time < SPOKEN_TWICE; time += 1) {
      const words = new SpeechSynthesisUtterance(text);
      words.lang = "zh-CN";
      words.rate = 0.9;
      window.speechSynthesis.speak(words);
    }
  };

  const calls = document.querySelector("[data-calls]");
  const windows = document.querySelector("[data-windows]");
  const queues = document.querySelector("[data-queues]");
  const lost = document.querySelector("[data-lost]");
  let heard = null; // what was read out already; null before the first look, so that a reload does not shout
  let etag = "";

  const announce = (now) => {
    const keys = new Set(now.calls.filter((call) => call.stands).map((call) => `${call.ticket}/${call.window}/${call.times}`));
    if (heard) {
      const fresh = now.calls.filter((call) => call.stands && !heard.has(`${call.ticket}/${call.window}/${call.times}`));
      if (fresh.length) chime();
      fresh.reverse().forEach((call) => say(call.spoken));
    }
    heard = keys;
  };
  const short = (name) => name.replaceAll("窗口", "");
  const draw = (now) => {
    calls.replaceChildren(
      ...(now.calls.length
        ? now.calls.map((call) => {
            const where = joined("b", [`${call.window}号`, element("small", "窗口")]);
            const words = [element("b", call.ticket), element("span", call.stands ? "请到" : "刚叫"), where];
            return joined("p", words, call.stands ? "wall-call stands" : "wall-call");
          })
        : [element("p", "还没有叫号，请取号后在座位等候", "wall-none")]),
    );
    windows.replaceChildren(
      ...now.windows.map((one) => {
        const state = one.ticket || (one.working ? "空闲" : "未开");
        return joined("p", [element("b", one.window), element("span", short(one.name)), element("strong", state)], one.ticket ? "busy" : "");
      }),
    );
    queues.replaceChildren(
      ...now.queues.map((queue) =>
        joined("p", [
          element("b", queue.letter),
          element("span", short(queue.name)),
          element("strong", `${queue.waiting} 人`),
          element("em", queue.resumes ? `${queue.resumes} 开始` : queue.wait),
        ]),
      ),
    );
  };

  const look = async () => {
    try {
      const headers = etag ? { "If-None-Match": etag } : {};
      const answer = await fetch(screen.dataset.screen, { headers, cache: "no-store" });
      if (answer.status === 401) return location.reload();
      if (answer.ok) {
        etag = answer.headers.get("ETag") || "";
        const now = await answer.json();
        announce(now);
        draw(now);
      }
      lost.hidden = answer.ok || answer.status === 304;
    } catch {
      lost.hidden = false;
    }
  };
  // A wall stays on for weeks: once a night it begins afresh, when the township answers.
  const STARTED = Date.now();
  const DAY_MS = 24 * 3600 * 1000;
  const clock = document.querySelector("[data-clock]");
  const date = document.querySelector("[data-date]");
  const local = (asked) => new Date().toLocaleString("zh-CN", { hour12: false, timeZone: "Asia/Shanghai", ...asked });
  const tick = () => {
    clock.textContent = local({ hour: "2-digit", minute: "2-digit" });
    date.textContent = local({ month: "long", day: "numeric", weekday: "long" });
    if (Date.now() - STARTED > DAY_MS && clock.textContent === "03:30" && lost.hidden) location.reload();
  };
  tick();
  look();
  setInterval(tick, 1000);
  setInterval(look, POLL_MS);
})();
