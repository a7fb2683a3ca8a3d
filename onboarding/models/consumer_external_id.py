"""External IDs of consumers' roles: each role has one of its own, which stays the same from run to run."""

from django.db import models
from django.db.models.functions import Now

from onboarding.models.identifiers import new_external_id
from onboarding.models.integration import Integration


class ConsumerExternalId(models.Model):
    """The external ID with which the consumer of one role of an integration assumes it. It is shown, and no secret."""

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="consumer_external_ids")
    role = models.CharField(max_length=20, help_text="The role's name in the spec.")
    external_id = models.CharField(max_length=100, default=new_external_id, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["integration", "role"], name="one_external_id_for_each_role")]

    def __str__(self) -> str:
        return self.external_id
