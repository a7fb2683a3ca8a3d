"""Stream health and diagnoses in the Django admin, read-only, and links for wall displays, which support revokes."""

from typing import cast

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from monitoring import alert_admin, field_admin, record_admin, wall_links
from monitoring.diagnosis.report import report_of
from monitoring.diagnosis.text import report_text
from monitoring.models import ExpectedHours, StateChange, StreamHealth, StreamReaders, StreamShards, state_label
from monitoring.wall_link_model import WallLink
from onboarding.models.diagnosis import Diagnosis
from portal.accounts.step_up import to_confirmation
from portal.messages.catalogue import advice_of, text_of
from portal.tenancy import proof
from portal.tenancy.access import has_staff_right
from portal.tenancy.admin_access import SeenByStaff
from portal.tenancy.models import User
from portal.tenancy.rights import Right

__all__ = ["alert_admin", "field_admin", "record_admin"]  # Django finds an app's admin here


@admin.register(StreamHealth)
class StreamHealthAdmin(SeenByStaff, admin.ModelAdmin[StreamHealth]):
    """One row for each stream, worst first."""

    list_display = ["integration", "tenant", "status", "summary", "checked_at"]
    list_filter = ["state", "integration__tenant"]
    list_select_related = ["integration__tenant"]
    search_fields = ["integration__name", "integration__uid", "integration__tenant__name", "message__code"]
    ordering = ["rank", "integration__name"]
    fields = ["integration", "status", "summary", "advice", "code", "measurements", "checked_at"]
    readonly_fields = ["status", "summary", "advice", "code"]

    @admin.display(ordering="integration__tenant__name")
    def tenant(self, row: StreamHealth) -> str:
        """Return the tenant's name."""
        return row.integration.tenant.name

    @admin.display(description="state", ordering="state")
    def status(self, row: StreamHealth) -> str:
        """Return the state as the board shows it: unknown once it was checked too long ago."""
        if row.checked_at is None or not row.is_expired:
            return state_label(row.status, row.message)
        return f"Unknown since {row.checked_at:%Y-%m-%d %H:%M} UTC"

    @admin.display(ordering="message__code")
    def summary(self, row: StreamHealth) -> str:
        """Return the message as a sentence."""
        return text_of(row.message)

    @admin.display
    def advice(self, row: StreamHealth) -> str:
        """Return what to do about it."""
        return advice_of(row.message)

    @admin.display(description="message code")
    def code(self, row: StreamHealth) -> str:
        """Return the message's code, to search for."""
        return row.message.code if row.message else ""


@admin.register(StateChange)
class StateChangeAdmin(SeenByStaff, admin.ModelAdmin[StateChange]):
    """The history of all streams' states, newest first."""

    list_display = ["integration", "tenant", "state", "summary", "at"]
    list_filter = ["state", "integration__tenant"]
    list_select_related = ["integration__tenant"]
    search_fields = ["integration__name", "integration__uid", "integration__tenant__name", "message__code"]
    date_hierarchy = "at"
    fields = ["integration", "state", "summary", "at"]
    readonly_fields = ["summary"]

    @admin.display(ordering="integration__tenant__name")
    def tenant(self, row: StateChange) -> str:
        """Return the tenant's name."""
        return row.integration.tenant.name

    @admin.display(ordering="message__code")
    def summary(self, row: StateChange) -> str:
        """Return the message as a sentence."""
        return text_of(row.message)


@admin.register(ExpectedHours)
class ExpectedHoursAdmin(SeenByStaff, admin.ModelAdmin[ExpectedHours]):
    """When records of each stream are expected, read-only."""

    list_display = ["integration", "tenant", "source", "zone", "country", "changed_by", "changed_at"]
    list_filter = ["source", "integration__tenant"]
    list_select_related = ["integration__tenant"]
    search_fields = ["integration__name", "integration__uid", "integration__tenant__name"]
    fields = [
        "integration",
        "source",
        "zone",
        "country",
        "hours",
        "learned",
        "schema_registry",
        "registry_key",
        "has_registry_secret",
        "changed_by",
        "changed_at",
    ]
    readonly_fields = ["has_registry_secret"]

    @admin.display(boolean=True, description="registry secret is set")
    def has_registry_secret(self, row: ExpectedHours) -> bool:
        """Return whether a secret is stored; it is shown to no one."""
        return bool(row.registry_secret)

    @admin.display(ordering="integration__tenant__name")
    def tenant(self, row: ExpectedHours) -> str:
        """Return the tenant's name."""
        return row.integration.tenant.name


