"""OpenPGP keys of recipients."""

from django.db import models
from django.utils import timezone

from onboarding.models.identifiers import new_uid
from portal.messages.message import Message, from_json
from portal.numbers import in_fours
from portal.tenancy.models import Tenant


class PgpKey(models.Model):
    """A recipient's OpenPGP certificate: public, normalised, and confirmed by a person."""

    uid = models.CharField(max_length=12, unique=True, default=new_uid, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="pgp_keys")
    fingerprint = models.CharField(max_length=40)
    user_ids = models.JSONField(default=list)
    algorithm = models.CharField(max_length=60)
    encryption_key_id = models.CharField(max_length=16)
    certificate = models.TextField(help_text="The armored public certificate.")
    warnings = models.JSONField(default=list, help_text="Messages about the key, as codes.")
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
        return in_fours(self.fingerprint)

    @property
    def warning_messages(self) -> list[Message]:
        """Return what a person must know about the key."""
        return [from_json(stored) for stored in self.warnings]

    @property
    def is_expired(self) -> bool:
        """Return whether the certificate has expired."""
        return self.expires_at is not None and self.expires_at <= timezone.now()
