"""Producers' roles: how the vendor sends without an access key, and what its sender reported of each."""

from django.db import models
from django.db.models.functions import Now

from onboarding.models.identifiers import new_uid
from onboarding.models.integration import Integration
from onboarding.models.states import ProducerRoleState


class ProducerRole(models.Model):
    """A role that the vendor's principal can assume, with its external ID, to put records into one data stream.

    A role that is deleted and created again is another row, so that a report on the former counts no more.
    """

    uid = models.CharField(max_length=12, unique=True, default=new_uid, editable=False)
    integration = models.ForeignKey(Integration, on_delete=models.PROTECT, related_name="producer_roles")
    arn = models.CharField(max_length=2048)
    state = models.CharField(max_length=10, choices=ProducerRoleState.choices, default=ProducerRoleState.WAITING)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    report = models.JSONField(default=dict, help_text="What the vendor's sender reported last.")
    reported_at = models.DateTimeField(null=True)
    reported_by = models.CharField(max_length=254, blank=True)
    token = models.ForeignKey("tenancy.ApiToken", null=True, on_delete=models.PROTECT, related_name="producer_roles")
    ready_at = models.DateTimeField(null=True, help_text="When the vendor's sender first reported that it works.")
    in_use_at = models.DateTimeField(null=True, help_text="When the vendor's sender first sent records with it.")
    left_at = models.DateTimeField(
        null=True, help_text="When the vendor's sender reported that it sends with an access key again."
    )

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["integration"],
                condition=~models.Q(state=ProducerRoleState.RETIRED),
                name="one_producer_role",
            )
        ]

    def __str__(self) -> str:
        return self.arn.rpartition("/")[2]

    @property
    def status(self) -> ProducerRoleState:
        """Return the state with its label and look."""
        return ProducerRoleState(self.state)

    @property
    def has_failed(self) -> bool:
        """Return whether the last report says that the role does not work as it must."""
        return self.state == ProducerRoleState.WAITING and self.reported_at is not None
