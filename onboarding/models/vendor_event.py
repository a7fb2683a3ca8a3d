"""What the vendor's pusher learns of: changes of access keys and of what they are for, in one order."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from onboarding.models.identifiers import new_uid
from onboarding.models.integration import Integration


class VendorEvent(models.Model):
    """One change, as identifiers and public facts; never a secret. Rows are added and, when old, deleted."""

    class Kind(models.TextChoices):
        """What changed; docs/api.md says what a pusher does then."""

        READY = "ready", _("Key ready")
        ROTATED = "rotated", _("Key rotated")
        REVOKED = "revoked", _("Key revoked")
        ENDPOINT_CHANGED = "endpoint-changed", _("Endpoint changed")
        ROLE_READY = "role-ready", _("Role ready")
        TEST_REQUESTED = "test-requested", _("Test requested")

    uid = models.CharField(max_length=12, unique=True, default=new_uid, editable=False)
    integration = models.ForeignKey(Integration, on_delete=models.PROTECT, related_name="vendor_events")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    key_uid = models.CharField(max_length=12, blank=True, help_text="The vendor's encrypted copy.")
    access_key_id = models.CharField(max_length=128, blank=True)
    facts = models.JSONField(default=dict, help_text="Public facts of this kind of event.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.integration_id}"


class VendorEventPlace(models.Model):
    """The place of an event in the feed. PostgreSQL adds it at the commit (migration 0020); nothing else does."""

    event = models.OneToOneField(
        VendorEvent, on_delete=models.DO_NOTHING, db_constraint=False, primary_key=True, related_name="place"
    )
    position = models.BigIntegerField(unique=True)

    def __str__(self) -> str:
        return f"Place {self.position}"
