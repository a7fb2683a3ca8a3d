"""The English of what a tenant decides about its records."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

ENTRIES = {
    "record_access.too_many_fields": Entry(_("Enter at most %(limit)s fields.")),
    "record_access.text_too_long": Entry(_("The list is longer than %(limit)s characters.")),
    "record_access.path_too_long": Entry(
        _("Line %(line)s: a path has at most %(limit)s characters and %(names)s names of fields.")
    ),
    "record_access.not_a_path": Entry(
        _("Line %(line)s is not the path of a field: “%(typed)s”."),
        _("Write the names of fields from the outside in, with dots between them, such as reading.celsius."),
    ),
    "unmask.no_reason": Entry(_("State a reason. The client reads it.")),
    "unmask.minutes_not_valid": Entry(_("Choose from the list.")),
    "unmask.withheld": Entry(_("The client withholds the right to unmask records.")),
}
