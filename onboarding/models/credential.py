"""Credentials of the producer, their encrypted copies, and who downloaded them."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from onboarding.models.identifiers import new_uid
from onboarding.models.integration import Integration
from onboarding.models.run import Run
from onboarding.models.states import CredentialState
from portal.messages.fields import MessageField

UNUSED = timedelta(days=14)


class Credential(models.Model):
    """An access key of the producer: its ID and its encrypted copies. The secret is stored nowhere in Sluice."""

    uid = models.CharField(max_length=12, unique=True, default=new_uid, editable=False)
    integration = models.ForeignKey(Integration, on_delete=models.PROTECT, related_name="credentials")
    run = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="credentials")
    attempt = models.PositiveBigIntegerField(help_text="Fence of the run that created it; part of the IAM user's name.")
    user_name = models.CharField(max_length=64)
    access_key_id = models.CharField(max_length=128, blank=True)
    state = models.CharField(max_length=10, choices=CredentialState.choices, default=CredentialState.INTENT)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    sealed_at = models.DateTimeField(null=True)
    ready_at = models.DateTimeField(null=True)
    proof = models.JSONField(default=dict, help_text="Shard and sequence number of the test record.")
    last_used_at = models.DateTimeField(null=True, editable=False, help_text="Last use that IAM reported.")
    last_used_service = models.CharField(max_length=128, blank=True, editable=False)
    last_used_region = models.CharField(max_length=64, blank=True, editable=False)
    use_checked_at = models.DateTimeField(
        null=True, editable=False, help_text="When the request for it was sent to IAM."
    )
    use_requested_at = models.DateTimeField(
        null=True, editable=False, help_text="When the newest request was sent to IAM."
    )
    trail_requested_at = models.DateTimeField(
        null=True, editable=False, help_text="When the newest request was sent to CloudTrail."
    )
    trail_checked_at = models.DateTimeField(
        null=True, editable=False, help_text="When the request was sent to CloudTrail that was answered last."
    )
    trail_since = models.DateTimeField(
        null=True, editable=False, help_text="Since when all of the key's events were read."
    )
    trail_problem = MessageField(help_text="Why CloudTrail was not read.")
    trail_failed_at = models.DateTimeField(
        null=True, editable=False, help_text="When CloudTrail was last asked in vain."
    )
    uploaded_by = models.CharField(
        max_length=254, blank=True, help_text="Person who uploaded a key that was not created by Sluice."
    )

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["integration", "attempt"], name="credential_attempt_once")]

    def __str__(self) -> str:
        return f"{self.user_name} {self.access_key_id}".strip()

    @property
    def status(self) -> CredentialState:
        """Return the state with its label and look."""
        return CredentialState(self.state)

    @property
    def is_trail_requested(self) -> bool:
        """Return whether CloudTrail was asked, or is to be asked, and neither answer nor failure is known yet."""
        known = [at for at in (self.trail_checked_at, self.trail_failed_at) if at]
        return self.trail_requested_at is not None and all(self.trail_requested_at > at for at in known)

    def unused_days(self, now: datetime) -> int | None:
        """Return for how many days IAM has reported no use, from 14 on; None for fewer, or where that is not known.

        What IAM was not asked lately says nothing. Its answer may be hours old.
        """
        if self.ready_at is None or self.use_checked_at is None or self.use_checked_at < now - timedelta(days=1):
            return None
        unused = now - max(self.ready_at, self.last_used_at or self.ready_at)
        return unused.days if unused >= UNUSED else None


class SealedCopy(models.Model):
    """One recipient's copy of a credential: OpenPGP ciphertext that only that recipient can open."""

    class Audience(models.TextChoices):
        """Whom the copy is for."""

        CLIENT = "client", _("the client")
        VENDOR = "vendor", _("the vendor")

    uid = models.CharField(max_length=12, unique=True, default=new_uid, editable=False)
    credential = models.ForeignKey(Credential, on_delete=models.CASCADE, related_name="copies")
    audience = models.CharField(max_length=6, choices=Audience.choices)
    fingerprint = models.CharField(max_length=40)
    key_id = models.CharField(max_length=16)
    ciphertext = models.TextField()
    sha256 = models.CharField(max_length=64)
    file_name = models.CharField(
        max_length=200, blank=True, db_default="", help_text="Name of the archive inside; empty for an earlier tar."
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["credential", "fingerprint"], name="copy_once_per_recipient")]

    def __str__(self) -> str:
        return f"{self.credential} for {self.fingerprint[-16:]}"


class Download(models.Model):
    """A receipt of a complete download: who had which encrypted copy, when, and from where.

    Of a program there is one for each token, for the first time.
    """

    copy = models.ForeignKey(SealedCopy, on_delete=models.CASCADE, related_name="downloads")
    actor = models.CharField(max_length=254)
    token = models.ForeignKey("tenancy.ApiToken", null=True, on_delete=models.PROTECT, related_name="downloads")
    at = models.DateTimeField(default=timezone.now)
    address = models.CharField(max_length=45, blank=True, db_default="", default="", help_text="The IP address.")

    class Meta:
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["copy", "token"], name="download_once_by_token")]

    def __str__(self) -> str:
        return f"{self.actor} at {self.at:%Y-%m-%d %H:%M}"
