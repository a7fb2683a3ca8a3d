// Event streams that can be paused, come back by themselves, and say how they are.
// [data-live] shows the state (components/live.html); [data-live-pause] pauses and resumes every stream of the page.
// After a gap the body gets "sluice:resumed": let what may have missed something listen to it with hx-trigger.
(() => {
  // A request that the page makes by itself does not show that someone is there: the idle limit goes on.
  const ofPeople = new Set(["click", "submit", "change", "input", "keyup", "search", "toggle"]);
  document.addEventListener("htmx:configRequest", (event) => {
    const cause = event.detail.triggeringEvent;
    if (!cause || !ofPeople.has(cause.type)) event.detail.headers["Sluice-Refresh"] = "1";
  });

  const sources = new Set();
  let paused = false;

  const refusals = {
    404: "Not live: your access may have ended. Reload the page",
    429: "Not live: you have too many live pages open. Close some of them. Updating every few seconds",
    503: "Not live at the moment. Updating every few seconds",
  };

  const show = (state, text) => {
    for (const element of document.querySelectorAll("[data-live]")) {
      element.classList.remove("is-open", "is-paused", "is-lost");
      if (state) element.classList.add(state);
      element.querySelector("[data-live-state]").textContent = text;
    }
  };

  // What the htmx extension takes for an EventSource. It owns the real one, so the listeners outlive each connection.
  class Stream {
    constructor(url) {
      this.url = url;
      this.listeners = [];
      this.tries = 0;
      this.ended = false;
      this.isFollower = url.startsWith("/events/tenant/");
      sources.add(this);
      if (!paused) this.open();
    }
    // CONNECTING until it is closed for good: reconnecting is done here, not in the extension.
    get readyState() {
      if (this.ended) return EventSource.CLOSED;
      return this.inner?.readyState === EventSource.OPEN ? EventSource.OPEN : EventSource.CONNECTING;
    }
    open() {
      clearTimeout(this.timer);
      this.inner?.close(); // one connection at a time: an earlier one would stay open as long as the page
      if (this.isFollower && document.hidden) return;
      this.inner = new EventSource(this.url, { withCredentials: true });
      for (const [name, listener] of this.listeners) this.inner.addEventListener(name, listener);
      this.inner.onopen = (event) => this.opened(event);
      this.inner.onerror = (event) => this.lost(event);
    }
    opened(event) {
      const again = this.tries > 0 || this.resumed;
      this.tries = 0;
      this.resumed = false;
      show("is-open", "Live");
      this.onopen?.(event);
      if (again) htmx.trigger(document.body, "sluice:resumed");
    }
    lost(event) {
      // The browser closes what was answered with an error, and itself retries what was interrupted.
      const isRefused = this.inner.readyState === EventSource.CLOSED;
      this.inner.close();
      if (this.ended || paused) return;
      this.tries += 1;
      this.retry("Connection lost", Math.min(30, 2 ** this.tries) * (0.75 + Math.random() / 2));
      if (isRefused) this.explain();
      this.onerror?.(event);
    }
    retry(problem, wait) {
      show("is-lost", `${problem}. Retrying in ${Math.ceil(wait)} s`);
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.open(), wait * 1000);
    }
    // An EventSource does not say with which status it was refused, nor when to come again. Until then the page polls.
    async explain() {
      const request = new AbortController();
      const tries = this.tries;
      try {
        const answer = await fetch(this.url, { signal: request.signal });
        if (this.ended || paused || tries !== this.tries || !refusals[answer.status]) return;
        this.retry(refusals[answer.status], Number(answer.headers.get("Retry-After")) || 30);
      } catch {
        /* the connection is lost after all, as is shown */
      } finally {
        request.abort();
      }
    }
    addEventListener(name, listener) {
      this.listeners.push([name, listener]);
      this.inner?.addEventListener(name, listener);
    }
    removeEventListener(name, listener) {
      this.listeners = this.listeners.filter(([n, l]) => n !== name || l !== listener);
      this.inner?.removeEventListener(name, listener);
    }
    pause() {
      clearTimeout(this.timer);
      this.inner?.close();
    }
    resume() {
      this.resumed = true;
      this.open();
    }
    close() {
      this.ended = true;
      this.pause();
      sources.delete(this);
    }
  }

  htmx.createEventSource = (url) => new Stream(url);

  const toggle = () => {
    paused = !paused;
    for (const source of sources) {
      if (paused) source.pause();
      else source.resume();
    }
    show(paused ? "is-paused" : "", paused ? "Paused" : "Connecting…");
    for (const button of document.querySelectorAll("[data-live-pause]")) {
      button.setAttribute("aria-pressed", String(paused));
      button.querySelector("[data-label]").textContent = paused ? "Resume" : "Pause";
    }
  };
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-live-pause]")) toggle();
  });
  document.addEventListener("htmx:sseClose", (event) => {
    if (event.detail.type === "message") show("", "Finished");
  });
  // A browser opens six connections to a host at most (HTTP/1.1): pages that only follow their tenant need none while
  // they are hidden, and fetch what they missed when they are seen again.
  document.addEventListener("visibilitychange", () => {
    const followers = [...sources].filter((source) => source.isFollower);
    if (document.hidden) for (const source of followers) source.pause();
    else if (!paused) for (const source of followers) source.resume();
  });
  addEventListener("pagehide", () => {
    for (const source of sources) source.pause();
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted && !paused) for (const source of sources) source.resume();
  });
})();
