// What a page measures: its width and the size of what is pressed.
() => {
  const seen = (element) => element.checkVisibility() && element.getBoundingClientRect().width > 1;
  const small = [];
  for (const element of document.querySelectorAll(".btn, .chip, .tabs a, .list > li > a, summary, .choice, select, main input, textarea")) {
    if (!seen(element) || element.matches(".choice input, .pick")) continue;
    const { height } = element.getBoundingClientRect();
    if (height < 59.5) small.push(`${(element.textContent || element.name).trim().slice(0, 20)} ${height.toFixed(0)}`);
  }
  return { width: document.documentElement.scrollWidth, small };
}
