// A computer's own camera beside the file picker: look, take, and the picture goes where a chosen file goes.
"use strict";
(() => {
  if (!navigator.mediaDevices?.getUserMedia || matchMedia("(hover:none)").matches) return;
  const made = (name, kind, words = "") => Object.assign(document.createElement(name), { className: kind, textContent: words });
  const dialog = made("dialog", "camera-box");
  const view = document.createElement("video");
  const trouble = made("p", "wrong");
  const bar = made("div", "bar");
  const [shoot, other, done] = [["btn", "拍下来"], ["btn plain", "换一个摄像头"], ["btn plain", "不拍了"]].map(([kind, words]) => made("button", kind, words));
  for (const button of [shoot, other, done]) button.type = "button";
  view.muted = view.playsInline = true;
  trouble.setAttribute("role", "alert");
  dialog.setAttribute("aria-label", "用摄像头拍材料");
  bar.append(shoot, other, done);
  dialog.append(view, trouble, bar);
  document.body.append(dialog);

  let stream = null;
  let input = null;
  let which = 0;

  const stop = () => {
    stream?.getTracks().forEach((track) => track.stop());
    stream = view.srcObject = null;
  };
  const start = async () => {
    stop();
    trouble.textContent = "";
    shoot.disabled = true;
    try {
      const cameras = (await navigator.mediaDevices.enumerateDevices()).filter((each) => each.kind === "videoinput");
      const chosen = cameras[which % Math.max(1, cameras.length)]?.deviceId;
      other.hidden = cameras.length < 2;
      const size = { width: { ideal: 1920 }, height: { ideal: 1080 } };
      stream = await navigator.mediaDevices.getUserMedia({ video: chosen ? { ...size, deviceId: chosen } : { ...size, facingMode: "environment" } });
      if (!dialog.open) return stop();
      view.srcObject = stream;
      await view.play();
      shoot.disabled = false;
      shoot.focus();
    } catch {
      trouble.textContent = "摄像头打不开。请看线插好没有、别的程序有没有占着，或者用“选照片或文件”。";
    }
  };
  const take = () => {
    const sheet = document.createElement("canvas");
    sheet.width = view.videoWidth;
    sheet.height = view.videoHeight;
    sheet.getContext("2d").drawImage(view, 0, 0);
    sheet.toBlob((blob) => {
      const held = new DataTransfer();
      held.items.add(new File([blob], "camera.jpg", { type: "image/jpeg" }));
      input.files = held.files;
      dialog.close();
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }, "image/jpeg", 0.92);
  };
  shoot.addEventListener("click", take);
  done.addEventListener("click", () => dialog.close());
  other.addEventListener("click", () => {
    which += 1;
    start();
  });
  dialog.addEventListener("close", stop);

  for (const field of document.querySelectorAll("[data-photos]")) {
    const picker = [...field.querySelectorAll("input[type=file]")].at(-1);
    if (!picker) continue;
    const button = made("button", "btn plain", "用摄像头拍");
    button.type = "button";
    button.addEventListener("click", () => {
      input = picker;
      dialog.showModal();
      start();
    });
    picker.closest(".bar").prepend(button);
  }
})();
