"""The English of numbers that people type."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

ENTRIES = {
    "number.missing": Entry(_("Enter a number.")),
    "number.unreadable": Entry(_("This is not a number. Enter digits, such as 1500 or 0.5.")),
    "number.negative": Entry(_("Enter a number that is not negative.")),
    "number.ambiguous": Entry(
        _("“%(text)s” can mean %(large)s or %(small)s."),
        _("For %(large)s, enter %(large)s or %(grouped)s. For %(small)s, enter %(small)s."),
    ),
    "number.not_whole": Entry(_("Enter a whole number.")),
    "number.too_small": Entry(_("The minimum is %(least)s.")),
    "number.too_large": Entry(_("The maximum is %(most)s.")),
}
