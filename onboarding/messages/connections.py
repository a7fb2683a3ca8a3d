"""The English of connections: why a service refuses."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

ENTRIES = {
    "connection.external_id_in_use": Entry(_("This external ID is in use: the role was verified with it.")),
    "connection.no_grant": Entry(
        _("%(connection)s gives Sluice no access, so there is no role."),
        _("To grant access, connect the account again under another name."),
    ),
    "connection.permission_not_chosen": Entry(
        _("%(arn)s needs the permission “%(permission)s”."), _("Choose the permission as well, or remove this line.")
    ),
    "connection.boundary_too_large": Entry(
        _(
            "IAM allows %(limit_count)s characters in a permissions boundary. With all of these ARNs it would have "
            "%(size_count)s."
        ),
        _("List fewer ARNs, or give the resources names that begin with “%(prefix)s”."),
    ),
    "tenant.suspended": Entry(_("This tenant is suspended. It keeps its data and has read-only access.")),
}
