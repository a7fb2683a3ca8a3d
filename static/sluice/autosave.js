// Drafts of the wizard: "Saved" is said by the answer to the save alone. What could not be saved is kept in this
// browser, for this person and page, shown as not saved, sent again, and restored after signing in.
const SECRET_NAME = /secret|password|token|blob|private/iu;
const SECRET_VALUE = /-----BEGIN|\bA[KS]IA[A-Z0-9]{12,}|(?:^|[^A-Za-z0-9/+])[A-Za-z0-9/+]{40}(?:$|[^A-Za-z0-9/+=])/u;

(() => {
  const form = document.querySelector("form[data-draft]");
  const sender = form?.querySelector("[data-autosave]");
  const prefix = (person) => `sluice:draft:${person}:`;
  const ours = new Set(["csrfmiddlewaretoken", "do", "turn"]);

  const forget = (test) => {
    for (const name of Object.keys(localStorage)) if (test(name)) localStorage.removeItem(name);
  };
  document.addEventListener("submit", (event) => {
    const person = event.target.dataset.signOut;
    if (person) forget((name) => name.startsWith(prefix(person)));
  });
  if (!sender) return; // a page without saving while typing

  const key = prefix(form.dataset.draft) + location.pathname;
  const turn = Number(form.elements.turn.value);
  const box = form.querySelector("[data-unsaved]");
  let tries = 0;
  let timer;
  let sent = "";

  const fields = () =>
    [...new FormData(form)].filter(
      ([name, value]) =>
        typeof value === "string" && !ours.has(name) && !SECRET_NAME.test(name) && !SECRET_VALUE.test(value),
    );
  const keep = (isSubmitted) => {
    try {
      localStorage.setItem(key, JSON.stringify({ turn, isSubmitted, fields: fields(), at: Date.now() }));
    } catch {
      /* storage is off or full: the input is only on the page */
    }
  };
  const kept = () => {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  };
  const say = (reason) => {
    for (const words of box.querySelectorAll("[data-reason]")) words.hidden = words.dataset.reason !== reason;
    box.hidden = false;
    for (const note of document.querySelectorAll(".rail-note")) note.textContent = "Not saved.";
  };
  const saved = () => {
    tries = 0;
    clearTimeout(timer);
    box.hidden = true;
    if (JSON.stringify(fields()) === sent) localStorage.removeItem(key);
  };
  const reasonOf = (xhr) => {
    if (!xhr?.status) return "offline";
    if (new URL(xhr.responseURL || location.href).pathname.startsWith("/accounts/login")) return "signed-out";
    return { 204: "elsewhere", 403: "session" }[xhr.status] ?? "error";
  };
  const send = () => htmx.trigger(sender, "save");
  const failed = (reason) => {
    keep(false);
    say(reason);
    clearTimeout(timer);
    if (reason === "elsewhere") return;
    tries += 1;
    timer = setTimeout(send, Math.min(30, 2 ** tries) * 1000);
  };

  form.addEventListener("input", () => keep(false));
  form.addEventListener("change", () => keep(false));
  form.addEventListener("submit", (event) => {
    if (navigator.onLine) return keep(true);
    event.preventDefault();
    failed("offline");
  });
  sender.addEventListener("htmx:beforeRequest", () => {
    sent = JSON.stringify(fields());
  });
  sender.addEventListener("htmx:beforeSwap", (event) => {
    // An answer that did not save (a sign-in page) must not change this one.
    if (!event.detail.xhr.getResponseHeader("HX-Trigger")?.includes("draft-saved")) event.detail.shouldSwap = false;
  });
  sender.addEventListener("htmx:afterRequest", ({ detail: { xhr } }) => {
    if (xhr?.getResponseHeader("HX-Trigger")?.includes("draft-saved")) saved();
    else failed(reasonOf(xhr));
  });
  addEventListener("online", send);

  const put = (name, values) => {
    for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (field.type === "hidden" || field.tagName === "BUTTON") continue;
      if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
      else field.value = values[0] ?? field.value;
    }
  };
  const restore = (held) => {
    const named = [...form.elements].map((field) => field.name);
    for (const name of new Set(named.filter((text) => text && !ours.has(text) && !SECRET_NAME.test(text)))) {
      put(
        name,
        held.fields.filter(([field]) => field === name).map(([, value]) => value),
      );
    }
    say("restored");
    send();
  };
  const copy = kept();
  if (copy?.isSubmitted && turn > copy.turn) localStorage.removeItem(key);
  else if (copy) addEventListener("load", () => restore(copy));
})();
