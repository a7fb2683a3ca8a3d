"""What a repair does to the IAM user, as a column of runs and drift findings."""

from django.db import models

from onboarding.spec.remediation import NOT_ACCEPTABLE, Remediation, from_dicts
from portal.messages.message import Message


class RemediationFields(models.Model):
    """A row with a list of remediations."""

    remediations = models.JSONField(default=list, help_text="Changes to the IAM user by a repair.")

    class Meta:
        abstract = True

    @property
    def repairs(self) -> list[Remediation]:
        """Return what a repair does to the IAM user."""
        return from_dicts(self.remediations)

    @property
    def can_be_accepted(self) -> bool:
        """Return whether it may be accepted; a key that Sluice did not create never may, nor AWS's quarantine."""
        return self.why_not_acceptable is None

    @property
    def why_not_acceptable(self) -> Message | None:
        """Return why it cannot be accepted, or None if it can."""
        reasons = (NOT_ACCEPTABLE.get(repair.action) for repair in self.repairs)
        return next((reason for reason in reasons if reason), None)
