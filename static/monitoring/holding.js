// Rows that a person points at, focuses, selects or has opened stay where they are. New ones wait, at most 500 of them,
// and are counted on a button that shows them. Nothing is lost to the count above the table: what waits is "not listed".
(() => {
  const MOST_ROWS = 500;
  const SAY_EVERY = 15_000;
  const body = document.querySelector("[data-holds-rows]");
  const button = document.querySelector("[data-show-held]");
  if (!body || !button) return;
  const passed = new WeakSet(); // rows that were open when the button was pressed hold no longer
  let events = []; // of the event stream, the newest last: their HTML and the ids of their rows
  let dropped = 0;
  let isPointedAt = false;
  let sayAt = 0;
  const formatted = (number) => number.toLocaleString("en");
  const isSelected = () => {
    const selection = getSelection();
    return !selection.isCollapsed && selection.containsNode(body, true);
  };
  const isOpen = () => [...body.querySelectorAll(".record-more[open]")].some((row) => !passed.has(row));
  const isHeld = () => isPointedAt || body.contains(document.activeElement) || isSelected() || isOpen();

  const waiting = () => new Set(events.flatMap(({ ids }) => ids));
  const say = (text) => {
    const region = document.querySelector("[data-announce]");
    if (region) region.textContent = text;
  };
  const show = () => {
    const count = waiting().size;
    const records = `new record${count + dropped === 1 ? "" : "s"}`;
    const text = dropped
      ? `Show the newest ${formatted(count)} of ${formatted(count + dropped)} ${records}`
      : `Show ${formatted(count)} ${records}`;
    button.classList.toggle("is-absent", count === 0);
    if (count === 0) return;
    button.querySelector("[data-label]").textContent = text;
    if (Date.now() < sayAt) return;
    sayAt = Date.now() + SAY_EVERY;
    say(`The rows are held. ${formatted(count + dropped)} ${records}.`);
  };
  const hold = (html) => {
    const known = waiting();
    const ids = [...html.matchAll(/<tr\s+id="(r-\w+)"/g)].map(([, id]) => id);
    const fresh = ids.filter((id) => !known.has(id) && !document.getElementById(id));
    if (fresh.length > 0) events.push({ html, ids: fresh });
    while (waiting().size > MOST_ROWS && events.length > 1) dropped += events.shift().ids.length;
    show();
  };
  const release = () => {
    const html = events.map((event) => event.html).reverse();
    const count = waiting().size;
    events = [];
    dropped = 0;
    sayAt = 0;
    show();
    if (html.length > 0) htmx.swap(body, html.join(""), { swapStyle: "afterbegin" });
    return count;
  };
  const check = () => {
    if (events.length > 0 && !isHeld()) release();
  };

  document.addEventListener("htmx:sseBeforeMessage", (event) => {
    if (event.target !== body || !isHeld()) return;
    event.preventDefault();
    hold(event.detail.data);
  });
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target !== body || !detail.shouldSwap || !isHeld()) return;
    detail.shouldSwap = false;
    hold(detail.serverResponse);
  });
  body.addEventListener("pointerenter", ({ pointerType }) => {
    isPointedAt = pointerType !== "touch"; // a finger does not hover: what it opens holds
  });
  body.addEventListener("pointerleave", () => {
    isPointedAt = false;
    setTimeout(check, 200);
  });
  body.addEventListener("focusout", () => setTimeout(check, 200));
  body.addEventListener("toggle", () => setTimeout(check, 200), true);
  document.addEventListener("selectionchange", () => setTimeout(check, 200));
  button.addEventListener("click", () => {
    for (const row of body.querySelectorAll(".record-more[open]")) passed.add(row);
    if (isSelected()) getSelection().removeAllRanges();
    isPointedAt = false;
    const count = release();
    say(`${formatted(count)} new record${count === 1 ? "" : "s"} shown.`);
    body.closest("[tabindex]").focus(); // the button is gone
  });
})();
