// What autosave.js kept of a person in this browser is deleted when they sign out, on whichever page.
document.addEventListener("submit", ({ target }) => {
  const person = target.dataset.signOut;
  if (!person) return;
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith(`sluice:draft:${person}:`)) localStorage.removeItem(name);
  }
});

// A pop-up <details class="menu"> closes on Escape and on a click outside it. Without this it closes by its own summary.
(() => {
  const open = () => document.querySelectorAll("details.menu[open], details.bar-toggle[open]");
  document.addEventListener("click", (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
})();
