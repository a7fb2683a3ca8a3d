"""Who was sent records, in the Django admin, read-only."""

from django.contrib import admin

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
