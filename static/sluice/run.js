// A run's steps refresh when an event says so. While the event stream is not open they are asked for every three
// seconds instead, and every fifteen in any case, should an event get lost.
(() => {
  let ticks = 0;
  setInterval(() => {
    const steps = document.querySelector("[data-poll]");
    if (!steps || document.hidden) return;
    ticks += 1;
    const isOpen = document.querySelector("[data-live].is-open") !== null;
    if (!isOpen || ticks % 5 === 0) htmx.trigger(steps, "poll");
  }, 3000);
})();
