// Progressive enhancement only: every page works without this file.
"use strict";
(() => {
  const answers = (form, name) =>
    [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)]
      .filter((input) => !["radio", "checkbox"].includes(input.type) || input.checked)
      .map((input) => input.value);

  // Questions asked only when another one has a certain answer.
  const follow = (form) => {
    for (const field of form.querySelectorAll("[data-when]")) {
      const wanted = field.dataset.anyOf.split(" ");
      field.hidden = !answers(form, field.dataset.when).some((value) => wanted.includes(value));
    }
  };

  for (const form of document.forms) {
    if (form.querySelector("[data-when]")) {
      for (const hint of form.querySelectorAll("[data-when] > [data-hint]")) hint.hidden = true;
      form.addEventListener("input", () => follow(form));
      follow(form);
    }
    form.addEventListener("submit", (event) => {
      const pressed = event.submitter;
      if (form.dataset.sent || (pressed?.dataset.confirm && !window.confirm(pressed.dataset.confirm))) {
        event.preventDefault();
      } else if (form.method === "post") {
        form.dataset.sent = "1";
        pressed?.setAttribute("aria-busy", "true");
      }
    });
  }
  // Back to a page the browser kept: its forms may be sent again.
  window.addEventListener("pageshow", () => {
    for (const form of document.forms) delete form.dataset.sent;
    for (const button of document.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  });

  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
  for (const select of document.querySelectorAll("[data-go] select")) {
    select.addEventListener("change", () => select.form.requestSubmit());
  }

  // Keys of the desk: a letter presses or focuses what carries it; j and k walk through a list.
  const walk = (by) => {
    const links = [...document.querySelectorAll("[data-row] a:first-of-type")];
    const at = links.indexOf(document.activeElement);
    links[Math.min(links.length - 1, Math.max(0, at + by))]?.focus();
  };
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "j" || event.key === "k") return walk(event.key === "j" ? 1 : -1);
    const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!target) return;
    event.preventDefault();
    if (target.matches("input, select, textarea, details")) target.focus();
    else target.click();
  });
})();
