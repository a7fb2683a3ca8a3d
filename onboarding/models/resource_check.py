"""Requested checks of what exists in a client's account already: a stream, a bucket."""

from django.db import models

from onboarding.models.integration import Integration
from onboarding.models.requested_check import RequestedCheck
from portal.messages.fields import MessageField


class ResourceCheck(RequestedCheck):
    """A check whether a resource of an integration exists; each integration keeps the last one of each kind and part.

    The answer belongs to `input`, what was typed, and to nothing else.
    """

    class Kind(models.TextChoices):
        """What is checked: the stream or a bucket of a draft, or the stream of a self-managed integration."""

        STREAM = "stream"
        BUCKET = "bucket"
        MONITORING = "monitoring"

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="requested_checks")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    part = models.CharField(max_length=8, blank=True, help_text="Of a bucket: the key of its delivery.")
    input = models.JSONField(help_text="What the answer belongs to.")
    report = MessageField(help_text="What the answer says to the reader, beside the page's fields.")
    leads_on = models.BooleanField(default=False, help_text="The page that requested it is left for the next one.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["integration", "kind", "part"], name="resource_check_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.part} of {self.integration}"
