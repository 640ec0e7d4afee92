// Photos of a form: kept as soon as they are taken, shown, taken out again. The form works without this file.
"use strict";
(() => {
  for (const field of document.querySelectorAll("[data-photos]")) {
    const slot = field.dataset.photos;
    const shots = field.querySelector("[data-shots]");
    const trouble = field.querySelector("[data-trouble]");

    const say = (words) => {
      trouble.textContent = words;
      trouble.hidden = !words;
    };
    const changed = () => field.dispatchEvent(new Event("change", { bubbles: true }));

    const removable = (figure) => {
      const tick = figure.querySelector("input[type=checkbox]");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn plain small";
      button.textContent = "不要这张";
      button.addEventListener("click", () => {
        figure.remove();
        changed();
      });
      tick?.closest("label").replaceWith(button);
      if (!tick) figure.append(button);
    };

    const show = ({ value, sha, image }) => {
      if (shots.querySelector(`input[value="${CSS.escape(value)}"]`)) return;
      const figure = document.createElement("figure");
      figure.className = "shot";
      const link = document.createElement("a");
      link.href = `/photos/${sha}`;
      link.target = "_blank";
      link.rel = "noopener";
      if (image) {
        const picture = document.createElement("img");
        picture.src = link.href;
        picture.alt = "刚拍的照片";
        link.append(picture);
      } else {
        link.textContent = "文件";
      }
      const name = document.createElement("input");
      name.type = "hidden";
      name.name = `photo-${slot}`;
      name.value = value;
      figure.append(link, name);
      removable(figure);
      shots.append(figure);
    };

    // A file that could not be sent stays in its input and goes with the form.
    const keep = async (input) => {
      const form = input.form;
      const left = new DataTransfer();
      const troubles = [];
      form.dataset.busy = String(Number(form.dataset.busy ?? 0) + 1);
      for (const [at, file] of [...input.files].entries()) {
        say(`正在存第 ${at + 1} 张，共 ${input.files.length} 张……`);
        const body = new FormData();
        body.append(input.name, file);
        try {
          const answer = await fetch("/photos", { method: "POST", body });
          if (!answer.ok || answer.redirected) throw new Error("not kept");
          const told = await answer.json();
          told.kept.forEach(show);
          troubles.push(...told.refused);
        } catch {
          left.items.add(file);
        }
      }
      input.files = left.files;
      form.dataset.busy = String(Number(form.dataset.busy) - 1);
      if (left.files.length) troubles.push("照片还没有存上，交表时会再存一次。");
      say(troubles.join(""));
      changed();
    };

    field.classList.add("live");
    for (const figure of shots.children) removable(figure);
    for (const input of field.querySelectorAll("input[type=file]")) {
      input.addEventListener("change", (event) => {
        event.stopPropagation();
        if (input.files.length) keep(input);
      });
    }
  }

  // Whoever hands in while photos are being kept is asked to wait the second it takes.
  for (const form of document.forms) {
    form.addEventListener("submit", (event) => {
      if (!Number(form.dataset.busy ?? 0)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const pressed = event.submitter;
      setTimeout(() => form.requestSubmit(pressed), 300);
    }, true);
  }
})();
