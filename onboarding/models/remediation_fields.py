"""What a repair does to the IAM user, as a column of whatever says so."""

from django.db import models

from onboarding.spec.remediation import Mend, MendVerb, from_dicts


class MendFields(models.Model):
    """A row with a list of mends."""

    mends = models.JSONField(default=list, help_text="Changes to the IAM user by a repair.")

    class Meta:
        abstract = True

    @property
    def repairs(self) -> list[Mend]:
        """Return what a repair does to the IAM user."""
        return from_dicts(self.mends)

    @property
    def can_be_accepted(self) -> bool:
        """Tell whether it may be taken as it is; a key that Sluice did not make never may."""
        return not any(one.verb is MendVerb.DELETE_KEY for one in self.repairs)
