// The checklist of a guide: what is ticked stays ticked in this browser. The boxes work without this file.
"use strict";
(() => {
  const tally = document.querySelector("[data-tally]");
  const boxes = [...document.querySelectorAll("[data-tick]")];
  if (!tally || !boxes.length) return;
  const shelf = `bmt-ticks-${tally.dataset.tally}`;
  let kept = [];
  try {
    kept = JSON.parse(localStorage.getItem(shelf)) || [];
  } catch {
    // a browser that keeps nothing, or something else under this name
  }
  const ticked = new Set(Array.isArray(kept) ? kept : []);
  const show = () => {
    const ready = boxes.filter((box) => box.checked).length;
    tally.textContent = ready === boxes.length ? "都备好了" : `备好 ${ready}/${boxes.length}`;
    tally.hidden = false;
  };
  for (const box of boxes) {
    box.checked = ticked.has(box.dataset.tick);
    box.addEventListener("change", () => {
      if (box.checked) ticked.add(box.dataset.tick);
      else ticked.delete(box.dataset.tick);
      try {
        localStorage.setItem(shelf, JSON.stringify([...ticked]));
      } catch {
        // private browsing: ticked until the page is left
      }
      show();
    });
  }
  show();
})();
