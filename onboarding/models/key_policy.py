"""When a tenant's access keys are rotated: a reminder, or automatically."""

from django.db import models

from onboarding.models.rotation import A_DAY
from portal.tenancy.models import Tenant

DEFAULT_DAYS = 90


class KeyPolicy(models.Model):
    """A tenant's choice; a tenant without a row is reminded after 90 days."""

    tenant = models.OneToOneField(Tenant, on_delete=models.CASCADE, related_name="key_policy")
    days = models.PositiveSmallIntegerField(default=DEFAULT_DAYS, help_text="Age at which a key is to be rotated.")
    is_automatic = models.BooleanField(
        default=False, help_text="Rotate keys that the vendor's sender fetches automatically; of others, remind."
    )
    wait = models.DurationField(default=A_DAY, help_text="Waiting time of rotations.")
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.tenant}: {self.days} days"
