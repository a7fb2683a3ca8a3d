"""The English of connections: why a service refuses."""

from django.utils.translation import gettext_lazy as _

from portal.messages.catalogue import Entry

ENTRIES = {
    "connection.too_many": Entry(
        _("Your organisation has %(limit)s AWS accounts in Sluice, which is the limit."), _("Ask support to raise it.")
    ),
    "connection.external_id_in_use": Entry(_("This external ID is in use: the role was verified with it.")),
    "connection.external_id_expired": Entry(
        _("This external ID has expired: it was not used within 48 hours."),
        _("Create a new one on the connection's page or with `connection verify`, then download the file again."),
    ),
    "connection.no_grant": Entry(
        _("%(connection)s gives Sluice no access, so there is no role."),
        _("To grant access, connect the account again under another name."),
    ),
    "connection.permission_not_chosen": Entry(
        _("%(arn)s needs the permission “%(permission)s”."), _("Choose the permission as well, or remove this line.")
    ),
    "connection.boundary_too_large": Entry(
        _(
            "IAM allows %(limit_count)s characters in a policy. With all of these ARNs the largest one would have "
            "%(size_count)s."
        ),
        _("List fewer ARNs, or give the resources names that begin with “%(prefix)s”."),
    ),
    "connection.unknown": Entry(_("This tenant has no connection named “%(connection)s”.")),
    "connection.not_verified": Entry(_("The connection %(connection)s is not verified.")),
    "connection.keys_not_allowed": Entry(
        _("The role of %(connection)s does not have permission to create KMS keys."), _("Choose another key.")
    ),
    "connection.set_up_yourself": Entry(
        _("%(connection)s gives Sluice no access."), _("Set the integration up yourself with the files of its plan.")
    ),
    # What the connection does not allow.
    "connection.role_out_of_date": Entry(
        _("You allowed this, but the role in account %(account)s is out of date."),
        _("Update it with one of its files, then verify the connection %(connection)s again."),
    ),
    "connection.adoption_not_allowed": Entry(
        _("The connection %(connection)s does not allow Sluice to adopt this stream."),
        _("On its page, choose “%(permission)s” and list %(arn)s. Then update the role with one of its files."),
    ),
    "connection.never_allowed": Entry(
        _("Firehose needs %(action)s on %(arn)s, which no permission of a connection allows.")
    ),
    "connection.delivery_needs_permission": Entry(
        _("The connection %(connection)s does not allow this delivery."),
        _("On its page, choose “%(permission)s”. Then update the role with one of its files."),
    ),
    "connection.delivery_needs_listing": Entry(
        _("The connection %(connection)s does not allow this delivery."),
        _(
            "On its page, list %(arn)s under “%(permission)s”, as its name does not begin with “%(prefix)s”. Then "
            "update the role with one of its files."
        ),
    ),
    "connection.delivery_needs_permission_and_listing": Entry(
        _("The connection %(connection)s does not allow this delivery."),
        _(
            "On its page, choose “%(permission)s” and list %(arn)s there, as its name does not begin with "
            "“%(prefix)s”. Then update the role with one of its files."
        ),
    ),
    "tenant.suspended": Entry(_("This tenant is suspended. It keeps its data and has read-only access.")),
}
