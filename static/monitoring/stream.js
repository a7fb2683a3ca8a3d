// Live tables: each record is shown once (the newest version of its row), at most 500 rows stay, and while the event
// stream is disconnected the page polls its parts every ten seconds ("sluice:poll"). Records that were read and are not
// in the table are counted: read in all, minus the rows of the same count ("data-since"). Of a board's rows, those that
// its page lists are replaced. Their sparklines get the board's scale; a row above it asks for the whole board anew.
(() => {
  const trim = (body) => {
    const seen = new Map();
    for (const row of [...body.rows]) {
      const newer = seen.get(row.id);
      if (newer && row.querySelector(".record-more[open]")) {
        row.dataset.since = newer.dataset.since; // what a person has opened stays open
        newer.replaceWith(row);
        seen.set(row.id, row);
      } else if (newer || seen.size >= Number(body.dataset.mostRows)) row.remove();
      else seen.set(row.id, row);
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
    document.querySelector("[data-records-listed]").textContent = `Shows ${formatted(listed)} of`;
    document.querySelector("[data-records-unlisted]").textContent = `, ${formatted(unlisted)} not listed`;
  };
  const check = (event) => {
    const body = event.target.closest?.("[data-most-rows]");
    if (body) trim(body);
    count();
  };
  document.addEventListener("htmx:sseMessage", check);
  document.addEventListener("htmx:afterSwap", check);
  document.addEventListener("htmx:afterSettle", check);
  // A board hears of every stream, also of those that its page does not list: for these there is nothing to replace.
  const leaveOutWhatIsNotListed = (event) => {
    if (!event.target.matches("[data-listed-only]")) return;
    const html = `<template>${event.detail.data}</template>`; // in which a row of a table may stand alone
    const message = new DOMParser().parseFromString(html, "text/html").querySelector("template");
    const parts = [...message.content.children];
    const listed = parts.filter((part) => document.getElementById(part.id));
    if (listed.length === parts.length) return;
    event.preventDefault();
    if (listed.length === 0) return;
    const kept = listed.map((part) => new XMLSerializer().serializeToString(part)).join("");
    htmx.swap(event.target, kept, { swapStyle: "none" });
  };
  document.addEventListener("htmx:sseBeforeMessage", leaveOutWhatIsNotListed);
  const scale = () => {
    for (const board of document.querySelectorAll("[data-top]")) {
      const top = Number(board.dataset.top);
      const box = `0 ${-1.06 * top} 100 ${1.12 * top}`;
      let isAbove = false;
      for (const line of board.querySelectorAll(".spark")) {
        if (line.getAttribute("viewBox") !== box) line.setAttribute("viewBox", box);
        isAbove ||= Number(line.dataset.peak) > top;
      }
      if (isAbove) htmx.trigger(document.body, "sluice:poll");
    }
  };
  document.addEventListener("htmx:oobAfterSwap", scale);
  setInterval(() => {
    if (document.querySelector("[data-live].is-lost")) htmx.trigger(document.body, "sluice:poll");
  }, 10_000);
})();
