// [data-copy="#id"] copies that element's text, with data-copy-lines each item and paragraph as a line;
// [data-download="#id" data-filename="policy.json"] saves it as a file.
(() => {
  const announce = (text) => {
    const region = document.querySelector("[data-announce]");
    if (region) region.textContent = text;
  };
  const linesOf = (element) => {
    const lines = [...element.querySelectorAll("li, p")].map((line) => line.textContent);
    return lines.map((line) => line.replace(/\s+/g, " ").trim()).join("\n"); // without a template's indentation
  };
  const textOf = (selector, isLines = false) => {
    const source = document.querySelector(selector);
    if (source && isLines) return linesOf(source);
    return source?.value ?? source?.textContent ?? "";
  };
  const selectAll = (selector) => getSelection().selectAllChildren(document.querySelector(selector));
  const flash = (button, text) => {
    const label = button.querySelector("[data-label]") || button;
    button.dataset.was ??= label.textContent;
    label.textContent = text;
    clearTimeout(button.timer);
    button.timer = setTimeout(() => {
      label.textContent = button.dataset.was;
    }, 2000);
  };
  const copy = async (button) => {
    try {
      await navigator.clipboard.writeText(textOf(button.dataset.copy, "copyLines" in button.dataset));
      flash(button, "Copied");
      announce("Copied to the clipboard.");
    } catch {
      selectAll(button.dataset.copy);
      flash(button, "Press Ctrl+C");
      announce("Your browser blocked copying. The text is selected: press Ctrl+C.");
    }
  };
  const download = (button) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([textOf(button.dataset.download)], { type: "text/plain" }));
    link.download = button.dataset.filename;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    announce(`Downloading ${button.dataset.filename}.`);
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy], [data-download]");
    if (button?.dataset.copy) copy(button);
    else if (button) download(button);
  });
})();