@admin.register(StreamShards)
class StreamShardsAdmin(SeenByStaff, admin.ModelAdmin[StreamShards]):
    """The shards of each stream, read-only."""

    list_display = ["integration", "tenant", "count", "omitted", "read_at"]
    list_filter = ["integration__tenant"]
    list_select_related = ["integration__tenant"]
    search_fields = ["integration__name", "integration__uid", "integration__tenant__name"]
    fields = ["integration", "shards", "omitted", "read_at"]

    @admin.display(ordering="integration__tenant__name")
    def tenant(self, row: StreamShards) -> str:
        """Return the tenant's name."""
        return row.integration.tenant.name

    @admin.display(description="shards")
    def count(self, row: StreamShards) -> int:
        """Return how many shards are kept."""
        return len(row.shards)


@admin.register(StreamReaders)
class StreamReadersAdmin(SeenByStaff, admin.ModelAdmin[StreamReaders]):
    """The readers of each stream, read-only."""

    list_display = ["integration", "tenant", "count", "omitted", "read_at"]
    list_filter = ["integration__tenant"]
    list_select_related = ["integration__tenant"]
    search_fields = ["integration__name", "integration__uid", "integration__tenant__name"]
    fields = ["integration", "readers", "omitted", "problems", "asked_at", "read_at"]

    @admin.display(ordering="integration__tenant__name")
    def tenant(self, row: StreamReaders) -> str:
        """Return the tenant's name."""
        return row.integration.tenant.name

    @admin.display(description="readers")
    def count(self, row: StreamReaders) -> int:
        """Return how many readers are kept."""
        return len(row.readers)


@admin.register(Diagnosis)
class DiagnosisAdmin(SeenByStaff, admin.ModelAdmin[Diagnosis]):
    """The last diagnosis of each stream, read-only."""

    list_display = ["integration", "tenant", "summary", "requested_by", "requested_at", "finished_at"]
    list_filter = ["integration__tenant"]
    list_select_related = ["integration__tenant"]
    search_fields = ["integration__name", "integration__uid", "integration__tenant__name"]
    date_hierarchy = "requested_at"
    fields = ["integration", "summary", "requested_by", "requested_at", "claimed_at", "finished_at", "text"]
    readonly_fields = ["summary", "text"]

    @admin.display(ordering="integration__tenant__name")
    def tenant(self, row: Diagnosis) -> str:
        """Return the tenant's name."""
        return row.integration.tenant.name

    @admin.display
    def summary(self, row: Diagnosis) -> str:
        """Return the first cause of the last finished diagnosis."""
        report = report_of(row.results)
        return text_of(report.summary) if report else "-"

    @admin.display(description="results")
    def text(self, row: Diagnosis) -> str:
        """Return the results as the text for a support ticket."""
        report = report_of(row.results)
        return report_text(report, row.integration) if report else "-"


@admin.register(WallLink)
class WallLinkAdmin(SeenByStaff, admin.ModelAdmin[WallLink]):
    """Whose link, to which board, used when and from where. Its token is not known to Sluice."""

    list_display = ("name", "tenant", "person", "expires_at", "last_used_at", "revoked_at")
    list_select_related = ["tenant", "person"]
    search_fields = ["uid", "name", "person__email", "tenant__name"]
    fields = ("uid", *list_display, "last_used_from", "created_at")
    readonly_fields = ["uid", "created_at", "last_used_at", "last_used_from", "revoked_at"]
    actions = ["revoke"]

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Allow support to view links."""
        return has_staff_right(request.user, Right.KEEP_TENANTS)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show links to support."""
        return has_staff_right(request.user, Right.KEEP_TENANTS)

    @admin.action(description="Revoke: end the chosen links and their screens at once", permissions=["view"])
    def revoke(self, request: HttpRequest, selected: QuerySet[WallLink]) -> HttpResponse | None:
        """Revoke the chosen links."""
        if not proof.is_recent(request.session):
            return to_confirmation(request, "wall_link")
        for link in selected.filter(revoked_at=None).select_related("person", "tenant"):
            if wall_links.end(link=link, actor=cast(User, request.user)):
                self.message_user(request, _("Revoked %(link)s.") % {"link": link})
        return None
