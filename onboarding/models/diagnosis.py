"""Diagnoses of data streams: each stream keeps the last one that was finished, and the request for the next."""

from django.db import models

from onboarding.models.integration import Integration
from onboarding.models.requested_check import RequestedCheck


class Diagnosis(RequestedCheck):
    """The diagnosis of a stream. `results` stay until a later diagnosis replaces them, also while one is under way."""

    integration = models.OneToOneField(Integration, on_delete=models.CASCADE, related_name="diagnosis")
    results = models.JSONField(default=dict, help_text="What the last finished diagnosis found, with its time.")

    class Meta:
        verbose_name_plural = "diagnoses"

    def __str__(self) -> str:
        return f"diagnosis of {self.integration}"
