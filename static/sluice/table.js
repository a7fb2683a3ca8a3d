// In a page with table[data-rows]: j and k go down and up, Enter follows (the focus is on the row's link), / goes to the filter.
(() => {
  const typing = (target) => target.closest("input, select, textarea, [contenteditable]");
  const links = () => [...document.querySelectorAll("table[data-rows] .row-link")];
  const move = (by) => {
    const all = links();
    const at = all.indexOf(document.activeElement);
    all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))]?.focus();
  };
  const filter = (event) => {
    const input = document.querySelector("[data-filter]");
    if (!input) return;
    event.preventDefault();
    input.focus();
    input.select();
  };
  const keys = new Map([
    ["/", filter],
    ["j", () => move(1)],
    ["k", () => move(-1)],
  ]);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && event.target.matches("[data-filter]")) event.target.blur();
    if (!typing(event.target)) keys.get(event.key)?.(event);
  });
})();
