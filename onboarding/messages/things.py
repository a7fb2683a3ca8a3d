"""The English of things: what is wrong with a file of them, and why one could not be created."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from portal.messages.catalogue import Entry
from portal.messages.message import Cause

_CSV = _("Save the spreadsheet as CSV (UTF-8), then choose the file again.")

ENTRIES = {
    "thing.attribute_name": Entry(_("Use 1 to 128 letters, digits and _ . , @ / : # - for an attribute's name.")),
    "thing.attribute_value": Entry(
        _("Use letters, digits and _ . , @ / : # - for an attribute's value, at most %(most)s characters.")
    ),
    "thing.formula": Entry(_("A value must not begin with =, + or @: a spreadsheet would take it for a formula.")),
    "things_file.at": Entry(_("Row %(row)s, column %(column)s: %(problem)s")),
    "things_file.too_large": Entry(_("The file is larger than %(most_kib)s KiB."), _("Split it into several files.")),
    "things_file.too_many": Entry(_("The file has more than %(most)s devices."), _("Split it into several files.")),
    "things_file.encoding": Entry(_("The file is neither UTF-8 nor UTF-16 text."), _CSV),
    "things_file.not_csv": Entry(_("Row %(row)s is not CSV: a quotation mark is missing or misplaced."), _CSV),
    "things_file.no_name_column": Entry(
        _("The first row must name the columns, and the first column must be “name”."),
        _("The other columns are attributes, such as floor or room."),
    ),
    "things_file.too_many_columns": Entry(_("A device can have at most %(most)s attributes.")),
    "things_file.column_twice": Entry(_("Two columns have this name.")),
    "things_file.more_cells": Entry(_("Row %(row)s has more cells than the first row has columns.")),
    "things_file.twice": Entry(_("%(name)s is in row %(first)s already.")),
    "things_file.taken": Entry(_("A device named %(name)s exists in this integration.")),
    "things_file.empty": Entry(_("The file has no devices.")),
    "things.no_devices": Entry(
        _("This integration has no devices."), _("Add devices to its spec first, then apply it.")
    ),
    "things.not_live": Entry(_("Devices can be added once the integration is live.")),
    "things.no_recipient": Entry(
        _("Choose at least one OpenPGP key: the private key of each device is encrypted to it."),
        _("Add a key under OpenPGP keys and confirm its owner."),
    ),
    "things.recipient_unusable": Entry(
        _("A chosen OpenPGP key is not confirmed, has expired or was disabled."), _("Choose another key.")
    ),
    "things.too_many": Entry(
        ngettext_lazy(
            "An integration can have %(most)s device.", "An integration can have at most %(most)s devices.", "most"
        )
    ),
    "things.remove_first": Entry(_("The integration still has devices."), _("Remove them first, then try again.")),
    "things.searching": Entry(
        _("AWS’s answer about a certificate was lost. Sluice searches for it as soon as AWS lists it.")
    ),
    "things.certificates_remain": Entry(
        _("Certificates that Sluice created and no device uses are still in your account."),
        _("Choose Try again on the page Devices. It lists them with the reason."),
    ),
    "things.certificate_attached": Entry(
        _("The certificate is attached to another thing or policy in your account, so AWS does not delete it."),
        _("Detach it in AWS IoT. Sluice tries again by itself."),
        Cause.CLIENT,
    ),
    "things.thing_attached": Entry(
        _("Another certificate is attached to the thing in your account, so AWS does not delete it."),
        _("Detach it in AWS IoT. Sluice tries again by itself."),
        Cause.CLIENT,
    ),
    "things.exists": Entry(
        _("A thing of this name exists in your account, and Sluice did not create it."),
        _("Remove this one here and add it under another name, or delete the other thing in AWS IoT and try again."),
        Cause.CLIENT,
    ),
}
