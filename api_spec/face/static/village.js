// The village clerk's form: saved while it is filled in, walked through with Enter. The page works without it.
"use strict";
(() => {
  const QUIET_MS = 800;

  // Enter goes to the next field; Ctrl+Enter hands in. A scanner ends with Enter too and so moves on by itself.
  for (const form of document.querySelectorAll("form[data-fields]")) {
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      if (event.ctrlKey) {
        event.preventDefault();
        (form.querySelector('button[value="file"]') ?? form.querySelector(".bar button:not([type=button])"))?.click();
        return;
      }
      if (!event.target.matches("input:not([type=checkbox]):not([type=file]), select") || event.target.name === "who") return;
      event.preventDefault();
      const fields = [...form.querySelectorAll("input:not([type=hidden]), select, textarea")].filter(
        (field) => field.offsetParent && (field.type !== "radio" || field.checked || !answered(form, field.name)),
      );
      fields[fields.indexOf(event.target) + 1]?.focus();
    });
  }
  // What was wrong with a field is settled by whatever is typed there next; handing in looks at it again.
  for (const form of document.querySelectorAll("form[data-fields]")) {
    form.addEventListener("input", (event) => {
      const field = event.target.closest(".field.bad");
      field?.classList.remove("bad");
      field?.querySelectorAll(":scope > .wrong").forEach((words) => words.remove());
      event.target.removeAttribute("aria-invalid");
    });
  }
  function answered(form, name) {
    return form.querySelector(`[name="${CSS.escape(name)}"]:checked`);
  }

  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const line = form.querySelector("[data-autosaved]");
  let timer = 0;
  let under = null; // the save on its way
  let sent = content();
  let over = false; // somebody else has the turn
  let leaving = false; // with the form itself

  function content() {
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string" && name !== "who") body.append(name, value);
    }
    return body;
  }

  async function save() {
    const body = content();
    if (over || body.toString() === sent.toString()) return;
    body.append("do", "auto");
    let answer;
    try {
      answer = await fetch(form.action, { method: "POST", body });
    } catch {
      line.textContent = "现在存不上，请检查这台电脑的程序是否还开着。";
      return;
    }
    if (answer.redirected || !answer.headers.get("Content-Type")?.startsWith("application/json")) {
      line.textContent = "登录已过期：请在新标签页登录，再回到这里继续填。";
      return;
    }
    const told = await answer.json();
    line.textContent = told.said;
    if (!answer.ok) {
      over = Boolean(told.over);
      line.className = "say bad";
      return;
    }
    form.elements.version.value = told.version;
    sent = content();
    history.replaceState(null, "", told.where);
  }

  function soon(wait) {
    clearTimeout(timer);
    timer = setTimeout(() => {
      under = (under ?? Promise.resolve()).then(save).finally(() => (under = null));
    }, wait);
  }
  form.addEventListener("input", () => soon(QUIET_MS));
  form.addEventListener("change", () => soon(0));
  document.addEventListener("bmt:back", () => soon(0));
  // Whoever goes elsewhere in mid-word loses nothing either.
  addEventListener("pagehide", () => {
    const body = content();
    if (leaving || over || under || body.toString() === sent.toString()) return;
    body.append("do", "auto");
    navigator.sendBeacon(form.action, body);
  });

  // A save on its way has the form's number: wait for its answer before anything else is sent.
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    leaving = true;
    if (!under) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const pressed = event.submitter;
    under.then(() => form.requestSubmit(pressed));
  }, true);
})();
