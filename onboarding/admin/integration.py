"""Integrations: what was requested, what was created, and how the runs ended."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from onboarding.account_state import stream_settings
from onboarding.account_state.integration_status import integration_status, last_seen_at
from onboarding.admin.credential import CredentialInline
from onboarding.admin.drift_finding import DriftFindingInline
from onboarding.admin.producer_role import ProducerRoleInline
from onboarding.admin.resource import ResourceInline
from onboarding.admin.run import RunInline
from onboarding.models.integration import Integration
from onboarding.spec import validation
from portal.messages.catalogue import text_of
from portal.tenancy.admin_access import Boxed, SeenByStaff, time_text
from portal.tenancy.models import Tenant


class IntegrationInline(Boxed, SeenByStaff, admin.TabularInline[Integration, Tenant]):
    """A tenant's integrations."""

    model = Integration
    fields = ["name", "status", "seen_at", "connection", "created_by", "changed_at"]
    readonly_fields = ["name", "status", "seen_at", "connection", "created_by", "changed_at"]
    show_change_link = True
    extra = 0

    @admin.display(description="state")
    def status(self, integration: Integration) -> str:
        """Return the state as the client sees it."""
        return integration_status(integration).label

    @admin.display(description="last seen in AWS")
    def seen_at(self, integration: Integration) -> str:
        """Return when anything of it was last described or compared."""
        return time_text(last_seen_at(integration))


@admin.register(Integration)
class IntegrationAdmin(SeenByStaff, admin.ModelAdmin[Integration]):
    """Integrations: what was requested, what was created, and how the runs ended."""

    list_display = [
        *("name", "tenant", "status", "unknown_since", "seen_at", "stream_name", "region", "drift_count"),
        *("last_failure", "abandoned_at", "changed_at"),
    ]
    list_filter = ["state", ("abandoned_at", admin.EmptyFieldListFilter)]
    search_fields = ["name", "uid", "tenant__name", "connection__account_id"]
    list_select_related = ["tenant", "connection"]
    fields = [
        *("uid", "name", "tenant", "connection", "status", "unknown_since", "seen_at", "watched_at", "abandoned_at"),
        *("spec", "records_to"),
        "created_by",
        "created_at",
        "changed_at",
    ]
    readonly_fields = ["records_to", "status", "unknown_since", "seen_at"]
    inlines = [RunInline, ResourceInline, DriftFindingInline, CredentialInline, ProducerRoleInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Integration]:
        """Fetch the runs and descriptions with the integrations."""
        return super().get_queryset(request).prefetch_related("runs", "observations")

    @admin.display(description="state", ordering="state")
    def status(self, integration: Integration) -> str:
        """Return the state as the client sees it."""
        return integration_status(integration).label

    @admin.display(description="unknown since")
    def unknown_since(self, integration: Integration) -> str:
        """Return since when its account cannot be seen."""
        unknown = stream_settings.unknown_since(integration)
        return time_text(unknown.at if unknown else None)

    @admin.display(description="last seen in AWS")
    def seen_at(self, integration: Integration) -> str:
        """Return when anything of it was last described or compared."""
        return time_text(last_seen_at(integration))

    @admin.display(description="endpoint")
    def records_to(self, integration: Integration) -> str:
        """Return the address for the producer, and which endpoint it is."""
        if not integration.spec:
            return ""
        stream = validation.of_schema(integration.spec).stream
        return f"{stream.endpoint_url} ({text_of(stream.endpoint.description)})"

    @admin.display(description="last failure")
    def last_failure(self, integration: Integration) -> str:
        """Return why the newest run stopped, if it did."""
        newest = next(iter(integration.runs.all()), None)
        return text_of(newest.failure) if newest else ""
