"""Resources: what Sluice created in a client's account, or is about to create."""

from django.db import models
from django.db.models.functions import Now

from onboarding.models.integration import Integration
from onboarding.models.states import ResourceState
from portal.messages.fields import MessageField


class Resource(models.Model):
    """Something in the client's account that Sluice created or is about to create."""

    integration = models.ForeignKey(Integration, on_delete=models.PROTECT, related_name="resources")
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=256)
    arn = models.CharField(max_length=2048, blank=True)
    state = models.CharField(max_length=10, choices=ResourceState.choices, default=ResourceState.INTENDED)
    intended_at = models.DateTimeField(db_default=Now())
    present_at = models.DateTimeField(null=True)
    kept = MessageField(help_text="Why a removal kept it.")
    notes = models.JSONField(default=dict, help_text="Data that a step needs again, such as its tags.")

    class Meta:
        ordering = ["kind", "name"]
        constraints = [models.UniqueConstraint(fields=["integration", "kind", "name"], name="resource_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"
