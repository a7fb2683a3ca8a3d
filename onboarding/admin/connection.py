"""Connections, with what the last trust test found."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from onboarding.account_state.connection_status import connection_status
from onboarding.models.connection import Connection
from portal.aws.policies.optional_permissions import OPTIONAL_PERMISSIONS
from portal.messages.catalogue import explanation_of
from portal.tenancy.admin_access import Boxed, SeenByStaff, time_text
from portal.tenancy.models import Tenant


class ConnectionInline(Boxed, SeenByStaff, admin.TabularInline[Connection, Tenant]):
    """A tenant's connections."""

    model = Connection
    fields = ["name", "account_id", "status", "role_arn", "checked_at", "verified_at"]
    readonly_fields = ["name", "account_id", "status", "role_arn", "checked_at", "verified_at"]
    show_change_link = True
    extra = 0

    @admin.display(description="state")
    def status(self, connection: Connection) -> str:
        """Return the state as the client sees it."""
        return _label(connection)


@admin.register(Connection)
class ConnectionAdmin(SeenByStaff, admin.ModelAdmin[Connection]):
    """AWS accounts, and what the last trust test found."""

    list_display = ["name", "tenant", "account_id", "status", "since", "checked_at", "why", "verified_at"]
    list_filter = ["state"]
    search_fields = ["name", "account_id", "tenant__name", "uid"]
    list_select_related = ["tenant"]
    fields = [
        *("uid", "tenant", "name", "account_id", "role_arn", "external_id", "external_id_created_at", "name_prefix"),
        *(
            "name_suffix",
            *(f"allow_{permission.key}" for permission in OPTIONAL_PERMISSIONS),
            "other_resources",
            "status",
            "since",
            "why",
            "page",
            "checked_at",
            "verified_at",
        ),
        *("trust_report", "permission_report", "deployed"),
    ]

    @admin.display(description="state", ordering="state")
    def status(self, connection: Connection) -> str:
        """Return the state as the client sees it."""
        return _label(connection)

    @admin.display(description="since", ordering="state_since")
    def since(self, connection: Connection) -> str:
        """Return since when it is in this state."""
        return time_text(connection_status(connection).since)

    @admin.display(description="message")
    def why(self, connection: Connection) -> str:
        """Return what the trust test found."""
        return explanation_of(connection.verdict)

    @admin.display(description="client page")
    def page(self, connection: Connection) -> SafeString:
        """Return a link to the page that the client sees."""
        url = reverse("connection", kwargs={"slug": connection.tenant.slug, "uid": connection.uid})
        return format_html('<a href="{}">{}</a>', url, url)


def _label(connection: Connection) -> str:
    found = connection_status(connection)
    if not found.is_expired or found.seen_at is None:
        return found.label
    return f"Unknown since {found.seen_at:%Y-%m-%d %H:%M} UTC"
