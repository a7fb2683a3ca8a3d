"""Checks of consumers' roles: each integration keeps the last one that was finished, and the request for the next."""

from django.db import models

from onboarding.models.integration import Integration
from onboarding.models.requested_check import RequestedCheck


class ConsumerCheck(RequestedCheck):
    """Reads the consumers' roles in AWS and evaluates their trust policies. `results` stay until the next finishes."""

    integration = models.OneToOneField(Integration, on_delete=models.CASCADE, related_name="consumer_check")
    results = models.JSONField(default=dict, help_text="What was found of each role, with the time.")

    def __str__(self) -> str:
        return f"consumers of {self.integration}"
