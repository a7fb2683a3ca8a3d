"""What a connection's grant has beyond what it must have, as its row keeps it."""

from django.db import models

from portal.aws.policies import CHOICES, OptionalRights, rights_of


class OptionalRightsModel(models.Model):
    """A field for each of policies.CHOICES, the ARNs that were listed, and what was last read in the account."""

    allow_sampling = models.BooleanField(default=True, help_text="The grant lets Sluice read samples of records.")
    allow_deletion = models.BooleanField(default=True, help_text="The grant lets Sluice delete what it made.")
    allow_secrets = models.BooleanField(default=False, help_text="Deliveries may read secrets of destinations.")
    allow_search = models.BooleanField(default=False, help_text="Deliveries may write to OpenSearch.")
    allow_tables = models.BooleanField(default=False, help_text="Deliveries may use tables of the Glue Data Catalog.")
    allow_functions = models.BooleanField(default=False, help_text="Deliveries may call Lambda functions.")
    allow_network = models.BooleanField(default=False, help_text="Deliveries may reach into a VPC.")
    other_resources = models.JSONField(
        default=list, blank=True, help_text="ARNs without the name prefix that deliveries may reach as well."
    )
    deployed = models.JSONField(
        default=dict, help_text="The role's policies as they were last read in the account, and when."
    )

    class Meta:
        abstract = True

    @property
    def optional_rights(self) -> OptionalRights:
        """Return what the client chose to leave out of the grant, and to add to it."""
        chosen = [one.key for one in CHOICES if getattr(self, f"allow_{one.key}")]
        return rights_of(chosen, self.other_resources)
