// Live tables: each record is shown once (the newest version of its row), at most 500 rows stay, and while the event
// stream is disconnected the page polls its parts every ten seconds ("sluice:poll"). Records that were read and are not
// in the table are counted: read in all, minus the rows of the same count ("data-since").
(() => {
  const trim = (body) => {
    const seen = new Set();
    for (const row of [...body.rows]) {
      if (seen.has(row.id) || seen.size >= Number(body.dataset.mostRows)) row.remove();
      else seen.add(row.id);
    }
    const empty = document.querySelector("[data-records-empty]");
    if (empty) empty.hidden = body.rows.length > 0;
  };
  const formatted = (number) => number.toLocaleString("en");
  const count = () => {
    const total = document.querySelector("[data-record-total]");
    if (!total) return;
    const listed = document.querySelectorAll(`[data-most-rows] > tr[data-since="${total.dataset.since}"]`).length;
    const unlisted = Math.max(0, Number(total.dataset.recordTotal) - listed);
    const counts = document.querySelector("[data-records-listed]");
    counts.textContent = `: ${formatted(listed)} listed, ${formatted(unlisted)} not listed`;
  };
  const check = (event) => {
    const body = event.target.closest?.("[data-most-rows]");
    if (body) trim(body);
    count();
  };
  document.addEventListener("htmx:sseMessage", check);
  document.addEventListener("htmx:afterSwap", check);
  document.addEventListener("htmx:afterSettle", check);
  setInterval(() => {
    if (document.querySelector("[data-live].is-lost")) htmx.trigger(document.body, "sluice:poll");
  }, 10_000);
})();
