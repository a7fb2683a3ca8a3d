"""Drift findings: what differs in AWS from what was set up."""

from django.db import models
from django.utils import timezone

from onboarding.models.integration import Integration
from onboarding.models.remediation_fields import RemediationFields
from portal.messages.catalogue import text_of
from portal.messages.fields import MessageField


class DriftFinding(RemediationFields):
    """A difference from what the integration set up; the row stays until the difference is gone."""

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="drift")
    step = models.CharField(max_length=100)
    position = models.PositiveSmallIntegerField(default=0)
    what = MessageField(help_text="What differs.")
    expected = MessageField(help_text="As set up.")
    found = MessageField(help_text="As found in AWS.")
    found_at = models.DateTimeField(default=timezone.now)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.CharField(max_length=254, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["integration", "step", "what"], name="drift_once")]

    def __str__(self) -> str:
        return f"{text_of(self.what)}: {text_of(self.found)}"
