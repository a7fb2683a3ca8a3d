"""Which fields the records of a stream have: what was counted of a sample, for all records and for each device kind."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from onboarding.models.integration import Integration


class FieldCatalogue(models.Model):
    """What an admin chose for a stream's catalogue: the field that names the device kind."""

    integration = models.OneToOneField(Integration, on_delete=models.CASCADE, related_name="field_catalogue")
    kind_field = models.JSONField(default=list, help_text="The names of that field's path; empty: none is chosen.")
    changed_at = models.DateTimeField(null=True)
    changed_by = models.CharField(max_length=254, blank=True, db_default="")

    def __str__(self) -> str:
        return f"{self.integration}: field catalogue"  # without names, which staff may not see


class KindScope(models.TextChoices):
    """Which records a row is about."""

    ALL = "all", _("All records")
    KIND = "kind", _("One device kind")
    OTHER = "other", _("Other device kinds")


class ChangeOfField(models.TextChoices):
    """What became of a field."""

    APPEARED = "appeared", _("New")
    VANISHED = "vanished", _("No longer seen")
    RETURNED = "returned", _("Seen again")


class DeviceKind(models.Model):
    """What was counted of the fields of one device kind, or of all records. It has no values but the kind's name."""

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="device_kinds")
    scope = models.CharField(max_length=5, choices=KindScope.choices)
    name = models.CharField(max_length=60, blank=True, db_default="", help_text="The value that names the kind.")
    records = models.PositiveBigIntegerField(help_text="How many records were sampled.")
    since = models.DateTimeField(help_text="When the first record was sampled.")
    last_at = models.DateTimeField(help_text="When the last record was sampled.")
    contents = models.JSONField(help_text="The fields with their types and counts: monitoring/field_catalogue/.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["integration", "scope", "name"], name="one_row_for_each_device_kind")
        ]
        indexes = [models.Index(fields=["last_at"], name="device_kind_last_at")]

    def __str__(self) -> str:
        return f"{self.integration}: {self.get_scope_display()}"  # without its name, which staff may not see


class FieldChange(models.Model):
    """A field appeared in a device kind's records, or vanished from them. Without the field's values."""

    kind = models.ForeignKey(DeviceKind, on_delete=models.CASCADE, related_name="changes")
    path = models.JSONField(help_text="The names of the field's path; null is any name.")
    change = models.CharField(max_length=8, choices=ChangeOfField.choices)
    at = models.DateTimeField(db_default=Now(), help_text="When it was noticed.")
    notified_at = models.DateTimeField(null=True, help_text="When people were notified of it.")

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["kind", "-at"], name="field_change_of_kind"),
            models.Index(fields=["at"], condition=models.Q(notified_at=None), name="field_change_to_notify"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.get_change_display()}"  # without its path, which staff may not see
