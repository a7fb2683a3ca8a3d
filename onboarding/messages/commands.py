"""The English of the command line's errors about connections, integrations and keys.

What a page reports as well has its message in the other catalogues.
"""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from portal.messages.catalogue import Entry

ENTRIES = {
    "command.name_or_all": Entry(_("Name one integration, or give --all and its tenant.")),
    "command.no_rotation": Entry(_("The access key of %(integration)s was never rotated.")),
    "command.connection_unknown": Entry(
        _("There is no connection with the name or uid “%(connection)s”."), _("Check the name.")
    ),
    "command.several_connections": Entry(
        _("Several tenants have a connection named “%(connection)s”."),
        _("Add --tenant, or give the connection's uid."),
    ),
    "command.integration_unknown": Entry(
        _("%(tenant)s has no integration with the name or uid “%(integration)s”."), _("Check the name and --tenant.")
    ),
    "command.is_draft": Entry(
        _("“%(integration)s” is a draft: it has no plan and no resources."),
        _("Complete the draft in the wizard, or apply a spec with `integration apply`."),
    ),
    "command.loss_not_accepted": Entry(
        _("This change needs a confirmation."), _("To confirm the loss, add --accept-loss.")
    ),
    "command.not_confirmed": Entry(_("Nothing was done."), _("To confirm, add --yes.")),
    "command.run_unfinished": Entry(
        _("The run did not finish within %(limit_seconds)s."),
        _("It continues without this command. Check it with `integration status`."),
    ),
    "command.shares_differ": Entry(
        _("A share is not as it was set up, or was not created yet."),
        _("The answer says which. A run repairs a statement; the policy of your own KMS key is yours to change."),
    ),
    "command.drift_detected": Entry(
        _("Configuration drift was detected."),
        _("Repair it with `integration repair`, or accept it with `integration drift --accept`."),
    ),
    "command.no_watcher": Entry(
        _("There is no verified connection to the stream's account with the name or uid “%(connection)s”."),
        _("Check the name, or verify the connection first."),
    ),
    "command.other_fingerprint": Entry(
        _("The key's fingerprint is %(found)s, and %(given)s was given. The key is stored, but not confirmed."),
        _("Compare it with the fingerprint that the key's owner gave you. Do not confirm it if this is not the key."),
    ),
    "command.key_unknown": Entry(
        _("%(tenant)s has no OpenPGP key with the fingerprint %(fingerprint)s."),
        _("Check the fingerprint and --tenant."),
    ),
    "command.no_encrypted_copy": Entry(
        _("There is no encrypted copy of an active access key for “%(integration)s” with these options."),
        _("Check the name, --tenant, --fingerprint and --vendor. Copies exist once the key was tested."),
    ),
    "command.several_encrypted_copies": Entry(
        _("Several encrypted copies exist for “%(integration)s”."),
        _("Select one with --fingerprint, and the tenant with --tenant."),
    ),
    "command.device_unknown": Entry(
        _("“%(integration)s” has no device named %(device)s."), _("`device list` lists its devices.")
    ),
    "command.device_not_ready": Entry(
        _("The device %(device)s has no package yet."), _("Packages exist once a device is ready.")
    ),
    "command.devices_or_all": Entry(_("Name at least one device, or give --all.")),
    "command.attribute_unreadable": Entry(
        _("The attribute “%(attribute)s” cannot be read, or its name is given twice."), _("Write NAME=VALUE.")
    ),
    "command.devices_unfinished": Entry(
        _("The devices were not done within %(limit_seconds)s."),
        _("The work continues without this command. Check it with `device list`."),
    ),
    "command.devices_failed": Entry(
        ngettext_lazy("%(count)s device failed.", "%(count)s devices failed.", "count"),
        _("`device list --state failed` lists them with their reasons. Try them again with `device retry`."),
    ),
}
