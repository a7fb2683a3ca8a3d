"""Connections, keys, integrations, and everything a run leaves behind. The rows are the truth; nothing else is."""

import secrets
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import models
from django.utils import timezone

from onboarding.grant_fields import GrantFields
from onboarding.mend_fields import MendFields
from onboarding.states import (
    ConnectionState,
    CredentialState,
    IntegrationState,
    ResourceState,
    RunKind,
    RunState,
    StepState,
)
from portal.tenancy.models import Tenant

EXTERNAL_ID_LASTS = timedelta(hours=48)
PROPAGATION_TAKES = timedelta(minutes=2)


def new_uid() -> str:
    """Return twelve hexadecimal digits that name a thing in addresses and tags."""
    return uuid4().hex[:12]


def new_external_id() -> str:
    """Return an external ID of 160 random bits, as letters AWS accepts."""
    return f"sluice-{secrets.token_hex(20)}"


class Connection(GrantFields):
    """The right to act in one AWS account of a tenant, through a role that the tenant made."""

    uid = models.CharField(max_length=12, unique=True, default=new_uid, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="connections")
    name = models.CharField(max_length=80)
    role_arn = models.CharField(max_length=2048, blank=True)
    external_id = models.CharField(max_length=100, unique=True, default=new_external_id, editable=False)
    external_id_made_at = models.DateTimeField(default=timezone.now, editable=False)
    state = models.CharField(max_length=10, choices=ConnectionState.choices, default=ConnectionState.DRAFT)
    report = models.JSONField(default=dict, help_text="What the last trust test found.")
    sheet = models.JSONField(default=dict, help_text="The permission sheet, as it was last filled.")
    first_tried_at = models.DateTimeField(null=True, editable=False, help_text="First test of this external ID.")
    checked_at = models.DateTimeField(null=True, editable=False)
    verified_at = models.DateTimeField(null=True, editable=False, help_text="When the role last passed its test.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.CharField(max_length=254, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="connection_name_once_per_tenant")]

    def __str__(self) -> str:
        return f"{self.name} ({self.account_id or 'no account yet'})"

    @property
    def status(self) -> ConnectionState:
        """Return the state with its label and look; a refusal counts as propagating while it may pass by itself."""
        return ConnectionState.PROPAGATING if self.is_propagating else ConnectionState(self.state)

    @property
    def has_grant(self) -> bool:
        """Tell whether there is, or is to be, a role for Sluice; without one its owner applies every plan."""
        return self.state != ConnectionState.SELF_RUN

    @property
    def is_propagating(self) -> bool:
        """Tell whether AWS may not know the role yet."""
        return self.is_propagating_at(timezone.now())

    def is_propagating_at(self, now: datetime) -> bool:
        """Tell whether a refusal may pass by itself: two minutes from the first test, of a role never verified."""
        refused = self.state == ConnectionState.REFUSED and self.report.get("right") == "refused"
        if not refused or self.verified_at is not None or self.first_tried_at is None:
            return False
        return now < self.first_tried_at + PROPAGATION_TAKES

    @property
    def propagates_until(self) -> datetime | None:
        """Return when a refusal stops counting as propagating, or None before the first test."""
        return self.first_tried_at + PROPAGATION_TAKES if self.first_tried_at else None

    @property
    def external_id_ends_at(self) -> datetime | None:
        """Return when the external ID becomes void, or None once it has been used."""
        return None if self.verified_at else self.external_id_made_at + EXTERNAL_ID_LASTS

    def is_void_at(self, now: datetime) -> bool:
        """Tell whether the external ID was not used in time, so that another must take its place."""
        return self.external_id_ends_at is not None and now >= self.external_id_ends_at

    @property
    def is_void(self) -> bool:
        """Tell whether the external ID is void now."""
        return self.is_void_at(timezone.now())


class PgpKey(models.Model):
    """A recipient's OpenPGP certificate: public, normalised, and confirmed by a person."""

    uid = models.CharField(max_length=12, unique=True, default=new_uid, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="pgp_keys")
    fingerprint = models.CharField(max_length=40)
    user_ids = models.JSONField(default=list)
    algorithm = models.CharField(max_length=60)
    encryption_key_id = models.CharField(max_length=16)
    certificate = models.TextField(help_text="The armored public certificate.")
    warning = models.TextField(blank=True)
    expires_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.CharField(max_length=254, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = "OpenPGP key"
        ordering = ["-created_at"]
        constraints = [models.UniqueConstraint(fields=["tenant", "fingerprint"], name="pgp_key_once_per_tenant")]

    def __str__(self) -> str:
        return f"{self.title} · {self.fingerprint[-16:]}"

    @property
    def title(self) -> str:
        """Return the first user ID, or the fingerprint's end."""
        return str(self.user_ids[0]) if self.user_ids else self.fingerprint[-16:]

    @property
    def spaced_fingerprint(self) -> str:
        """Return the fingerprint in groups of four, as people compare it."""
        return " ".join(self.fingerprint[i : i + 4] for i in range(0, 40, 4))

    @property
    def is_expired(self) -> bool:
        """Tell whether the certificate has run out."""
        return self.expires_at is not None and self.expires_at <= timezone.now()


class Integration(models.Model):
    """One stream with all that belongs to it. While a draft, it holds the wizard's pages as they were typed."""

    uid = models.CharField(max_length=12, unique=True, default=new_uid, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="integrations")
    connection = models.ForeignKey(Connection, null=True, on_delete=models.PROTECT, related_name="integrations")
    name = models.CharField(max_length=80)
    state = models.CharField(max_length=12, choices=IntegrationState.choices, default=IntegrationState.DRAFT)
    draft = models.JSONField(default=dict, help_text="The wizard's pages, as typed.")
    turn = models.PositiveIntegerField(default=0, help_text="How often a page of the wizard was submitted.")
    spec = models.JSONField(null=True, help_text="The declaration that was last asked for.")
    recipients: "models.ManyToManyField[PgpKey, models.Model]" = models.ManyToManyField(
        PgpKey, related_name="integrations", blank=True
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.CharField(max_length=254, blank=True)
    changed_at = models.DateTimeField(auto_now=True)
    forgotten_at = models.DateTimeField(null=True, editable=False)
    watched_at = models.DateTimeField(null=True, editable=False, help_text="Since when a self-run stream is watched.")
    drift_count = models.PositiveIntegerField(default=0, help_text="Differences that nobody has accepted.")
    drift_asked_at = models.DateTimeField(null=True, editable=False)
    drift_looked_at = models.DateTimeField(null=True, editable=False)
    drift_trouble = models.TextField(blank=True, help_text="Why the last look for drift could not see.")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name"],
                condition=~models.Q(state__in=[IntegrationState.DRAFT, IntegrationState.REMOVED]),
                name="integration_name_once_per_tenant",
            ),
            models.CheckConstraint(
                condition=models.Q(state=IntegrationState.DRAFT)
                | models.Q(connection__isnull=False, spec__isnull=False),
                name="integration_has_spec_and_connection",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def status(self) -> IntegrationState:
        """Return the state with its label and look."""
        return IntegrationState(self.state)

    @property
    def is_self_run(self) -> bool:
        """Tell whether its owner applies the plan without Sluice, which has made nothing of it."""
        return self.state == IntegrationState.SELF_RUN

    @property
    def stream_name(self) -> str:
        """Return the data stream's name, or an empty string before it is chosen."""
        return str((self.spec or {}).get("stream", {}).get("name", ""))

    @property
    def region(self) -> str:
        """Return the stream's Region, or an empty string before it is chosen."""
        return str((self.spec or {}).get("stream", {}).get("region", ""))


class Run(MendFields):
    """A plan being carried out. Whoever holds the lease with the newest fence may write."""

    integration = models.ForeignKey(Integration, on_delete=models.PROTECT, related_name="runs")
    kind = models.CharField(max_length=7, choices=RunKind.choices, default=RunKind.APPLY)
    delete_data = models.BooleanField(default=False, help_text="A removal that was told to delete the records too.")
    accept_loss = models.BooleanField(default=False, help_text="Somebody said that losing records is meant.")
    state = models.CharField(max_length=10, choices=RunState.choices, default=RunState.PENDING)
    spec = models.JSONField()
    requested_by = models.CharField(max_length=254)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(default=timezone.now, help_text="Not before this time.")
    owner = models.CharField(max_length=80, blank=True)
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    crashes = models.PositiveIntegerField(
        default=0, help_text="Claims that ended without a word since the last progress."
    )
    cancel_asked = models.BooleanField(default=False)
    failure = models.TextField(blank=True)
    is_shut_out = models.BooleanField(default=False, help_text="It ended because AWS let us do nothing in the account.")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["integration"],
                condition=models.Q(state__in=[RunState.PENDING, RunState.RUNNING, RunState.WAITING]),
                name="one_run_at_a_time",
            )
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="run_due")]

    def __str__(self) -> str:
        return f"Run {self.pk} of {self.integration}"

    @property
    def status(self) -> RunState:
        """Return the state with its label and look."""
        return RunState(self.state)

    @property
    def is_removal(self) -> bool:
        """Tell whether the run removes what was made."""
        return self.kind == RunKind.DESTROY


