// A record that is opened in its row: what the row does not have is fetched, once, from where its link leads. A page of
// history that is still read is not drawn anew while one of its rows is open or focused.
(() => {
  const open = (event) => {
    const row = event.target;
    if (!row.matches?.(".record-more") || !row.open) return;
    const link = row.querySelector("[data-opens-record]");
    if (!link || row.dataset.isFetched) return;
    row.dataset.isFetched = "1";
    const target = link.closest(".record-detail");
    htmx.ajax("GET", link.href, { source: row, target, event });
  };
  document.addEventListener("toggle", open, true); // it does not bubble
  document.addEventListener("htmx:afterRequest", ({ target, detail }) => {
    if (!detail.successful && target.matches?.(".record-more")) delete target.dataset.isFetched;
  });
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const rows = detail.target.matches?.("#history") && detail.target.querySelector("tbody");
    if (!rows) return;
    if (rows.querySelector(".record-more[open]") || rows.contains(document.activeElement)) detail.shouldSwap = false;
  });
})();
