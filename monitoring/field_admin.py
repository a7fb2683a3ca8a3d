"""The field catalogue in the Django admin, read-only: how much is kept of each stream, and no names, which are data."""

from django.contrib import admin

from monitoring.field_model import DeviceKind, FieldCatalogue, FieldChange
from portal.tenancy.admin_access import SeenByStaff


@admin.register(FieldCatalogue)
class FieldCatalogueAdmin(SeenByStaff, admin.ModelAdmin[FieldCatalogue]):
    """For which streams an admin chose the field that names device kinds."""

    list_display = ["integration", "has_kind_field", "changed_by", "changed_at"]
    list_select_related = ["integration"]
    search_fields = ["integration__name", "integration__tenant__name"]
    fields = ["integration", "has_kind_field", "changed_by", "changed_at"]
    readonly_fields = ["has_kind_field"]

    @admin.display(description="device kinds", boolean=True)
    def has_kind_field(self, row: FieldCatalogue) -> bool:
        """Return whether fields are counted for each device kind."""
        return bool(row.kind_field)


@admin.register(DeviceKind)
class DeviceKindAdmin(SeenByStaff, admin.ModelAdmin[DeviceKind]):
    """How many records were sampled and how many fields are known, for all records and each device kind."""

    list_display = ["integration", "scope", "count", "records", "since", "last_at"]
    list_filter = ["scope"]
    list_select_related = ["integration"]
    search_fields = ["integration__name", "integration__tenant__name"]
    fields = ["integration", "scope", "count", "records", "since", "last_at"]
    readonly_fields = ["count"]

    @admin.display(description="fields")
    def count(self, row: DeviceKind) -> int:
        """Return how many fields are known."""
        return len(row.contents.get("fields", ()))


@admin.register(FieldChange)
class FieldChangeAdmin(SeenByStaff, admin.ModelAdmin[FieldChange]):
    """When fields appeared or vanished, and when people were notified."""

    list_display = ["kind", "change", "at", "notified_at"]
    list_filter = ["change"]
    list_select_related = ["kind__integration"]
    search_fields = ["kind__integration__name", "kind__integration__tenant__name"]
    date_hierarchy = "at"
    fields = ["kind", "change", "at", "notified_at"]
