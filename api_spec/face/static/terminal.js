// The rating device: a low face asks what was not good, and goes off by itself when nobody answers. Without this file
// every face is sent at once.
"use strict";
(() => {
  const PATIENCE_MS = 12000;
  const form = document.querySelector("[data-terminal]");
  const [ask, why] = ["[data-ask]", "[data-why]"].map((each) => form.querySelector(each));
  let low = null;
  let timer = setInterval(() => location.reload(), form.dataset.terminal * 1000);

  const send = () => {
    clearTimeout(timer);
    form.requestSubmit(low);
  };
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(send, PATIENCE_MS);
  };
  form.addEventListener("submit", (event) => {
    if (low || !event.submitter?.matches("[data-low]")) return clearInterval(timer);
    event.preventDefault();
    event.stopImmediatePropagation();
    clearInterval(timer);
    low = event.submitter;
    ask.hidden = true;
    why.hidden = false;
    wait();
  }, true);
  form.addEventListener("change", wait);
  form.querySelector("[data-send]").addEventListener("click", send);
})();
