"""The English of the audit trail's verification."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

_TODO = _("Restore the audit tables of a backup beside these, and compare. Find out who could write to the database.")

ENTRIES = {
    "audit.changed": Entry(
        _("Chain “%(chain)s” is broken at position %(position)s: event %(event)s was changed."), _TODO
    ),
    "audit.removed": Entry(
        _("Chain “%(chain)s” is broken at position %(position)s: the event there (%(event)s) was removed."), _TODO
    ),
    "audit.reordered": Entry(
        _("Chain “%(chain)s” is broken at position %(position)s: event %(event)s does not follow the one before it."),
        _TODO,
    ),
    "audit.not_chained": Entry(
        _("Chain “%(chain)s” does not contain event %(event)s, which was added without the trigger."), _TODO
    ),
    "audit.head": Entry(
        _("Chain “%(chain)s” does not contain the head that was noted: it ends or differs at position %(position)s."),
        _TODO,
    ),
    "audit.head_unreadable": Entry(
        _("“%(head)s” is not a head."), _("Write it as `audit verify` prints it: SLUG:POSITION:HASH.")
    ),
}
