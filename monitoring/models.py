"""The health of each stream: one row for each integration, rewritten by every collection."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from monitoring.alert_models import Alert, AlertMute, AlertSettings, AlertStream, AlertThreshold
from monitoring.field_model import DeviceKind, FieldCatalogue, FieldChange
from monitoring.named_view_model import NamedView
from monitoring.reader_model import StreamReaders
from monitoring.record_access_model import RecordAccess, Unmasking
from monitoring.record_read_model import RecordRead
from monitoring.report_model import MonthlyReport
from monitoring.stream_view_model import StreamView
from monitoring.wall_link_model import WallLink
from onboarding.models.integration import Integration
from onboarding.models.states import Look, State
from portal.messages.fields import MessageField
from portal.messages.message import Message
from portal.secret_store.field import EncryptedField

# Django finds the models of an app here, those of other modules too.
__all__ = [
    "INTERVALS",
    "Alert",
    "AlertMute",
    "AlertSettings",
    "AlertStream",
    "AlertThreshold",
    "DeviceKind",
    "ExpectedHours",
    "FieldCatalogue",
    "FieldChange",
    "HealthState",
    "MonthlyReport",
    "NamedView",
    "RecordAccess",
    "RecordRead",
    "StateChange",
    "StreamHealth",
    "StreamReaders",
    "StreamShards",
    "StreamView",
    "Unmasking",
    "WallLink",
    "lifetime",
    "state_label",
]
INTERVALS = 3


def lifetime() -> timedelta:
    """Return for how long an assessment is valid of which nothing else is known: three intervals of collection."""
    return timedelta(seconds=INTERVALS * settings.SLUICE_COLLECT_SECONDS)


class HealthState(State):
    """How a stream is doing, as one word."""

    HEALTHY = "healthy", _("Healthy")
    ATTENTION = "attention", _("Attention")
    FAILING = "failing", _("Failing")
    UNKNOWN = "unknown", _("Unknown")

    @property
    def look(self) -> Look:
        """Return how the state is shown: the states of health are the looks."""
        return Look(self.value)

    @property
    def rank(self) -> int:
        """Return the position on a board that shows the worst first."""
        return {"failing": 0, "attention": 1, "unknown": 2, "healthy": 3}[self.value]


_NO_DATA_YET = {"stream.not_collected", "stream.no_metrics_yet", "stream.waiting_for_first_record"}


def state_label(state: HealthState, message: Message | None) -> str:
    """Return the label of a state: “No data yet” only where none is expected yet, and not where it is withheld."""
    if state is HealthState.UNKNOWN and (message is None or message.code in _NO_DATA_YET):
        return gettext("No data yet")
    return str(state.label)


class StreamHealth(models.Model):
    """The newest assessment of one stream, with the measurements that it is based on."""

    integration = models.OneToOneField(Integration, on_delete=models.CASCADE, related_name="health")
    state = models.CharField(max_length=10, choices=HealthState.choices, default=HealthState.UNKNOWN)
    rank = models.PositiveSmallIntegerField(default=2, editable=False, help_text="Position on the board, worst first.")
    message = MessageField(help_text="What the state is based on, and what to do.")
    measurements = models.JSONField(
        default=dict, help_text="Measurements of the last collection; null where AWS returned none."
    )
    sparkline = models.JSONField(default=list, help_text="Incoming records per second over three hours; null is a gap.")
    checked_at = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True, help_text="Until when this is shown as the present state.")
    metrics_month = models.DateField(null=True, editable=False)
    metrics_requested = models.PositiveBigIntegerField(
        default=0, editable=False, help_text="Metrics that were asked of CloudWatch in `metrics_month`."
    )
    metrics_before_month = models.DateField(null=True, editable=False)
    metrics_before = models.PositiveBigIntegerField(
        db_default=0, default=0, editable=False, help_text="Metrics asked for in the month before `metrics_month`."
    )
    metrics_last = models.PositiveIntegerField(
        default=0, editable=False, help_text="Metrics that the last collection asked for."
    )
    traffic = models.JSONField(
        null=True, editable=False, help_text="The busiest minute and the sums of each of the last 14 days."
    )
    first_record_at = models.DateTimeField(
        null=True, editable=False, help_text="The first minute in which records arrived that Sluice did not put itself."
    )

    class Meta:
        ordering = ["rank", "integration__name"]
        verbose_name_plural = "stream health"
        indexes = [models.Index(fields=["rank"], name="health_rank")]

    def __str__(self) -> str:
        return f"{self.integration}: {state_label(self.status, self.message)}"

    @property
    def expires_at(self) -> datetime | None:
        """Return until when the state may be shown as the present one; None if it was never assessed."""
        if self.valid_until is not None:
            return self.valid_until
        return self.checked_at + lifetime() if self.checked_at else None

    @property
    def is_expired(self) -> bool:
        """Return whether it was assessed too long ago to be shown as the present state."""
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def status(self) -> HealthState:
        """Return the state with its label and look, as it was when it was assessed."""
        return HealthState(self.state)


class StateChange(models.Model):
    """From `at` on a stream was in this state for this reason, until its next change."""

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="state_changes")
    state = models.CharField(max_length=10, choices=HealthState.choices)
    message = MessageField(help_text="What the state was based on.")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["integration", "-at"], name="state_change_of_stream")]

    def __str__(self) -> str:
        return f"{self.integration}: {self.status.label} at {self.at:%Y-%m-%d %H:%M}"

    @property
    def status(self) -> HealthState:
        """Return the state with its label and look."""
        return HealthState(self.state)


class ExpectedHours(models.Model):
    """When records of a stream are expected: what a person set, and what was learned from the last four weeks."""

    class Source(models.TextChoices):
        """Where the expected hours come from."""

        LEARNED = "learned", _("Learned")
        SET = "set", _("Set by a person")
        OFF = "off", _("Not judged")

    integration = models.OneToOneField(Integration, on_delete=models.CASCADE, related_name="expected_hours")
    source = models.CharField(max_length=7, choices=Source.choices, default=Source.LEARNED)
    zone = models.CharField(max_length=64, default="UTC", help_text="The building's time zone, by IANA's name.")
    country = models.CharField(max_length=2, blank=True, help_text="Country whose public holidays count as Sundays.")
    hours = models.JSONField(default=list, help_text="Hours of the week that a person set; 0 is Monday at midnight.")
    read_seconds = models.PositiveIntegerField(
        null=True, help_text="How often metrics are read while no one watches; the portal's setting where it is null."
    )
    lease_tables = models.JSONField(
        default=list, help_text="Lease tables of the applications that read the stream, by name."
    )
    schema_registry = models.CharField(
        max_length=500, blank=True, help_text="Address of the Confluent Schema Registry of the stream's records."
    )
    registry_key = models.CharField(max_length=200, blank=True, help_text="Key (user name) of that registry.")
    registry_secret = EncryptedField(bound_to="integration_id")
    end_hour = models.BigIntegerField(default=0, help_text="The hour after the newest of `minutes`, from 1970.")
    minutes = models.BinaryField(default=bytes, help_text="The minutes with records: eight bytes for each hour.")
    learned = models.JSONField(default=dict, help_text="What the minutes tell, in the zone and country it names.")
    changed_at = models.DateTimeField(null=True)
    changed_by = models.CharField(max_length=254, blank=True)

    class Meta:
        verbose_name_plural = "expected hours"

    def __str__(self) -> str:
        return f"{self.integration}: {self.get_source_display()}"


class StreamShards(models.Model):
    """The shards of a stream, as AWS listed them last (monitoring/shards/)."""

    integration = models.OneToOneField(Integration, on_delete=models.CASCADE, related_name="listed_shards")
    shards = models.JSONField(default=list, help_text="Each shard with its hash keys, parents and times.")
    omitted = models.PositiveIntegerField(default=0, help_text="Shards that AWS listed and that are not kept.")
    read_at = models.DateTimeField(help_text="When AWS listed them.")

    class Meta:
        verbose_name_plural = "stream shards"

    def __str__(self) -> str:
        return f"{self.integration}: {len(self.shards)} shards"
