"""The English of OpenPGP certificates: why one is refused, what to know of one, and why nothing was encrypted to it."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry
from portal.messages.message import Cause

# GnuPG's export-minimal is advised only where size is the problem: it also drops expired subkeys.
_EXPORT_AGAIN = _("Export it again with “gpg --armor --export YOUR-FINGERPRINT” and upload the unchanged file.")
_EXPORT_LESS = _(
    "Export it without other people's signatures: “gpg --armor --export-options export-minimal --export "
    "YOUR-FINGERPRINT”."
)
_NEW_KEY = _(
    "Create a new key with “gpg --quick-generate-key 'Your Name <you@example.org>'”, which is strong by default, and "
    "provide its public key."
)
_NEW_SUBKEY = _(
    "The key itself is fine. Add an encryption subkey with “gpg --quick-add-key %(fingerprint)s cv25519 encr”, then "
    "export the key again with “gpg --armor --export %(fingerprint)s”."
)
_RETRY = _("Check the recipients' keys, then try again.")

ENTRIES = {
    # Refused certificates.
    "openpgp.empty": Entry(
        _("There is no key."),
        _(
            "Paste the text that begins with “-----BEGIN PGP PUBLIC KEY BLOCK-----”, or upload the output of “gpg "
            "--armor --export YOUR-FINGERPRINT”."
        ),
    ),
    "openpgp.too_large": Entry(
        _("The key is larger than 512 KiB. It probably contains a picture or other people's signatures."),
        _EXPORT_LESS,
    ),
    "openpgp.too_complex": Entry(
        _("The key has too many parts, or takes too long to check, so Sluice stopped."), _EXPORT_LESS
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
    "openpgp.private_stub": Entry(
        _(
            "This is the export of a private key that contains no secret: the secret is on a smartcard or offline. "
            "Nothing is compromised, but Sluice needs the public key."
        ),
        _("Provide the output of “gpg --armor --export YOUR-FINGERPRINT”."),
    ),
    "openpgp.several_keys": Entry(
        _("There is more than one key, and Sluice must know which one to encrypt to."),
        _("Export the key that you use, and add each other key separately: %(exports)s."),
    ),
    "openpgp.repeated": Entry(
        _("The file contains the same key twice in a row. It was written twice, so it may not be complete."),
        _EXPORT_AGAIN,
    ),
    "openpgp.wrong_checksum": Entry(
        _("The key was changed when it was copied: its checksum does not match."), _EXPORT_AGAIN
    ),
    "openpgp.unreadable": Entry(
        _("This is not a readable OpenPGP public key. It may have been cut or changed when it was copied."),
        _EXPORT_AGAIN,
    ),
    "openpgp.fingerprint_only": Entry(
        _("This is the fingerprint or ID of a key, not the key itself."),
        _("Provide the output of “gpg --armor --export %(key)s”."),
    ),
    "openpgp.email_only": Entry(
        _("This is an email address, not a key."), _("Provide the output of “gpg --armor --export %(email)s”.")
    ),
    "openpgp.url_only": Entry(
        _("This is a web address. Sluice does not download keys, because anyone could have put a key there."),
        _("Open the address, and upload the key that you find there."),
    ),
    "openpgp.keybox": Entry(
        _("This is GnuPG's own file with all keys (pubring.kbx)."),
        _("Export your key from it: “gpg --armor --export YOUR-FINGERPRINT”."),
    ),
    "openpgp.revocation_certificate": Entry(
        _("This is a revocation certificate, not a key. Sluice did not store it and revoked nothing."),
        _(
            "Provide the output of “gpg --armor --export YOUR-FINGERPRINT”. Keep the revocation certificate secret: "
            "anyone who has it can end your key."
        ),
    ),
    "openpgp.paste_and_file": Entry(_("A key was pasted, and a file was chosen as well."), _("Provide one of them.")),
    "openpgp.check_busy": Entry(
        _("Sluice is checking other keys right now. Nothing is known to be wrong with this one."),
        _("Try again in a minute."),
        Cause.SLUICE,
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
            "Create an OpenPGP key with “gpg --quick-generate-key 'Your Name <you@example.org>'” and export its public "
            "key with “gpg --armor --export YOUR-FINGERPRINT”."
        ),
    ),
    "openpgp.compressed": Entry(_("The key is inside a compressed packet, which Sluice does not open."), _EXPORT_AGAIN),
    "openpgp.no_user_id": Entry(
        _("The key has no user ID (a name or email address) signed by its owner, so its owner cannot be identified."),
        _(
            "Export it from your own keyring: “gpg --armor --export YOUR-FINGERPRINT”. Copies of some key servers have "
            "none."
        ),
    ),
    "openpgp.no_encryption_key": Entry(
        _("The key can sign but not encrypt: this copy has no encryption subkey."),
        _(
            "Add one with “gpg --quick-add-key %(fingerprint)s cv25519 encr”, then export the key with “gpg --armor "
            "--export %(fingerprint)s”. If it has one that expired, GnuPG's export-minimal left it out: export the key "
            "without that option, and Sluice says how to extend it."
        ),
    ),
    "openpgp.expired": Entry(
        _("The key expired on %(date)s, so it cannot be encrypted to."),
        _(
            "Extend it with “gpg --quick-set-expire %(fingerprint)s 2y”, then export it again with “gpg --armor "
            "--export %(fingerprint)s”."
        ),
    ),
    "openpgp.subkey_expired": Entry(
        _("The key's encryption subkey expired on %(date)s, so it cannot be encrypted to. The key itself is valid."),
        _(
            "Extend the subkey with “gpg --quick-set-expire %(fingerprint)s 2y %(subkey)s”, then export the key again "
            "with “gpg --armor --export %(fingerprint)s”."
        ),
    ),
    "openpgp.both_expired": Entry(
        _("The key expired on %(date)s, and its encryption subkey has expired as well."),
        _(
            "Extend both with “gpg --quick-set-expire %(fingerprint)s 2y” and “gpg --quick-set-expire %(fingerprint)s "
            "2y %(subkey)s”, then export the key again with “gpg --armor --export %(fingerprint)s”."
        ),
    ),
    "openpgp.hash_too_short": Entry(
        _("The key's own signatures use a shorter hash than its curve, %(algorithm)s, so GnuPG does not accept them."),
        _("Sign the key again with a hash of %(bits)s bits or more, or create another key with GnuPG."),
    ),
    "openpgp.weak_signatures": Entry(
        _(
            "The key's own signatures use SHA-1 or another broken hash algorithm, so Sequoia and other programs do not "
            "encrypt to it."
        ),
        _(
            "Sign it again with “gpg --quick-set-expire %(fingerprint)s 2y” and “gpg --quick-set-expire "
            "%(fingerprint)s 2y '*'”, then export it again with “gpg --armor --export %(fingerprint)s”. The "
            "fingerprint stays the same."
        ),
    ),
    "openpgp.second_reader_refuses": Entry(
        _("GnuPG can encrypt to this key, but Sequoia cannot. Sluice accepts keys that both can use."), _NEW_KEY
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
        _("The key's algorithm is not supported: %(algorithm)s. GnuPG 2.2 and Sequoia must both be able to use it."),
        _(
            "Create a key with Ed25519/Cv25519, a NIST curve, or RSA of 3072 bits or more (“gpg --quick-generate-key "
            "'Your Name <you@example.org>'” does) and provide its public key."
        ),
    ),
    "openpgp.subkey_too_weak": Entry(
        _("The key's encryption subkey uses %(algorithm)s, which is too weak or no longer widely supported."),
        _NEW_SUBKEY,
    ),
    "openpgp.subkey_not_supported": Entry(
        _(
            "The encryption algorithm of the key's subkey is not supported: %(algorithm)s. GnuPG 2.2 and Sequoia must "
            "both be able to use it."
        ),
        _NEW_SUBKEY,
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
    "openpgp.unreadable_file": Entry(_("The file cannot be read: %(detail)s.")),
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
