"""The English of the secret store."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

ENTRIES = {
    "secret_store.off": Entry(
        _("No encryption keys are configured, so Sluice cannot store secrets."),
        _("Create a file of keys with `secrets key`, and set SLUICE_ENCRYPTION_KEYS_FILE to its path."),
    ),
    "secret_store.key_file": Entry(_("%(file)s cannot be used: %(detail)s")),
    "secret_store.unreadable": Entry(
        _("%(count)s stored secrets cannot be decrypted with the keys of the file."),
        _("Add the missing key to the end of the file. `secrets status` lists the IDs of the keys in use."),
    ),
}
