"""Alerts: what is wrong, for whom, since when, and who has taken notice; what silences them; their thresholds."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from onboarding.models.identifiers import new_uid
from onboarding.models.integration import Integration
from onboarding.models.states import Look, State
from portal.messages.catalogue import text_of
from portal.messages.fields import MessageField
from portal.tenancy.models import Tenant

ESCALATION_MINUTES = 60


class AlertKind(models.TextChoices):
    """What an alert is about; monitoring/alerts/rules.py has the rule of each."""

    WRITES_THROTTLED = "writes_throttled", _("Throttled writes")
    WRITE_USAGE = "write_usage", _("Near the write limit")
    SILENCE = "silence", _("Silence")
    ITERATOR_AGE = "iterator_age", _("Consumer behind")
    FRESHNESS = "freshness", _("Delivery late")
    DELIVERY_FAILING = "delivery_failing", _("Delivery failing")
    CONNECTION_BROKEN = "connection_broken", _("Connection broken")
    METRICS_MISSING = "metrics_missing", _("Streams not checked")
    KEY_OLD = "key_old", _("Access key old")
    KEY_UNUSED = "key_unused", _("Access key never used")
    CERTIFICATE_EXPIRING = "certificate_expiring", _("OpenPGP key expiring")


class AlertState(State):
    """How far an alert is. A pending one is shown nowhere: its condition has not held for long enough."""

    PENDING = "pending", _("Pending")
    OPEN = "open", _("Open")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    CLOSED = "closed", _("Closed")

    @property
    def look(self) -> Look:
        """Return how the state is shown."""
        return {"open": Look.FAILING, "acknowledged": Look.ATTENTION, "closed": Look.HEALTHY}.get(
            self.value, Look.UNKNOWN
        )


SHARED = "streams-"  # how the cause of an alert begins that several streams share
LIVE = (AlertState.PENDING, AlertState.OPEN, AlertState.ACKNOWLEDGED)
SHOWN = (AlertState.OPEN, AlertState.ACKNOWLEDGED)


class Alert(models.Model):
    """One cause of one kind in one tenant, over one stream or several. Its times of the condition are data times."""

    uid = models.CharField(max_length=12, unique=True, default=new_uid, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="alerts")
    kind = models.CharField(max_length=24, choices=AlertKind.choices)
    cause = models.CharField(max_length=120, help_text="What the alert is about, such as stream-1f2e….")
    scope = models.CharField(
        max_length=160,
        blank=True,
        default="",
        db_default="",
        help_text="Account, Region and sender: streams with the same can share an alert.",
    )
    state = models.CharField(max_length=12, choices=AlertState.choices, default=AlertState.PENDING)
    since = models.DateTimeField(help_text="From when on the condition held.")
    began_at = models.DateTimeField(null=True, help_text="When the measured state began, such as a silence, if known.")
    seen_at = models.DateTimeField(help_text="When it was last known whether the condition holds.")
    clear_since = models.DateTimeField(null=True, help_text="From when on it does not hold; null while it holds.")
    flap_count = models.PositiveIntegerField(default=0, help_text="How often it held again before or after closing.")
    value = models.FloatField(null=True, help_text="The newest measurement, in the unit of the rule.")
    threshold = models.FloatField(null=True, help_text="The threshold at that time, in the same unit.")
    title = MessageField(help_text="The kind and the name of the cause.")
    message = MessageField(help_text="What is wrong, and what to do.")
    evidence = MessageField(help_text="What the health rules said of it.")
    stream_count = models.PositiveIntegerField(default=1, help_text="How many streams it concerns.")
    streams: "models.ManyToManyField[Integration, AlertStream]" = models.ManyToManyField(
        Integration, through="AlertStream", related_name="alerts"
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    opened_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.CharField(max_length=254, blank=True)
    note = models.CharField(max_length=300, blank=True, help_text="What was said when it was acknowledged.")
    closed_at = models.DateTimeField(null=True)
    closed_because = MessageField(help_text="Why it was closed.")
    needs_notice = models.BooleanField(default=False, help_text="Opened, and no one was notified yet.")
    notice_count = models.PositiveIntegerField(default=0, help_text="How often people were notified of it.")
    notified_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "kind", "cause"],
                condition=models.Q(state__in=LIVE),
                name="alert_once_per_cause",
            )
        ]
        indexes = [
            models.Index(fields=["tenant", "state", "-opened_at"], name="alert_of_tenant"),
            models.Index(fields=["tenant", "cause"], name="alert_of_cause"),
        ]

    def __str__(self) -> str:
        return text_of(self.title) or f"{self.kind_of.label}: {self.cause}"

    @property
    def kind_of(self) -> AlertKind:
        """Return the kind with its label."""
        return AlertKind(self.kind)

    @property
    def status(self) -> AlertState:
        """Return the state with its label and look."""
        return AlertState(self.state)

    @property
    def is_shown(self) -> bool:
        """Return whether it is open, acknowledged or not."""
        return self.state in SHOWN

    @property
    def is_shared(self) -> bool:
        """Return whether several streams share it, each with a condition of its own."""
        return self.cause.startswith(SHARED)


class AlertStream(models.Model):
    """A stream that an alert concerns.

    In an alert that several streams share it has the stream's own condition: its times are data times, as an alert's.
    """

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="affected")
    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="alert_streams")
    since = models.DateTimeField(null=True, help_text="From when on the condition held for the stream.")
    seen_at = models.DateTimeField(null=True, help_text="When it was last known of the stream.")
    clear_since = models.DateTimeField(null=True, help_text="From when on it does not hold for the stream.")
    flap_count = models.PositiveIntegerField(default=0, db_default=0, help_text="How often it held again.")
    value = models.FloatField(null=True, help_text="The newest measurement of the stream, in the unit of the rule.")
    threshold = models.FloatField(null=True, help_text="The threshold of the stream at that time.")
    left_at = models.DateTimeField(null=True, help_text="When the alert no longer concerned the stream.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alert", "integration"], name="alert_stream_once")]

    def __str__(self) -> str:
        return f"{self.alert}: {self.integration}"


class AlertMute(models.Model):
    """Until `ends_at` no one is notified: of one alert, or of a kind of alerts of one stream."""

    uid = models.CharField(max_length=12, unique=True, default=new_uid, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="alert_mutes")
    alert = models.ForeignKey(Alert, null=True, on_delete=models.CASCADE, related_name="mutes")
    integration = models.ForeignKey(Integration, null=True, on_delete=models.CASCADE, related_name="alert_mutes")
    kind = models.CharField(max_length=24, choices=AlertKind.choices)
    reason = models.CharField(max_length=300)
    ends_at = models.DateTimeField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = models.CharField(max_length=254)
    ended_at = models.DateTimeField(null=True, help_text="When someone ended it before its time.")
    ended_by = models.CharField(max_length=254, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(alert__isnull=False) | models.Q(integration__isnull=False),
                name="alert_mute_of_something",
            )
        ]
        indexes = [models.Index(fields=["tenant", "ends_at"], name="alert_mute_of_tenant")]

    def __str__(self) -> str:
        return f"{AlertKind(self.kind).label} until {self.ends_at:%Y-%m-%d %H:%M}"


class AlertThreshold(models.Model):
    """Another threshold than the default: of a tenant, or of one of its streams."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="alert_thresholds")
    integration = models.ForeignKey(Integration, null=True, on_delete=models.CASCADE, related_name="alert_thresholds")
    kind = models.CharField(max_length=24, choices=AlertKind.choices)
    value = models.FloatField(null=True, help_text="In the unit of the rule; null for none of its own.")
    is_off = models.BooleanField(default=False, help_text="No alert of this kind is opened.")
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.CharField(max_length=254)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "kind"], condition=models.Q(integration=None), name="alert_threshold_of_tenant"
            ),
            models.UniqueConstraint(fields=["integration", "kind"], name="alert_threshold_of_stream"),
        ]

    def __str__(self) -> str:
        return f"{AlertKind(self.kind).label}: {'off' if self.is_off else self.value}"


class AlertSettings(models.Model):
    """Who is notified if no one acknowledges an alert, and after how many minutes (0: never); the zone of reports."""

    tenant = models.OneToOneField(Tenant, on_delete=models.CASCADE, related_name="alert_settings")
    escalation_minutes = models.PositiveIntegerField(default=ESCALATION_MINUTES)
    escalate_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="escalated_alerts"
    )
    report_zone = models.CharField(
        max_length=64, db_default="UTC", default="UTC", help_text="The time zone of monthly reports, by IANA's name."
    )
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.CharField(max_length=254)

    class Meta:
        verbose_name_plural = "alert settings"

    def __str__(self) -> str:
        return f"{self.tenant}: {self.escalation_minutes} minutes"
