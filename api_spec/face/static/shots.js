// Photos of papers: made smaller, sent with a bar, again after a dead line. The forms work without this file.
"use strict";
(() => {
  const SIDE = 2000;
  const LARGE = 600 * 1024;

  // A camera's picture is far larger than a clerk needs; what cannot be drawn goes as it is.
  const smaller = async (file) => {
    if (!file.type.startsWith("image/") || file.size < LARGE) return file;
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      const made = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
      return made && made.size < file.size ? new File([made], "photo.jpg", { type: "image/jpeg" }) : file;
    } catch {
      return file;
    }
  };

  const post = (url, body, bar) =>
    new Promise((done, failed) => {
      const line = new XMLHttpRequest();
      line.open("POST", url);
      line.upload.onprogress = (event) => {
        if (event.lengthComputable) bar.value = (event.loaded / event.total) * 100;
      };
      line.onload = () => done(line);
      line.onerror = line.ontimeout = failed;
      line.timeout = 600000;
      line.send(body);
    });

  const parts = (input) => {
    const field = input.closest(".field");
    return { bar: field.querySelector("progress"), trouble: field.querySelector("[data-trouble]") };
  };
  const busy = (form, on) => {
    for (const button of form.querySelectorAll("button")) {
      button.disabled = on;
      if (!on) button.removeAttribute("aria-busy");
    }
  };

  const again = (input, trouble, send) => {
    trouble.hidden = false;
    trouble.textContent = "没有传上去，可能是网络断了。照片还在，";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn plain small";
    button.textContent = "再传一次";
    button.addEventListener("click", () => send(input));
    trouble.append(button);
  };

  // Sent as soon as it is taken; the paper's card is then drawn anew by the township.
  const sendNow = async (input) => {
    const { bar, trouble } = parts(input);
    const card = input.closest("[data-paper]");
    const body = new FormData();
    for (const file of input.files) body.append(input.name, await smaller(file), file.name);
    trouble.hidden = true;
    bar.hidden = false;
    busy(input.form, true);
    try {
      const line = await post(input.form.action, body, bar);
      const drawn = new DOMParser().parseFromString(line.responseText, "text/html");
      const fresh = drawn.querySelector(`[data-paper="${CSS.escape(card.dataset.paper)}"]`);
      if (!fresh) throw new Error("another page");
      for (const tick of card.querySelectorAll("input:checked")) {
        const same = fresh.querySelector(`[name="${CSS.escape(tick.name)}"][value="${CSS.escape(tick.value)}"]`);
        if (same) same.checked = true;
      }
      busy(input.form, false);
      card.replaceWith(fresh);
      watch(fresh);
      fresh.querySelector("input[type=file]").focus();
    } catch {
      bar.hidden = true;
      busy(input.form, false);
      again(input, trouble, sendNow);
    }
  };

  const watch = (where) => {
    for (const input of where.querySelectorAll("input[type=file]")) {
      input.addEventListener("change", () => input.files.length && sendNow(input));
    }
  };
  for (const form of document.querySelectorAll("form[data-shots=now]")) watch(form);

  // Made smaller one by one, then sent with the whole form.
  for (const form of document.querySelectorAll("form[data-shots=whole]")) {
    form.addEventListener("submit", async (event) => {
      const inputs = [...form.querySelectorAll("input[type=file]")].filter((input) => input.files.length);
      if (event.defaultPrevented || !inputs.length) return;
      event.preventDefault();
      const body = new FormData(form);
      for (const input of inputs) {
        body.delete(input.name);
        for (const file of input.files) body.append(input.name, await smaller(file), file.name);
      }
      const { bar, trouble } = parts(inputs[0]);
      bar.hidden = false;
      busy(form, true);
      try {
        const line = await post(form.action, body, bar);
        if (line.status >= 400) {
          const drawn = new DOMParser().parseFromString(line.responseText, "text/html");
          trouble.textContent = drawn.querySelector("[role=alert]")?.textContent.trim() || "没有交上，请再试一次。";
          trouble.hidden = false;
        } else {
          window.location.assign(line.responseURL);
          return;
        }
      } catch {
        again(inputs[0], trouble, () => form.requestSubmit());
      }
      bar.hidden = true;
      busy(form, false);
      delete form.dataset.sent;
    });
  }
})();
