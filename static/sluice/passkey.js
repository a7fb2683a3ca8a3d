// Passkeys: a form with [data-passkey] asks for options at data-options, lets the browser make or use a passkey, and
// submits what it responded in the field "credential". https://www.w3.org/TR/webauthn-3/
(() => {
  const bytes = (text) => {
    const base64 = text.replaceAll("-", "+").replaceAll("_", "/");
    return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  };
  const base64url = (buffer) =>
    buffer &&
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replaceAll("+", "-")
      .replaceAll("/", "_")
      .replaceAll("=", "");

  // What JSON cannot hold is base64url in it.
  const parsed = ({ publicKey }) => {
    const known = publicKey.excludeCredentials ?? publicKey.allowCredentials ?? [];
    const listed = known.map((credential) => ({ ...credential, id: bytes(credential.id) }));
    const options = { ...publicKey, challenge: bytes(publicKey.challenge) };
    if (!publicKey.user) return { ...options, allowCredentials: listed };
    const user = { ...publicKey.user, id: bytes(publicKey.user.id) };
    return { ...options, user, excludeCredentials: listed };
  };
  const written = (credential) => {
    const { response } = credential;
    const fields = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
    const given = fields.filter((field) => response[field]).map((field) => [field, base64url(response[field])]);
    return JSON.stringify({
      id: credential.id,
      rawId: base64url(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment,
      clientExtensionResults: credential.getClientExtensionResults(),
      response: Object.fromEntries([...given, ["transports", response.getTransports?.()]]),
    });
  };

  const show = (form, message) => {
    const problem = form.querySelector("[data-passkey-problem]");
    problem.textContent = message;
    problem.hidden = !message;
  };
  const explain = (error) => {
    if (error.name === "NotAllowedError") return "No passkey was used. Try again.";
    if (error.name === "InvalidStateError") return "This device already has a passkey for your account.";
    return `Your browser could not use a passkey: ${error.message}`;
  };
  const ask = async (form) => {
    const sent = new FormData(form);
    sent.set("purpose", form.dataset.passkey);
    const answer = await fetch(form.dataset.options, { method: "POST", body: sent });
    if (answer.status === 429) throw new Error("too many attempts. Try again in a few minutes.");
    if (!answer.ok) throw new Error("Sluice did not answer. Reload the page.");
    return parsed(await answer.json());
  };

  for (const form of document.querySelectorAll("[data-passkey]")) {
    if (!globalThis.PublicKeyCredential) {
      show(form, "This browser has no passkeys.");
      continue;
    }
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      show(form, "");
      try {
        const publicKey = await ask(form);
        const ceremony = form.dataset.passkey === "add" ? "create" : "get";
        const credential = await navigator.credentials[ceremony]({ publicKey });
        form.elements.namedItem("credential").value = written(credential);
        form.submit();
      } catch (error) {
        show(form, explain(error));
      }
    });
  }
})();
