// OpenPGP.js for tests: `generate KIND` prints a key pair, `open` decrypts what standard input has. JSON, both ways.
import { readFileSync } from "node:fs";
import * as openpgp from "openpgp";

const legacy = { type: "ecc", curve: "curve25519Legacy" };
const KINDS = {
  ed25519: legacy,
  p256: { type: "ecc", curve: "nistP256" },
  p384: { type: "ecc", curve: "nistP384" },
  p521: { type: "ecc", curve: "nistP521" },
  rsa4096: { type: "rsa", rsaBits: 4096 },
  curve25519: { type: "curve25519" },
  curve448: { type: "curve448" },
  v6: { type: "curve25519", config: { v6Keys: true } },
  "sign-only": { ...legacy, subkeys: [] },
  expired: { ...legacy, date: new Date("2020-01-01"), keyExpirationTime: 86400 },
  revoked: legacy,
  "two-user-ids": {
    ...legacy,
    userIDs: [
      { name: "Ada", email: "ada@example.org" },
      { name: "Ada Zoë", email: "zoe@example.org" },
    ],
  },
  aead: { ...legacy, config: { aeadProtect: true } },
};

async function generate(kind) {
  const userIDs = [{ name: "OpenPGP.js", email: "js@example.org" }];
  const made = await openpgp.generateKey({ userIDs, format: "object", ...KINDS[kind] });
  let key = made.privateKey;
  if (kind === "revoked") {
    const revoked = await openpgp.revokeKey({
      key,
      revocationCertificate: made.revocationCertificate,
      format: "object",
    });
    key = revoked.privateKey;
  }
  return { certificate: key.toPublic().armor(), private_key: key.armor() };
}

async function open({ message, private_key }) {
  const found = await openpgp.decrypt({
    message: await openpgp.readMessage({ armoredMessage: message }),
    decryptionKeys: await openpgp.readPrivateKey({ armoredKey: private_key }),
    format: "binary",
  });
  return { plaintext: Buffer.from(found.data).toString("base64") };
}

const [command, kind] = process.argv.slice(2);
const answer =
  command === "generate" ? await generate(kind) : await open(JSON.parse(readFileSync(0, "utf8")));
console.log(JSON.stringify(answer));
