// What a page measures: its width, the contrast of its words, the size of what is pressed.
() => {
  const parts = (text) => text.match(/[\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => ((c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parts(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] > 0.5) return colour;
    }
    return [255, 255, 255];
  };
  const seen = (element) => element.checkVisibility() && element.getBoundingClientRect().width > 1;
  const pale = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !seen(element) || element.matches(":disabled, .skip")) continue;
    const pair = [light(parts(getComputedStyle(element).color)), light(behind(element))].sort((a, b) => b - a);
    const ratio = (pair[0] + 0.05) / (pair[1] + 0.05);
    if (ratio < 4.5) pale.push(`${walker.currentNode.data.trim().slice(0, 20)} ${ratio.toFixed(2)}`);
  }
  const small = [];
  for (const element of document.querySelectorAll(".btn, .chip, .tabs a, .list > li > a, summary, .choice, select, main input, textarea")) {
    if (!seen(element) || element.matches(".choice input, .pick")) continue;
    const { height } = element.getBoundingClientRect();
    if (height < 59.5) small.push(`${(element.textContent || element.name).trim().slice(0, 20)} ${height.toFixed(0)}`);
  }
  return { width: document.documentElement.scrollWidth, pale, small };
}
