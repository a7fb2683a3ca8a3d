"""The English of the command line's own errors: what is wrong with what a command was given."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

ENTRIES = {
    "command.tenant_unknown": Entry(
        _("There is no tenant with the slug “%(tenant)s”."),
        _("Check the slug in the Django admin, or create the tenant with `tenant create`."),
    ),
    "command.file_unreadable": Entry(
        _("%(file)s cannot be read: %(detail)s."), _("Check the path and the permissions of the file.")
    ),
    "command.file_unwritable": Entry(
        _("%(file)s cannot be written: %(detail)s."),
        _("Choose a file that does not exist, in a folder that you can write to."),
    ),
    "command.database_unavailable": Entry(
        _("PostgreSQL could not be used: %(detail)s."),
        _("Check DATABASE_URL and that PostgreSQL accepts connections, then try again."),
    ),
}
