"""What a repair does to the IAM user, as a column of runs and drift findings."""

from django.db import models

from onboarding.spec.remediation import Remediation, RemediationAction, from_dicts


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
        """Return whether it may be accepted; a key that Sluice did not create never may."""
        return not any(repair.action is RemediationAction.DELETE_KEY for repair in self.repairs)
