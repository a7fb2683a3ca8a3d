"""Stream health in the admin: to read, never to write."""

from django.contrib import admin

from monitoring.models import StreamHealth
from portal.tenancy.admin import SeenByStaff


@admin.register(StreamHealth)
class StreamHealthAdmin(SeenByStaff, admin.ModelAdmin[StreamHealth]):
    """One row a stream, worst first."""

    list_display = ["integration", "tenant", "state", "sentence", "checked_at"]
    list_filter = ["state", "integration__tenant"]
    list_select_related = ["integration__tenant"]
    search_fields = ["integration__name", "integration__uid", "integration__tenant__name", "sentence"]
    ordering = ["rank", "integration__name"]
    fields = ["integration", "state", "sentence", "advice", "numbers", "checked_at"]

    @admin.display(ordering="integration__tenant__name")
    def tenant(self, row: StreamHealth) -> str:
        """Return the tenant's name."""
        return row.integration.tenant.name
