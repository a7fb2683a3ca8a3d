// A wall display needs no one: it follows the event stream, turns its pages, and loads itself again when it has ended.
(() => {
  const screen = () => document.getElementById("wall");
  const isPaused = () => document.querySelector("[data-live].is-paused") !== null;
  let soon = 0;
  let turn = 0;
  const load = (url) => htmx.ajax("GET", url, { source: "#wall" });
  const later = () => {
    turn = setTimeout(() => {
      if (!isPaused()) load(screen().dataset.following);
      later();
    }, Number(screen().dataset.seconds) * 1000);
  };
  // Many events at once are one request, and the last of them is not missed.
  const refresh = () => {
    if (soon) return;
    soon = setTimeout(() => {
      soon = 0;
      load(screen().dataset.here);
    }, 2000);
  };
  // 404: the link was revoked or has expired. No #wall: the session has ended. The page that says so replaces this one.
  const end = () => {
    clearTimeout(soon);
    clearTimeout(turn);
    location.reload();
  };
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, target } = event.detail;
    if (target.id !== "wall") return;
    const isWall = xhr.status === 200 && xhr.responseText.includes('id="wall"');
    if (!isWall) event.detail.shouldSwap = false;
    if (xhr.status === 404 || (xhr.status === 200 && !isWall)) end();
  });
  document.addEventListener("htmx:sseMessage", refresh);
  document.addEventListener("htmx:sseError", refresh);
  document.addEventListener("sluice:resumed", refresh);
  document.addEventListener("sluice:expired", refresh);
  document.addEventListener("DOMContentLoaded", later);
})();
