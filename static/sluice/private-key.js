// Private keys never leave the browser: what is pasted or chosen where a public key is expected is checked here first.
// The server checks again, for browsers without scripts and for disguises that this does not know.
const PRIVATE_KEY = {
  base64Lines: /(?:^[ \t>|:#*]*[A-Za-z0-9+/=]{4,}[ \t>|:#*]*$\n?)+/gmu,
  checksum: /[=][A-Za-z0-9+/]{4}\s*$/u,
  notBase64: /[^A-Za-z0-9+/]/gu,
  betweenHex: /[\s:]/gu,
  hexPrefix: /^0x/iu,
  hex: /^[0-9a-f]{40,}$/iu,
  pairs: /../gu,
  markers: [
    /--\s*(?:BEGIN|END)\s+[A-Z0-9\s]{0,30}PRIVATE\s+KEY/iu,
    /^[^A-Z0-9\n]*(?:BEGIN|END) +[A-Z0-9 ]{0,30}PRIVATE +KEY(?: +BLOCK)?[^A-Z0-9\n]*$/imu,
    /AGE-SECRET-KEY-1|PuTTY-User-Key-File|\((?:\d+:)?(?:protected-|shadowed-)?private-key[( 0-9]/iu,
  ],
  // What mail, chat and web programs do to text, and what it was before.
  escapes: [
    [/\\r\\n|\\n/gu, "\n"],
    [/&#(?:x2d|45);|=2D|%2D/giu, "-"],
    [/&#(?:xa0|160);|&nbsp;/giu, " "],
    [/\r\n?/gu, "\n"],
    [/[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/gu, "-"],
    [/[\u00ad\u200b-\u200f\u2060\ufeff]/gu, ""],
  ],
};

(() => {
  const Depth = 2;

  // The first packet is a secret key or subkey (RFC 9580, sections 4.2 and 5.5.3).
  const isSecretPacket = (bytes) => {
    const [header, length] = bytes;
    const isOld = (header & 0xc0) === 0x80;
    const tag = isOld ? (header >> 2) & 15 : header & 63;
    if (header < 0x80 || (tag !== 5 && tag !== 7)) return false;
    const size = isOld ? [1, 2, 4, 0][header & 3] : length < 192 ? 1 : length < 255 ? 2 : 5;
    return [3, 4, 5, 6].includes(bytes[1 + size]);
  };
  const decoded = (digits) => {
    const bare = digits.replace(PRIVATE_KEY.checksum, "").replace(PRIVATE_KEY.notBase64, "");
    return Uint8Array.from(atob(bare.slice(0, bare.length - (bare.length % 4))), (letter) => letter.charCodeAt(0));
  };
  const unhexed = (digits) =>
    Uint8Array.from(digits.match(PRIVATE_KEY.pairs) ?? [], (pair) => Number.parseInt(pair, 16));
  const asText = (bytes) => {
    const isWide = bytes.length > 20 && bytes.slice(0, 200).filter((octet) => octet === 0).length > 40;
    const isBig = bytes[0] === 0xfe || bytes[0] === 0;
    return new TextDecoder(isWide ? (isBig ? "utf-16be" : "utf-16le") : "utf-8").decode(bytes);
  };
  const unescaped = (text) =>
    PRIVATE_KEY.escapes.reduce((found, [written, meant]) => found.replace(written, meant), text);

  const isPrivateText = (text, depth) => {
    const plain = unescaped(text);
    if (PRIVATE_KEY.markers.some((marker) => marker.test(plain))) return true;
    const bare = plain.replace(PRIVATE_KEY.betweenHex, "").replace(PRIVATE_KEY.hexPrefix, "");
    if (PRIVATE_KEY.hex.test(bare)) return isPrivate(unhexed(bare), depth - 1);
    return (plain.match(PRIVATE_KEY.base64Lines) ?? []).some((lines) => isPrivate(decoded(lines), depth - 1));
  };
  const isPrivate = (bytes, depth = Depth) => {
    if (bytes.length < 12 || depth < 0) return false;
    return isSecretPacket(bytes) || isPrivateText(asText(bytes), depth);
  };

  const reading = new WeakMap(); // file inputs whose file is being read
  const withdraw = (box) => box.querySelector(":scope > .notice[data-private-key-found]")?.remove();
  const refuse = (box, field) => {
    field.value = "";
    withdraw(box);
    const notice = box.querySelector("template[data-private-key]").content.firstElementChild.cloneNode(true);
    notice.dataset.privateKeyFound = "";
    box.prepend(notice);
    field.focus();
  };
  const check = async (box, input) => {
    const [file] = input.files;
    if (!file) return;
    const bytes = new Uint8Array(await file.arrayBuffer());
    if (input.files[0] === file && isPrivate(bytes)) refuse(box, input);
  };

  // Before any other listener, so that nothing that saves while typing sees a private key.
  addEventListener(
    "input",
    ({ target }) => {
      const box = target.closest?.("[data-public-key]");
      if (!box || target.type === "file") return;
      if (isPrivateText(target.value, Depth)) refuse(box, target);
      else if (target.value) withdraw(box);
    },
    true,
  );
  addEventListener(
    "change",
    ({ target }) => {
      const box = target.closest?.("[data-public-key]");
      if (!box || target.type !== "file") return;
      withdraw(box);
      const work = check(box, target).finally(() => reading.delete(target));
      reading.set(target, work);
    },
    true,
  );
  addEventListener(
    "submit",
    (event) => {
      const input = event.target.querySelector("[data-public-key] input[type=file]");
      const work = input && reading.get(input);
      if (!work) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      work.then(() => {
        if (input.files.length) event.target.requestSubmit(event.submitter);
      });
    },
    true,
  );
})();
