"""Addresses outside of the vendor's networks from which an access key was used: a bounded list for each key."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from onboarding.models.credential import Credential
from onboarding.models.identifiers import new_uid


class KeyAddress(models.Model):
    """An address from which a key was used and that is not expected, until an admin accepts it as expected."""

    class Source(models.TextChoices):
        """Who saw it."""

        CLOUDTRAIL = "cloudtrail", _("CloudTrail")
        VENDOR = "vendor", _("the vendor’s sender")

    uid = models.CharField(max_length=12, unique=True, default=new_uid, editable=False)
    credential = models.ForeignKey(Credential, on_delete=models.CASCADE, related_name="addresses")
    source = models.CharField(max_length=10, choices=Source.choices)
    address = models.CharField(max_length=45, help_text="The IP address.")
    vpc_endpoint_id = models.CharField(max_length=64, blank=True, help_text="VPC endpoint of the last call.")
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    operation = models.CharField(max_length=200, help_text="Last call, such as kinesis:ListStreams.")
    error_code = models.CharField(max_length=128, blank=True, help_text="AWS's error of the last call.")
    reported_by = models.CharField(max_length=254, blank=True, help_text="Person whose token reported it.")
    noted_at = models.DateTimeField(db_default=Now(), editable=False)
    accepted_at = models.DateTimeField(null=True, help_text="When it was accepted as expected.")
    accepted_by = models.CharField(max_length=254, blank=True)
    accepted_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-last_seen_at", "-pk"]
        verbose_name_plural = "key addresses"
        constraints = [models.UniqueConstraint(fields=["credential", "source", "address"], name="key_address_once")]

    def __str__(self) -> str:
        return f"{self.credential} from {self.address}"
