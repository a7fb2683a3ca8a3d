"""Alerts, their mutes and thresholds in the Django admin, read-only."""

from django.contrib import admin

from monitoring.alert_models import Alert, AlertMute, AlertSettings, AlertThreshold
from portal.messages.catalogue import advice_of, text_of
from portal.tenancy.admin_access import SeenByStaff


@admin.register(Alert)
class AlertAdmin(SeenByStaff, admin.ModelAdmin[Alert]):
    """The alerts of all tenants, the newest first."""

    list_display = ["summary", "tenant", "state", "stream_count", "since", "opened_at", "acknowledged_by", "closed_at"]
    list_filter = ["state", "kind", "tenant"]
    list_select_related = ["tenant"]
    search_fields = ["uid", "cause", "tenant__name", "title__params__name"]
    date_hierarchy = "opened_at"
    fields = [
        *("uid", "tenant", "kind", "cause", "state", "summary", "what", "advice", "verdict", "value", "threshold"),
        *("since", "seen_at", "clear_since", "flap_count", "stream_count", "opened_at", "notified_at", "escalated_at"),
        *("acknowledged_at", "acknowledged_by", "note", "closed_at", "end"),
    ]
    readonly_fields = ["uid", "summary", "what", "advice", "verdict", "end"]

    @admin.display(description="alert", ordering="kind")
    def summary(self, row: Alert) -> str:
        """Return kind and name."""
        return text_of(row.title) or str(row)

    @admin.display(description="message")
    def what(self, row: Alert) -> str:
        """Return what is wrong."""
        return text_of(row.message)

    @admin.display
    def advice(self, row: Alert) -> str:
        """Return what to do about it."""
        return advice_of(row.message)

    @admin.display
    def verdict(self, row: Alert) -> str:
        """Return what the health rules said."""
        return text_of(row.evidence)

    @admin.display(description="closed because")
    def end(self, row: Alert) -> str:
        """Return why it was closed."""
        return text_of(row.closed_because)


@admin.register(AlertMute)
class AlertMuteAdmin(SeenByStaff, admin.ModelAdmin[AlertMute]):
    """What is muted, by whom and until when."""

    list_display = ["kind", "tenant", "integration", "alert", "ends_at", "created_by", "ended_at"]
    list_filter = ["kind", "tenant"]
    list_select_related = ["tenant", "integration", "alert"]
    fields = ["tenant", "kind", "integration", "alert", "reason", "ends_at", "created_at", "created_by", "ended_at"]
    readonly_fields = ["created_at"]


@admin.register(AlertThreshold)
class AlertThresholdAdmin(SeenByStaff, admin.ModelAdmin[AlertThreshold]):
    """Thresholds that are not the defaults."""

    list_display = ["kind", "tenant", "integration", "value", "is_off", "changed_by", "changed_at"]
    list_filter = ["kind", "tenant"]
    list_select_related = ["tenant", "integration"]
    fields = ["tenant", "integration", "kind", "value", "is_off", "changed_by"]


@admin.register(AlertSettings)
class AlertSettingsAdmin(SeenByStaff, admin.ModelAdmin[AlertSettings]):
    """Who is notified if no one acknowledges an alert."""

    list_display = ["tenant", "escalation_minutes", "escalate_to", "changed_by", "changed_at"]
    list_filter = ["tenant"]
    list_select_related = ["tenant", "escalate_to"]
    fields = ["tenant", "escalation_minutes", "escalate_to", "changed_by"]
