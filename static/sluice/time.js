// <time datetime="…" data-relative> reads "3 minutes ago", with the moment in the reader's zone as its tooltip.
// <time datetime="…" data-clock> shows the time of day; <time datetime="…" data-local> shows the moment itself; <time datetime="…" data-since> counts up; data-until counts down.
// <time datetime="…" data-age> shows an age: "45 days".
(() => {
  const relative = new Intl.RelativeTimeFormat("en-GB", { numeric: "auto" });
  const absolute = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "long" });
  const local = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });
  const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
  const units = [
    ["day", 86_400],
    ["hour", 3600],
    ["minute", 60],
  ];
  const ago = (seconds) => {
    const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length * 0.95) || ["second", 1];
    if (unit === "second") return Math.abs(seconds) < 10 ? "just now" : relative.format(Math.round(seconds), unit);
    return relative.format(Math.round(seconds / size), unit);
  };
  const span = (seconds) => {
    const whole = Math.max(0, Math.round(seconds));
    return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
  };
  const age = (seconds) => {
    const [unit, size] = units.find(([, length]) => seconds >= length * 0.95) || ["second", 1];
    return new Intl.NumberFormat("en-GB", { style: "unit", unit, unitDisplay: "long" }).format(
      Math.max(0, Math.round(seconds / size)),
    );
  };
  const textOf = (element, moment) => {
    const seconds = (moment - Date.now()) / 1000;
    if ("since" in element.dataset) return span(-seconds);
    if ("until" in element.dataset) return span(seconds);
    if ("age" in element.dataset) return age(-seconds);
    if ("clock" in element.dataset) return clock.format(moment);
    return "local" in element.dataset ? local.format(moment) : ago(seconds);
  };
  const draw = (element) => {
    const moment = new Date(element.dateTime);
    if (Number.isNaN(moment.getTime())) return;
    const text = textOf(element, moment);
    if (element.textContent !== text) element.textContent = text;
    element.title ||= absolute.format(moment);
  };
  const slow = (root) =>
    root.querySelectorAll("time:is([data-relative], [data-local], [data-clock], [data-age])").forEach(draw);
  const fast = (root) => root.querySelectorAll("time[data-since], time[data-until]").forEach(draw);
  const all = (root) => {
    slow(root);
    fast(root);
  };
  all(document);
  document.addEventListener("htmx:load", (event) => all(event.detail.elt.parentNode || document));
  setInterval(() => slow(document), 30_000);
  setInterval(() => fast(document), 1000);
})();