class Step(models.Model):
    """One step of a run: what it ensures, what it found and did, and why it waits or failed."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="steps")
    # Of a delivery's step its Firehose stream's or bucket's name follows a colon.
    name = models.CharField(max_length=100)
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=StepState.choices, default=StepState.TODO)
    found = models.CharField(max_length=300, blank=True)
    did = models.TextField(blank=True)
    arn = models.CharField(max_length=2048, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    reason = models.TextField(blank=True, help_text="Why it waits or failed, in words.")
    todo = models.TextField(blank=True, help_text="What the reader can do about it.")
    aws_detail = models.TextField(blank=True, help_text="AWS's own words.")
    retry_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["run", "name"], name="step_once_per_run")]

    def __str__(self) -> str:
        return self.title

    @property
    def status(self) -> StepState:
        """Return the state with its label and look."""
        return StepState(self.state)


class Resource(models.Model):
    """Something in the client's account that Sluice made or is about to make."""

    integration = models.ForeignKey(Integration, on_delete=models.PROTECT, related_name="resources")
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=256)
    arn = models.CharField(max_length=2048, blank=True)
    state = models.CharField(max_length=10, choices=ResourceState.choices, default=ResourceState.INTENDED)
    intended_at = models.DateTimeField(default=timezone.now)
    present_at = models.DateTimeField(null=True)
    kept = models.TextField(blank=True, help_text="Why a removal left it where it is.")
    notes = models.JSONField(default=dict, help_text="What a step must know again, such as the tags that it set.")

    class Meta:
        ordering = ["kind", "name"]
        constraints = [models.UniqueConstraint(fields=["integration", "kind", "name"], name="resource_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class DriftFinding(MendFields):
    """Something that is not as the integration left it; it stays until it is as it was again."""

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="drift")
    step = models.CharField(max_length=100)
    position = models.PositiveSmallIntegerField(default=0)
    what = models.CharField(max_length=300)
    expected = models.TextField()
    found = models.TextField()
    found_at = models.DateTimeField(default=timezone.now)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.CharField(max_length=254, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["integration", "step", "what"], name="drift_once")]

    def __str__(self) -> str:
        return f"{self.what}: {self.found}"


