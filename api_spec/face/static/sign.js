// A signature on the screen: strokes become a picture that goes with the form. Without this file one signs on paper.
"use strict";
(() => {
  for (const pad of document.querySelectorAll("[data-sign]")) {
    const canvas = pad.querySelector("canvas");
    const input = pad.querySelector("input[type=file]");
    const earlier = () => pad.parentElement.querySelectorAll('[data-photos="signature"] figure');
    const ink = canvas.getContext("2d");
    let last = null;
    let length = 0;

    const wipe = () => {
      ink.fillStyle = "#fff";
      ink.fillRect(0, 0, canvas.width, canvas.height);
      length = 0;
      input.value = "";
    };
    const at = (event) => {
      const box = canvas.getBoundingClientRect();
      return {
        x: ((event.clientX - box.left) * canvas.width) / box.width,
        y: ((event.clientY - box.top) * canvas.height) / box.height,
        width: event.pointerType === "pen" ? 2 + 6 * event.pressure : 5,
      };
    };
    const draw = (to) => {
      ink.strokeStyle = "#111";
      ink.lineCap = ink.lineJoin = "round";
      ink.lineWidth = to.width;
      ink.beginPath();
      ink.moveTo(last.x, last.y);
      ink.lineTo(to.x, to.y);
      ink.stroke();
      length += Math.hypot(to.x - last.x, to.y - last.y);
      last = to;
    };
    // A tap is no signature.
    const take = () => {
      if (length < 40) return;
      canvas.toBlob((blob) => {
        const held = new DataTransfer();
        held.items.add(new File([blob], "signature.png", { type: "image/png" }));
        input.files = held.files;
        earlier().forEach((figure) => figure.remove());
      }, "image/png");
    };

    canvas.addEventListener("pointerdown", (event) => {
      if (!event.isPrimary || event.button) return;
      event.preventDefault();
      canvas.setPointerCapture(event.pointerId);
      last = at(event);
      draw(last);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!last || !event.isPrimary) return;
      for (const each of event.getCoalescedEvents?.() ?? [event]) draw(at(each));
    });
    for (const end of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(end, () => {
        if (last) take();
        last = null;
      });
    }
    pad.querySelector("[data-wipe]").addEventListener("click", wipe);
    wipe();
    pad.hidden = false;
  }
})();
