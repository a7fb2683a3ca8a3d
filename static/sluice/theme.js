// Runs before the first paint, so that no theme flashes. The key and its values are the Django admin's own.
(() => {
  const root = document.documentElement;
  const read = () => {
    try {
      return localStorage.getItem("theme") || "auto";
    } catch {
      return "auto";
    }
  };
  const write = (mode) => {
    try {
      localStorage.setItem("theme", mode);
    } catch {
      /* storage is off: lasts for this page */
    }
  };
  const show = () => {
    for (const button of document.querySelectorAll("[data-theme-set]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeSet === root.dataset.theme));
    }
  };
  root.classList.add("js");
  root.dataset.theme = read();
  document.addEventListener("DOMContentLoaded", show);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-set]");
    if (!button) return;
    root.dataset.theme = button.dataset.themeSet;
    write(button.dataset.themeSet);
    show();
  });
  addEventListener("storage", (event) => {
    if (event.key === "theme") {
      root.dataset.theme = event.newValue || "auto";
      show();
    }
  });
})();
