"""Who reads each stream: one row for each integration, rewritten when AWS lists them."""

from django.db import models

from onboarding.models.integration import Integration


class StreamReaders(models.Model):
    """Who reads a stream, as AWS listed it last (monitoring/readers/)."""

    integration = models.OneToOneField(Integration, on_delete=models.CASCADE, related_name="readers")
    readers = models.JSONField(default=list, help_text="Each reader with its lag and times.")
    omitted = models.PositiveIntegerField(default=0, help_text="Readers that AWS listed and that are not kept.")
    problems = models.JSONField(default=dict, help_text="Why a list was not read, by its name.")
    asked_at = models.DateTimeField(null=True, help_text="When AWS was asked last.")
    read_at = models.DateTimeField(null=True, help_text="When AWS answered last.")

    class Meta:
        verbose_name_plural = "stream readers"

    def __str__(self) -> str:
        return f"{self.integration}: {len(self.readers)} readers"
