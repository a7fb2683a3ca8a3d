"""The English of the command line's errors about connections, integrations and keys.

What a page reports as well has its message in the other catalogues.
"""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

ENTRIES = {
    "command.other_fingerprint": Entry(
        _("The key's fingerprint is %(found)s, and %(given)s was given. The key is stored, but not confirmed."),
        _("Compare it with the fingerprint that the key's owner gave you. Do not confirm it if this is not the key."),
    ),
    "command.no_encrypted_copy": Entry(
        _("There is no encrypted copy of an active access key for “%(integration)s” with these options."),
        _("Check the name, --tenant, --fingerprint and --vendor. Copies exist once the key was tested."),
    ),
    "command.several_encrypted_copies": Entry(
        _("Several encrypted copies exist for “%(integration)s”."),
        _("Select one with --fingerprint, and the tenant with --tenant."),
    ),
}
