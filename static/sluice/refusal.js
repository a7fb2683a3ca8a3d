// What htmx requested and did not get: one notice beside the element that requested it, with what the answer says.
// Nothing is swapped, so what was typed stays. The next success of the same element takes the notice away.
// The wizard's saving while typing has a notice of its own (autosave.js).
(() => {
  const template = document.querySelector("template[data-refusal]");
  let shown = null;

  const isSignIn = (xhr) => new URL(xhr.responseURL || location.href).pathname.startsWith("/accounts/login");
  const withdraw = () => {
    shown?.notice.remove();
    shown = null;
  };
  // The error pages mark their text. An answer of something in between, such as a proxy, has none.
  const quote = (notice, page) => {
    const problem = page.querySelector("[data-refused]");
    if (!problem) return false;
    notice.querySelector("[data-title]").textContent = page.querySelector("h1").textContent;
    for (const paragraph of problem.querySelectorAll("p")) {
      const line = document.createElement("p");
      line.textContent = paragraph.textContent;
      notice.querySelector("[data-reason=answer]").append(line);
    }
    return true;
  };
  const place = (notice, source) => {
    (source.closest("table, .row, .actions") ?? source).before(notice);
    const { top, bottom } = notice.getBoundingClientRect();
    if (top < 0 || bottom > innerHeight) notice.scrollIntoView({ block: "center" });
  };
  const show = (source, reason, xhr) => {
    if (source.matches("[data-autosave]")) return;
    const notice = template.content.firstElementChild.cloneNode(true);
    const page = new DOMParser().parseFromString(xhr?.responseText ?? "", "text/html");
    const found = reason === "answer" && !quote(notice, page) ? "other" : reason;
    for (const part of notice.querySelectorAll("[data-reason]")) if (part.dataset.reason !== found) part.remove();
    // One notice, however many parts of a page that polls fail with it; what was pressed gets its own, each time.
    if (shown?.notice.textContent === notice.textContent && !source.matches("button, a, form")) return;
    withdraw();
    shown = { notice, source };
    place(notice, source);
  };

  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (!isSignIn(detail.xhr)) return;
    detail.shouldSwap = false;
    show(detail.requestConfig.elt, "signed-out", detail.xhr);
  });
  document.addEventListener("htmx:responseError", ({ detail }) => show(detail.elt, "answer", detail.xhr));
  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, ({ detail }) => show(detail.elt, "offline", detail.xhr));
  }
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    const isDone = detail.successful && !isSignIn(detail.xhr);
    if (shown && isDone && (detail.elt === shown.source || !shown.source.isConnected)) withdraw();
  });
})();
