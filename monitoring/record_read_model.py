"""Who was sent records of a stream, for the tenant to read: no values, one row for each viewing session and stream."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

LONGEST_FILTER = 500


class ReadSource(models.TextChoices):
    """Where a person saw records."""

    LIVE = "live", _("Newest records")
    HISTORY = "history", _("History")
    DOWNLOAD = "download", _("Download")
    FAILED = "failed", _("Failed deliveries")
    COMMAND = "command", _("Command line")
    KEYS = "keys", _("Partition keys")
    KINDS = "kinds", _("Device kinds")


class RecordRead(models.Model):
    """From `started_at` to `last_at` a person was sent so many records of a stream; `monitoring.read_audit` writes it.

    `shards` has the first and the last sequence number of each shard. A record that was sent twice counts twice.
    """

    tenant = models.ForeignKey("tenancy.Tenant", on_delete=models.PROTECT, related_name="record_reads")
    integration = models.ForeignKey(
        "onboarding.Integration", null=True, on_delete=models.SET_NULL, related_name="record_reads"
    )
    stream_uid = models.CharField(max_length=12)
    stream_name = models.CharField(max_length=128)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="record_reads",
        help_text="Empty for a command on the vendor’s server.",
    )
    email = models.CharField(max_length=254, help_text="The person’s address at that time.")
    is_staff = models.BooleanField(help_text="The person worked for the vendor.")
    session = models.CharField(max_length=16, help_text="Tells sessions of one person apart.")
    source = models.CharField(max_length=8, choices=ReadSource.choices)
    is_masked = models.BooleanField()
    filter_text = models.CharField(max_length=LONGEST_FILTER, blank=True, db_default="", help_text="As it was typed.")
    shards = models.JSONField(default=dict, help_text="First and last sequence number of each shard.")
    has_more_shards = models.BooleanField(default=False, help_text="Records of more shards were sent.")
    arrived_from = models.DateTimeField(help_text="Arrival of the oldest record.")
    arrived_until = models.DateTimeField(help_text="Arrival of the newest record.")
    records = models.PositiveBigIntegerField(help_text="How many were sent.")
    started_at = models.DateTimeField(db_default=Now(), help_text="When the first were sent.")
    last_at = models.DateTimeField(db_default=Now(), help_text="When the last were sent.")

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["tenant", "-id"], name="record_read_of_tenant"),
            models.Index(fields=["integration", "person", "session"], name="record_read_of_session"),
            models.Index(fields=["last_at"], name="record_read_last_at"),
        ]

    def __str__(self) -> str:
        return f"{self.email}: {self.records} records of {self.stream_name}"
