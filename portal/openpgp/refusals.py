"""Why a certificate is refused: for each reason a code for programs and the words for the person who brought it."""

from dataclasses import dataclass

_EXPORT = "gpg --armor --export-options export-minimal --export YOUR-FINGERPRINT"


class CertificateRefused(Exception):
    """The portal cannot use what was handed in as an OpenPGP public key.

    `code` is one of the codes in docs/credentials.md; `words` say what is wrong, why it matters and what to do.
    """

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code
        self.words = words


@dataclass(frozen=True, slots=True)
class Reason:
    """A code, and words in which {detail} stands for the particular case."""

    code: str
    words: str


REASONS: dict[str, Reason] = {
    "empty": Reason(
        "empty",
        f"There is no key here. Paste the text that begins with “-----BEGIN PGP PUBLIC KEY BLOCK-----”, "
        f"or upload the file that this command writes: {_EXPORT}",
    ),
    "too_large": Reason(
        "too_large",
        "This is larger than 64 KiB, more than a public key needs: it probably carries many other people's signatures "
        f"or a picture. Export it without them and try again: {_EXPORT}",
    ),
    "too_complex": Reason(
        "too_large",
        "This key has more parts than we can check, or takes too long to check, so we stopped. "
        f"Export it with only what belongs to it and try again: {_EXPORT}",
    ),
    "private_key": Reason(
        "private_key",
        "This is a private key. It must never leave your hands, and it has now been sent over the network: please "
        "treat it as compromised. We have not stored or logged it. Revoke it, make a new key pair, and give us only "
        "the public half: gpg --armor --export YOUR-FINGERPRINT",
    ),
    "several_keys": Reason(
        "several_keys",
        "There are several keys here, and we must know exactly which one to encrypt to. "
        f"Export one key by its full fingerprint, and add any other as a recipient of its own: {_EXPORT}",
    ),
    "garbage": Reason(
        "garbage",
        "This is not an OpenPGP public key that can be read: it may have been shortened or changed when it was copied. "
        f"Export it again and upload the file as it is: {_EXPORT}",
    ),
    "other_block": Reason(
        "garbage",
        "This is OpenPGP data, but not a public key: it is {detail}. "
        f"What we need begins with “-----BEGIN PGP PUBLIC KEY BLOCK-----”: {_EXPORT}",
    ),
    "other_kind": Reason(
        "garbage",
        "This is {detail}, not an OpenPGP public key, so we cannot encrypt your credentials to it. "
        f"Make an OpenPGP key (gpg --quick-generate-key) and export its public half: {_EXPORT}",
    ),
    "compressed": Reason(
        "garbage",
        "This key is wrapped in a compressed packet, which no program makes when it exports a public key and which we "
        f"do not open. Export it again and upload the file as it is: {_EXPORT}",
    ),
    "no_user_id": Reason(
        "no_user_id",
        "This key carries no user ID (a name or an e-mail address) that its owner has signed, so nobody could tell "
        "whose it is. Export it with its user IDs; some key servers leave them out: "
        f"{_EXPORT}",
    ),
    "no_encryption_key": Reason(
        "no_encryption_key",
        "This key can sign but not encrypt: it has no encryption subkey. Add one (gpg --quick-add-key "
        "YOUR-FINGERPRINT cv25519 encr) and export it again, or use another key.",
    ),
    "expired": Reason(
        "expired",
        "This key expired on {detail}, so GnuPG will not encrypt to it. Extend it (gpg --quick-set-expire "
        "YOUR-FINGERPRINT 2y, and again with '*' at the end for its subkeys) and export it again, or use another key.",
    ),
    "revoked": Reason(
        "revoked",
        "{detail} has been revoked by its owner, so it must not be used any more. Give us the key that replaced it.",
    ),
    "rsa_too_short": Reason(
        "rsa_too_short",
        "This key uses {detail}, and RSA below 2048 bits can be broken. Make a new key (gpg --quick-generate-key "
        "makes a strong one by default) and give us its public half.",
    ),
    "algorithm_too_weak": Reason(
        "algorithm_too_weak",
        "This key uses {detail}, an old algorithm that many programs no longer decrypt. Make a new key "
        "(gpg --quick-generate-key makes a strong one by default) and give us its public half.",
    ),
    "unsupported_version": Reason(
        "unsupported_version",
        "This is an OpenPGP key of {detail}, and the portal's GnuPG works with version 4 keys only. "
        "Make a version 4 key (in Sequoia: --profile rfc4880) and give us its public half.",
    ),
    "unsupported_algorithm": Reason(
        "unsupported_version",
        "This key uses {detail}, which the portal's GnuPG cannot encrypt to. Make a key with Ed25519/Cv25519, a NIST "
        "curve or RSA of 3072 bits or more (gpg --quick-generate-key does) and give us its public half.",
    ),
    "unavailable": Reason(
        "unavailable",
        "We could not check this key just now: {detail}. The fault is on our side and nothing is wrong with your key "
        "as far as we know. Please try again later, or tell our support.",
    ),
}


def refusal(reason: str, detail: str = "") -> CertificateRefused:
    """Return the refusal for a key of REASONS."""
    found = REASONS[reason]
    return CertificateRefused(found.code, found.words.format(detail=detail))
