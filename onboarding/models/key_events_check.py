"""Requests to read what CloudTrail recorded of a compromised access key: each revocation keeps the last one."""

from django.db import models

from onboarding.models.requested_check import RequestedCheck
from onboarding.models.revocation import Revocation


class KeyEventsCheck(RequestedCheck):
    """A person's request to read the events of a compromised key again; the revocation keeps what was read."""

    revocation = models.OneToOneField(Revocation, on_delete=models.CASCADE, related_name="events_check")

    def __str__(self) -> str:
        return f"events of {self.revocation}"
