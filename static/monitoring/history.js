// The form that starts reading a stream's history: shows the fields that the chosen start needs, and offers the reader's
// own time zone until one was chosen.
(() => {
  const update = (form) => {
    const from = form.elements.namedItem("from").value;
    for (const field of form.querySelectorAll("[data-for]"))
      field.hidden = !field.dataset.for.split(" ").includes(from);
  };
  const chooseOwnZone = (select) => {
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if ([...select.options].some((option) => option.value === own)) select.value = own;
  };
  for (const form of document.querySelectorAll("[data-history-form]")) {
    form.querySelectorAll("[data-own-zone]").forEach(chooseOwnZone);
    form.addEventListener("change", () => update(form));
    update(form);
  }
})();