class Credential(models.Model):
    """An access key of the producer: its id and its sealed copies. The secret is nowhere in Sluice."""

    uid = models.CharField(max_length=12, unique=True, default=new_uid, editable=False)
    integration = models.ForeignKey(Integration, on_delete=models.PROTECT, related_name="credentials")
    run = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="credentials")
    attempt = models.PositiveBigIntegerField(
        help_text="The fence of the run that asked for it; stands in the user's name."
    )
    user_name = models.CharField(max_length=64)
    access_key_id = models.CharField(max_length=128, blank=True)
    state = models.CharField(max_length=10, choices=CredentialState.choices, default=CredentialState.INTENT)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    sealed_at = models.DateTimeField(null=True)
    ready_at = models.DateTimeField(null=True)
    proof = models.JSONField(default=dict, help_text="Shard and sequence number of the test record.")
    uploaded_by = models.CharField(max_length=254, blank=True, help_text="Who handed in a key made without Sluice.")

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["integration", "attempt"], name="credential_attempt_once")]

    def __str__(self) -> str:
        return f"{self.user_name} {self.access_key_id}".strip()

    @property
    def status(self) -> CredentialState:
        """Return the state with its label and look."""
        return CredentialState(self.state)


class SealedCopy(models.Model):
    """One recipient's copy of a credential: OpenPGP ciphertext that only that recipient can open."""

    class Audience(models.TextChoices):
        """Whom the copy is for."""

        CLIENT = "client", "the client"
        VENDOR = "vendor", "the vendor"

    uid = models.CharField(max_length=12, unique=True, default=new_uid, editable=False)
    credential = models.ForeignKey(Credential, on_delete=models.CASCADE, related_name="copies")
    audience = models.CharField(max_length=6, choices=Audience.choices)
    fingerprint = models.CharField(max_length=40)
    key_id = models.CharField(max_length=16)
    ciphertext = models.TextField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["credential", "fingerprint"], name="copy_once_per_recipient")]

    def __str__(self) -> str:
        return f"{self.credential} for {self.fingerprint[-16:]}"


class Fetch(models.Model):
    """A receipt: who took which sealed copy, and when."""

    copy = models.ForeignKey(SealedCopy, on_delete=models.CASCADE, related_name="fetches")
    actor = models.CharField(max_length=254)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.actor} at {self.at:%Y-%m-%d %H:%M}"
