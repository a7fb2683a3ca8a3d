"""Who was sent records, what staff may see of them and who unmasked them, in the Django admin, read-only."""

from django.contrib import admin

from monitoring.record_access_model import RecordAccess, Unmasking
from monitoring.record_read_model import RecordRead
from portal.tenancy.admin_access import SeenByStaff


@admin.register(RecordRead)
class RecordReadAdmin(SeenByStaff, admin.ModelAdmin[RecordRead]):
    """The viewing sessions of all tenants, the newest first."""

    list_display = ["email", "tenant", "stream_name", "source", "is_masked", "records", "started_at", "last_at"]
    list_filter = ["source", "is_masked", "is_staff", "tenant"]
    list_select_related = ["tenant"]
    search_fields = ["email", "stream_name", "stream_uid", "tenant__name"]
    date_hierarchy = "started_at"
    fields = [
        *("tenant", "email", "is_staff", "session", "stream_name", "stream_uid", "source", "is_masked", "filter_text"),
        *("records", "shards", "has_more_shards", "arrived_from", "arrived_until", "started_at", "last_at"),
    ]


@admin.register(RecordAccess)
class RecordAccessAdmin(SeenByStaff, admin.ModelAdmin[RecordAccess]):
    """The fields that staff see of each tenant's records."""

    list_display = ["tenant", "count", "shows_partition_key", "changed_by", "changed_at"]
    list_select_related = ["tenant"]
    search_fields = ["tenant__name"]
    fields = ["tenant", "fields", "shows_partition_key", "changed_by", "changed_at"]

    @admin.display(description="fields")
    def count(self, row: RecordAccess) -> int:
        """Return how many fields are allowed."""
        return len(row.fields)


@admin.register(Unmasking)
class UnmaskingAdmin(SeenByStaff, admin.ModelAdmin[Unmasking]):
    """The acts of unmasking of all tenants, the newest first."""

    list_display = ["person", "tenant", "integration", "reason", "started_at", "ends_at", "ended_at", "ended_by"]
    list_filter = ["tenant"]
    list_select_related = ["person", "tenant", "integration"]
    search_fields = ["person__email", "tenant__name", "reason", "uid"]
    date_hierarchy = "started_at"
    fields = [*("uid", "person", "tenant", "integration", "reason", "started_at", "ends_at", "ended_at", "ended_by")]
    readonly_fields = ["uid"]
