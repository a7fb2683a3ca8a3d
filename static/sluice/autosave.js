// Drafts of the wizard: "Saved" is said by the answer to the save alone. What could not be saved is kept in this
// browser, for this person and page, shown as not saved, sent again, and restored after signing in.
// An element with data-autosave sends the form; the answer to one with data-autosave="page" replaces the page.
const SECRET_NAME = /secret|password|token|blob|private/iu;
const SECRET_VALUE = /-----BEGIN|\bA[KS]IA[A-Z0-9]{12,}|(?:^|[^A-Za-z0-9/+])[A-Za-z0-9/+]{40}(?:$|[^A-Za-z0-9/+=])/u;

(() => {
  const ours = new Set(["csrfmiddlewaretoken", "do", "turn"]);
  const prefix = (person) => `sluice:draft:${person}:`;
  let draft; // of the form that is on the page now
  let repicked = false; // a restored choice replaces the page once, not in circles

  const isSaved = (xhr) => Boolean(xhr?.getResponseHeader("HX-Trigger")?.includes("draft-saved"));
  const reasonOf = (xhr) => {
    if (!xhr?.status) return "offline";
    if (new URL(xhr.responseURL || location.href).pathname.startsWith("/accounts/login")) return "signed-out";
    return { 204: "elsewhere", 400: "refused", 403: "session", 413: "refused", 429: "often" }[xhr.status] ?? "error";
  };

  class Draft {
    constructor(form) {
      this.form = form;
      this.sender = form.querySelector("[data-autosave='']");
      this.key = prefix(form.dataset.draft) + location.pathname;
      this.turn = Number(form.elements.turn.value);
      this.box = form.querySelector("[data-unsaved]");
      this.tries = 0;
      this.sent = "";
      this.isSubmitted = false;
    }
    begin() {
      const copy = this.kept();
      const proceed = () => (copy ? this.restore(copy) : this.pick());
      if (copy?.isSubmitted && this.turn > copy.turn) localStorage.removeItem(this.key);
      else if (document.readyState === "complete") proceed();
      else addEventListener("load", proceed);
    }
    // A choice that was made before htmx listened has brought no page yet.
    pick() {
      const picked = this.form.querySelector(".pick:checked");
      const picker = this.form.querySelector("[data-autosave=page]");
      if (picked && picker && !picked.defaultChecked) htmx.trigger(picker, "save");
    }
    fields() {
      return [...new FormData(this.form)].filter(
        ([name, value]) =>
          typeof value === "string" && !ours.has(name) && !SECRET_NAME.test(name) && !SECRET_VALUE.test(value),
      );
    }
    keep(isSubmitted) {
      this.isSubmitted = isSubmitted;
      try {
        const copy = { turn: this.turn, isSubmitted, fields: this.fields(), at: Date.now() };
        localStorage.setItem(this.key, JSON.stringify(copy));
      } catch {
        /* storage is off or full: the input is only on the page */
      }
    }
    kept() {
      try {
        return JSON.parse(localStorage.getItem(this.key));
      } catch {
        return null;
      }
    }
    say(reason) {
      for (const part of this.box.querySelectorAll("[data-reason]")) part.hidden = part.dataset.reason !== reason;
      this.box.hidden = false;
      for (const note of document.querySelectorAll(".rail-note")) note.textContent = "Not saved.";
    }
    saved() {
      this.tries = 0;
      this.stop();
      this.box.hidden = true;
      if (!this.isRepicking && JSON.stringify(this.fields()) === this.sent) localStorage.removeItem(this.key);
    }
    failed(reason, sender = this.sender) {
      if (this.isSubmitted) return; // the page that follows ends a save that is under way
      this.keep(false);
      this.say(reason);
      this.stop();
      this.sender = sender;
      if (reason === "elsewhere" || reason === "refused") return; // not before something else is typed
      this.tries += 1;
      this.timer = setTimeout(() => this.send(), Math.min(30, 2 ** this.tries) * 1000);
    }
    send() {
      htmx.trigger(this.sender, "save");
    }
    stop() {
      clearTimeout(this.timer);
    }
    put(name, values) {
      for (const field of this.form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
        if (field.type === "hidden" || field.tagName === "BUTTON") continue;
        if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
        else field.value = values[0] ?? field.value;
      }
    }
    restore(copy) {
      const held = new Set(copy.fields.map(([name]) => name));
      const boxes = [...this.form.querySelectorAll("[type=checkbox]")].map((box) => box.name);
      const named = [...this.form.elements].map((field) => field.name);
      for (const name of new Set(named.filter((text) => text && !ours.has(text) && !SECRET_NAME.test(text)))) {
        if (!held.has(name) && !boxes.includes(name)) continue; // the copy is of a page without this field
        const values = copy.fields.filter(([field]) => field === name).map(([, value]) => value);
        this.put(name, values);
      }
      const picked = this.form.querySelector(".pick:checked");
      const picker = this.form.querySelector("[data-autosave=page]");
      if (picked && !picked.defaultChecked && !repicked) {
        repicked = true;
        this.isRepicking = true; // the rest of the copy is for the page that the answer brings
        this.sender = picker;
      }
      this.say("restored");
      this.send();
    }
  }

  const begin = () => {
    const form = document.querySelector("form[data-draft]");
    if (draft?.form === form) return;
    draft?.stop();
    draft = form?.querySelector("[data-autosave]") ? new Draft(form) : undefined;
    draft?.begin();
  };
  // Whether an answer of htmx is to a save of the form, by a sender or by a button that saves first.
  const isOurs = ({ elt, requestConfig }) =>
    draft?.form.contains(requestConfig?.elt ?? elt) &&
    requestConfig?.verb === "post" &&
    requestConfig.path === location.pathname;

  const entered = ({ target }) => {
    if (draft?.form.contains(target)) draft.keep(false);
  };
  document.addEventListener("input", entered);
  document.addEventListener("change", entered);
  document.addEventListener("submit", (event) => {
    if (!draft || event.target !== draft.form) return;
    if (navigator.onLine) {
      // The browser ends a save that is under way when it leaves the page. That is no error to report.
      if (draft.newest) draft.newest.onabort = null;
      return draft.keep(true);
    }
    event.preventDefault();
    draft.failed("offline");
  });
  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    if (!isOurs(detail)) return;
    draft.sent = JSON.stringify(draft.fields());
    draft.newest = detail.xhr;
  });
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    // An answer that did not save (a sign-in page) must not change this one.
    if (isOurs(detail) && !isSaved(detail.xhr)) detail.shouldSwap = false;
  });
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (!isOurs(detail)) return;
    if (isSaved(detail.xhr)) return draft.saved();
    const failed = draft;
    const sender = detail.requestConfig.elt.closest("[data-autosave]") ?? draft.sender;
    // A save that a later one replaces ends just before that one begins, and is no failure.
    setTimeout(() => {
      if (failed.newest === detail.xhr) failed.failed(reasonOf(detail.xhr), sender);
    });
  });
  document.addEventListener("htmx:afterSettle", begin);
  addEventListener("online", () => draft?.send());
  begin();
})();
