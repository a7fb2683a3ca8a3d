"""The English of OpenPGP certificates: why one is refused, what to know of one, and why nothing was encrypted to it."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry
from portal.messages.message import Cause

_EXPORT_AGAIN = _(
    "Export it again with “gpg --armor --export-options export-minimal --export YOUR-FINGERPRINT” and upload the "
    "unchanged file."
)
_NEW_KEY = _("Create a new key (gpg --quick-generate-key creates a strong one by default) and provide its public key.")
_RETRY = _("Check the recipients' keys, then try again.")

ENTRIES = {
    # Refused certificates.
    "openpgp.empty": Entry(
        _("There is no key."),
        _(
            "Paste the text that begins with “-----BEGIN PGP PUBLIC KEY BLOCK-----”, or upload the output of “gpg "
            "--armor --export-options export-minimal --export YOUR-FINGERPRINT”."
        ),
    ),
    "openpgp.too_large": Entry(
        _("The key is larger than 64 KiB. It probably contains a picture or other people's signatures."),
        _EXPORT_AGAIN,
    ),
    "openpgp.too_complex": Entry(
        _("The key has too many parts, or takes too long to check, so Sluice stopped."), _EXPORT_AGAIN
    ),
    "openpgp.private_key": Entry(
        _(
            "This is a private key. It was sent over the network, so treat it as compromised. Sluice did not store or "
            "log it."
        ),
        _(
            "Revoke it, create a new key pair, and provide only the public key: “gpg --armor --export "
            "YOUR-FINGERPRINT”."
        ),
    ),
    "openpgp.several_keys": Entry(
        _("There is more than one key, and Sluice must know which one to encrypt to."),
        _(
            "Export one key with “gpg --armor --export-options export-minimal --export YOUR-FINGERPRINT”. Add each "
            "other key separately."
        ),
    ),
    "openpgp.unreadable": Entry(
        _("This is not a readable OpenPGP public key. It may have been cut or changed when it was copied."),
        _EXPORT_AGAIN,
    ),
    "openpgp.not_a_public_key": Entry(
        _("This is OpenPGP data, but not a public key: it is %(found)s."),
        _(
            "Provide the text that begins with “-----BEGIN PGP PUBLIC KEY BLOCK-----”. “gpg --armor --export "
            "YOUR-FINGERPRINT” prints it."
        ),
    ),
    "openpgp.other_format": Entry(
        _("This is %(found)s, not an OpenPGP public key, so Sluice cannot encrypt to it."),
        _(
            "Create an OpenPGP key with “gpg --quick-generate-key” and export its public key with “gpg --armor "
            "--export YOUR-FINGERPRINT”."
        ),
    ),
    "openpgp.compressed": Entry(_("The key is inside a compressed packet, which Sluice does not open."), _EXPORT_AGAIN),
    "openpgp.no_user_id": Entry(
        _("The key has no user ID (a name or email address) signed by its owner, so its owner cannot be identified."),
        _(
            "Export it with its user IDs: “gpg --armor --export-options export-minimal --export YOUR-FINGERPRINT”. "
            "Some key servers remove them."
        ),
    ),
    "openpgp.no_encryption_key": Entry(
        _("The key can sign but not encrypt: it has no encryption subkey."),
        _(
            "Add one with “gpg --quick-add-key YOUR-FINGERPRINT cv25519 encr” and export the key again, or use "
            "another key."
        ),
    ),
    "openpgp.expired": Entry(
        _("The key expired on %(date)s, so GnuPG does not encrypt to it."),
        _(
            "Extend it with “gpg --quick-set-expire YOUR-FINGERPRINT 2y”, and again with '*' at the end for its "
            "subkeys. Then export it again, or use another key."
        ),
    ),
    "openpgp.revoked": Entry(
        _("The owner has revoked this key, so it must no longer be used."), _("Provide the key that replaced it.")
    ),
    "openpgp.subkey_revoked": Entry(
        _("The owner has revoked this key's encryption subkey, so it must no longer be used."),
        _("Provide the key that replaced it."),
    ),
    "openpgp.rsa_too_short": Entry(_("The key uses %(algorithm)s. RSA keys below 2048 bits can be broken."), _NEW_KEY),
    "openpgp.algorithm_too_weak": Entry(
        _("The key uses %(algorithm)s, an old algorithm that many programs no longer decrypt."), _NEW_KEY
    ),
    "openpgp.version_not_supported": Entry(
        _("The key is an OpenPGP key of %(version)s. GnuPG in Sluice supports version 4 only."),
        _("Create a version 4 key (in Sequoia: --profile rfc4880) and provide its public key."),
    ),
    "openpgp.algorithm_not_supported": Entry(
        _("GnuPG in Sluice cannot encrypt to this key's algorithm: %(algorithm)s."),
        _(
            "Create a key with Ed25519/Cv25519, a NIST curve, or RSA of 3072 bits or more (gpg --quick-generate-key "
            "does) and provide its public key."
        ),
    ),
    "openpgp.check_unavailable": Entry(
        _("Sluice could not check the key. Nothing is known to be wrong with it."),
        _("Try again later, or contact support."),
        Cause.SLUICE,
    ),
    "openpgp.no_space": Entry(
        _("Sluice's server has no space left for GnuPG's temporary files. Nothing is known to be wrong with the key."),
        _("Try again later. The operator of Sluice must free space in /dev/shm."),
        Cause.SLUICE,
    ),
    # What was found in place of a public key.
    "openpgp.found_message": Entry(_("an encrypted message")),
    "openpgp.found_signature": Entry(_("a signature")),
    "openpgp.found_signed_message": Entry(_("a signed message")),
    "openpgp.found_other": Entry(_("another kind of OpenPGP data")),
    "openpgp.found_ssh": Entry(_("an SSH public key")),
    "openpgp.found_x509": Entry(_("an X.509 certificate")),
    "openpgp.found_pem": Entry(_("a public key in PEM format")),
    "openpgp.found_age": Entry(_("an age recipient")),
    # Warnings about accepted certificates.
    "openpgp.brainpool": Entry(
        _("The key uses a Brainpool curve. GnuPG decrypts to it; Sequoia, OpenPGP.js and others do not."),
        _("Make sure that you decrypt with GnuPG."),
    ),
    "openpgp.short_rsa": Entry(
        _("The key uses %(algorithm)s. It is accepted today; RSA 3072 or Ed25519 stays safe for longer.")
    ),
    "openpgp.expires_soon": Entry(
        _("The key expires on %(date)s."), _("Extend it before then, or new credentials cannot be delivered to you.")
    ),
    # Why nothing was encrypted.
    "openpgp.fingerprint_incomplete": Entry(
        _("A recipient's fingerprint does not have 40 hexadecimal digits."), _RETRY
    ),
    "openpgp.recipient_unreadable": Entry(_("A recipient's certificate cannot be read."), _RETRY),
    "openpgp.fingerprint_mismatch": Entry(
        _("A recipient's certificate does not have the fingerprint that was confirmed."), _RETRY
    ),
    "openpgp.recipient_rejected": Entry(_("GnuPG rejected a recipient's certificate."), _RETRY),
    "openpgp.recipient_unusable": Entry(_("A recipient's key has expired, was revoked, or cannot encrypt."), _RETRY),
    "openpgp.encryption_failed": Entry(
        _("GnuPG could not encrypt to a recipient's key, or did not answer within 20 seconds."), _RETRY
    ),
    "openpgp.wrong_recipient": Entry(
        _("GnuPG encrypted to a key that is not part of the recipient's certificate."), _RETRY
    ),
    "openpgp.ciphertext_unreadable": Entry(_("GnuPG's output is not an OpenPGP message."), _RETRY),
    "openpgp.wrongly_addressed": Entry(
        _("The encrypted message is not addressed to the recipient's encryption subkey alone."), _RETRY
    ),
    "openpgp.gnupg_missing": Entry(
        _("GnuPG (the program gpg) is not installed on Sluice's machine."),
        _("The operator of Sluice must install GnuPG."),
        Cause.SLUICE,
    ),
}
