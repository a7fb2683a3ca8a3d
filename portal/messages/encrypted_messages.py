"""The English of refused encrypted messages: what someone uploads as the encrypted access key."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

_UPLOAD_FILE = _("Upload the file that the script wrote.")
_NEW_ACCESS_KEY = _(
    "Delete that access key in IAM now, create another with the script, and upload only the output of gpg."
)

ENTRIES = {
    "openpgp.message_empty": Entry(
        _("There is no message."),
        _("Choose the file that the script wrote, or paste its text. It begins with “-----BEGIN PGP MESSAGE-----”."),
    ),
    "openpgp.message_too_large": Entry(
        _("This is larger than 64 KiB. An encrypted access key is much smaller."), _UPLOAD_FILE
    ),
    "openpgp.message_unencrypted": Entry(
        _(
            "This contains what looks like an unencrypted access key. Sluice did not store it, but it was sent over "
            "the network."
        ),
        _NEW_ACCESS_KEY,
    ),
    "openpgp.message_private_key": Entry(
        _("This is a private key. Sluice did not store it, but it was sent over the network."),
        _("Revoke it and create another. Then upload the encrypted message that the script wrote."),
    ),
    "openpgp.message_public_key": Entry(_("This is a public key, not an encrypted message."), _UPLOAD_FILE),
    "openpgp.message_signed": Entry(
        _("This is not encrypted: anyone can read it. If it contains an access key, that key is compromised."),
        _NEW_ACCESS_KEY,
    ),
    "openpgp.message_password": Entry(
        _("This message can also be decrypted with a password."),
        _("Encrypt to the vendor’s key only, without --symmetric."),
    ),
    "openpgp.message_unreadable": Entry(
        _("This is not a complete encrypted message. It may have been cut or changed when it was copied."),
        _UPLOAD_FILE,
    ),
    "openpgp.several_messages": Entry(_("There is more than one message."), _("Upload one message.")),
    "openpgp.message_unprotected": Entry(
        _("This message is encrypted without integrity protection, as very old programs do."),
        _("Encrypt it with GnuPG 2.2 or newer."),
    ),
    "openpgp.message_hidden_recipient": Entry(
        _(
            "This message hides its recipients (--hidden-recipient or --throw-keyids), so Sluice cannot check that "
            "the vendor can decrypt it."
        ),
        _("Encrypt without that option."),
    ),
    "openpgp.message_version": Entry(
        _("This message uses OpenPGP version 6, which Sluice cannot read."),
        _("Encrypt with GnuPG, as the script does."),
    ),
    "openpgp.message_not_for_vendor": Entry(
        _("This message is not encrypted to the vendor’s key, so the vendor cannot decrypt it."),
        _("Compare the fingerprint, and encrypt again."),
    ),
    "openpgp.message_unknown_recipient": Entry(
        _("This message can also be decrypted with a key that Sluice does not know."),
        _("Encrypt to the vendor’s key and, optionally, to your confirmed OpenPGP keys."),
    ),
}
