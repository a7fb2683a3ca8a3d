"""Observations: what AWS described of an integration's streams, and when. Written by whatever describes one."""

from django.db import models

from onboarding.models.integration import Integration


class Observation(models.Model):
    """A data stream or Firehose stream as AWS described it last; without settings it was not there."""

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="observations")
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=256)
    settings = models.JSONField(null=True, help_text="Settings as AWS described them; null if it was not found.")
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["kind", "name"]
        constraints = [models.UniqueConstraint(fields=["integration", "kind", "name"], name="observation_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}, seen {self.seen_at:%Y-%m-%d %H:%M}"
