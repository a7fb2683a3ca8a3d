"""Drift findings: what differs in AWS from what was set up."""

from django.db import models
from django.utils import timezone

from onboarding.models.integration import Integration
from onboarding.models.remediation_fields import MendFields


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
