"""OpenPGP keys of recipients."""

from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone

from onboarding.models.identifiers import new_uid
from portal.messages.message import Message, from_json
from portal.numbers import in_fours
from portal.tenancy.models import Tenant

if TYPE_CHECKING:
    from onboarding.models.credential import SealedCopy
    from onboarding.models.integration import Integration
    from onboarding.models.possession import Possession


class PgpKeys(models.QuerySet["PgpKey"]):
    """Keys of recipients."""

    def confirmed(self) -> "PgpKeys":
        """Return those that a person confirmed and that were not disabled since; some may have expired."""
        return self.filter(confirmed_at__isnull=False, disabled_at__isnull=True)


class PresentKeys(models.Manager["PgpKey"]):
    """Every key but those that were removed, of which only the certificate is remembered."""

    def get_queryset(self) -> PgpKeys:
        """Return the keys that were not removed."""
        return PgpKeys(self.model, using=self._db).filter(removed_at__isnull=True)

    def confirmed(self) -> PgpKeys:
        """Return those that a person confirmed and that were not disabled since; some may have expired."""
        return self.get_queryset().confirmed()


class PgpKey(models.Model):
    """A recipient's OpenPGP certificate: public, normalised, and confirmed by a person."""

    uid = models.CharField(max_length=12, unique=True, default=new_uid, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="pgp_keys")
    fingerprint = models.CharField(max_length=40)
    user_ids = models.JSONField(default=list)
    algorithm = models.CharField(max_length=60)
    encryption_key_id = models.CharField(max_length=16)
    certificate = models.TextField(help_text="The armored public certificate.")
    full_certificate = models.TextField(
        blank=True, help_text="All that its owner signed in any copy, armored: later copies are merged with it."
    )
    revoked_key_ids = models.JSONField(default=list, help_text="Subkeys that the owner revoked.")
    warnings = models.JSONField(default=list, help_text="Messages about the key, as codes.")
    expires_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.CharField(max_length=254, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    disabled_at = models.DateTimeField(null=True, help_text="When a copy showed that the key must not be used.")
    disabled_reason = models.JSONField(default=dict, help_text="Why, as a message.")
    mail_address = models.EmailField(
        blank=True, db_default="", default="", help_text="Where new access keys are mailed; empty for no mail."
    )
    removed_at = models.DateTimeField(null=True, help_text="When someone removed it; its certificate is remembered.")

    possession: "Possession"  # set by pages: whether someone showed that they can open what is encrypted to it
    affected: "list[SealedCopy]"  # set by pages: the copies of access keys to look at
    opens: "list[Integration]"  # set by pages: the integrations whose access keys its owner can open

    objects = PresentKeys()
    with_removed = models.Manager["PgpKey"]()

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
        return in_fours(self.fingerprint)

    @property
    def warning_messages(self) -> list[Message]:
        """Return what a person must know about the key."""
        return [from_json(stored) for stored in self.warnings]

    @property
    def is_expired(self) -> bool:
        """Return whether the certificate has expired."""
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def known_certificate(self) -> str:
        """Return what a later copy is merged with; of keys that an earlier version stored, the one subkey in use."""
        return self.full_certificate or self.certificate

    @property
    def is_disabled(self) -> bool:
        """Return whether a copy showed that the key must not be used."""
        return self.disabled_at is not None

    @property
    def can_receive(self) -> bool:
        """Return whether an access key may be encrypted to it: confirmed, neither disabled nor expired."""
        return self.confirmed_at is not None and not self.is_disabled and not self.is_expired

    @property
    def has_only_expired(self) -> bool:
        """Return whether it is disabled and its owner did not revoke it."""
        message = self.disabled_message
        return message is not None and message.code.endswith("expired")

    @property
    def disabled_message(self) -> Message | None:
        """Return why the key was disabled, or None."""
        return from_json(self.disabled_reason) if self.disabled_reason else None
