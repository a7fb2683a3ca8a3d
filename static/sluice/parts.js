// A part of a page that is fetched anew must not take away what a person is doing in it: a form that is opened, focused
// or filled in. Such a part stays as it is, and the page is fetched again as soon as the person is done.
(() => {
  const opened = new WeakSet(); // what a person opened or closed; what the page itself opens is not in use
  let isWaiting = false;
  const isChanged = (field) =>
    field.type === "checkbox" || field.type === "radio"
      ? field.checked !== field.defaultChecked
      : field.type !== "hidden" && "defaultValue" in field && field.value !== field.defaultValue;
  const isUsed = (form) =>
    opened.has(form.closest("details[open]")) ||
    (form.contains(document.activeElement) && document.activeElement.type !== "submit") ||
    [...form.elements].some(isChanged);
  const isInUse = (part) => [...part.querySelectorAll("form")].some(isUsed);

  document.addEventListener("click", ({ target }) => {
    const summary = target.closest("summary");
    if (summary) opened.add(summary.parentElement);
  });
  document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
    if (!isInUse(detail.target)) return;
    detail.shouldSwap = false;
    isWaiting = true;
  });
  setInterval(() => {
    if (!isWaiting || isInUse(document.body)) return;
    isWaiting = false;
    htmx.trigger(document.body, "sluice:resumed");
  }, 1000);
})();
