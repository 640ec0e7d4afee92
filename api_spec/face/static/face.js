// Progressive enhancement only: every page works without this file.
"use strict";
(() => {
  const answers = (form, name) =>
    [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)]
      .filter((input) => !["radio", "checkbox"].includes(input.type) || input.checked)
      .map((input) => input.value);

  // Fields asked only when another field has a certain value.
  const follow = (form) => {
    for (const field of form.querySelectorAll("[data-when]")) {
      const wanted = field.dataset.anyOf.split(" ");
      field.hidden = !answers(form, field.dataset.when).some((value) => wanted.includes(value));
    }
  };

  for (const form of document.forms) {
    if (form.querySelector("[data-when]")) {
      form.addEventListener("input", () => follow(form));
      follow(form);
    }
    form.addEventListener("submit", (event) => {
      const pressed = event.submitter;
      if (pressed && pressed.dataset.confirm && !window.confirm(pressed.dataset.confirm)) {
        event.preventDefault();
        return;
      }
      if (form.method === "post") {
        if (form.dataset.sent) event.preventDefault();
        form.dataset.sent = "1";
      }
    });
  }
  window.addEventListener("pageshow", () => {
    for (const form of document.forms) delete form.dataset.sent;
  });
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!target) return;
    event.preventDefault();
    if (target.matches("input")) target.focus();
    else target.click();
  });
})();
