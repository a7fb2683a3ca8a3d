"""Certificates that Sluice created and that no thing has: listed until AWS has deleted them."""

from django.db import models
from django.db.models.functions import Now

from onboarding.models.integration import Integration
from portal.messages.fields import MessageField


class UnusedCertificate(models.Model):
    """A certificate to be deleted. Its row goes when AWS has deleted it, so none is forgotten."""

    integration = models.ForeignKey(Integration, on_delete=models.PROTECT, related_name="unused_certificates")
    certificate_id = models.CharField(max_length=64)
    thing_name = models.CharField(max_length=128, help_text="The thing for which it was created.")
    found_at = models.DateTimeField(db_default=Now(), editable=False)
    problem = MessageField(help_text="Why it could not be deleted.")
    attempts = models.PositiveSmallIntegerField(db_default=0, default=0, help_text="How often its deletion failed.")
    retry_at = models.DateTimeField(null=True, help_text="Earliest next try.")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["integration", "certificate_id"], name="unused_certificate_once")
        ]

    def __str__(self) -> str:
        return self.certificate_id
