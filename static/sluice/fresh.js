// What only a process can say expires by itself: after the moment in data-expires, its [data-expiring] box is .is-expired.
// The clock is the server's: <meta name="server-time"> has its time at rendering, so a wrong clock here does no harm.
// Events: "sluice:expired" on the body when a box of the page expires; boxes with data-expiring="page" concern all of it.
(() => {
  const rendered = Date.parse(document.querySelector("meta[name=server-time]")?.content ?? "");
  const [visit] = performance.getEntriesByType("navigation");
  const skew = Number.isNaN(rendered) ? 0 : rendered - (performance.timeOrigin + (visit?.responseStart ?? 0));
  const now = () => Date.now() + skew;
  let latest = 0;

  const check = () => {
    let some = false;
    for (const mark of document.querySelectorAll("[data-expires]")) {
      const box = mark.closest("[data-expiring]");
      if (!box) continue;
      const expired = now() >= Date.parse(mark.dataset.expires);
      some ||= expired && !box.classList.contains("is-expired");
      box.classList.toggle("is-expired", expired);
    }
    const boxes = [...document.querySelectorAll("[data-expiring]")];
    const rows = boxes.filter((box) => box.dataset.expiring !== "page");
    const isExpired = (box) => box.classList.contains("is-expired");
    const whole = boxes.some((box) => box.dataset.expiring === "page" && isExpired(box));
    document.body.classList.toggle("has-expired", whole || (rows.length > 0 && rows.every(isExpired)));
    if (some && Date.now() - latest > 5000) {
      latest = Date.now();
      htmx.trigger(document.body, "sluice:expired");
    }
  };
  check();
  setInterval(check, 1000);
  document.addEventListener("htmx:afterSettle", check);
})();
