"""What a connection's grant is made of, as its row keeps it: the account, the names, and what the client chose."""

from django.db import models

from portal.aws.policies import CHOICES, OptionalRights, rights_of


class GrantFields(models.Model):
    """Account and names; a field for each of policies.CHOICES; the ARNs listed; what was last read in the account."""

    account_id = models.CharField(max_length=12, blank=True)
    partition = models.CharField(max_length=12, default="aws")
    name_prefix = models.CharField(max_length=20, default="sluice-", blank=True)
    name_suffix = models.CharField(
        max_length=13, blank=True, help_text="Ends the names of the role and its policies; a second role has one."
    )
    allow_sampling = models.BooleanField(default=True, help_text="The grant lets Sluice read samples of records.")
    allow_deletion = models.BooleanField(default=True, help_text="The grant lets Sluice delete what it made.")
    allow_keys = models.BooleanField(default=True, help_text="The grant lets Sluice make KMS keys.")
    allow_adoption = models.BooleanField(default=False, help_text="Sluice may adopt the data streams that are listed.")
    allow_secrets = models.BooleanField(default=False, help_text="Deliveries may read secrets of destinations.")
    allow_search = models.BooleanField(default=False, help_text="Deliveries may write to OpenSearch.")
    allow_tables = models.BooleanField(default=False, help_text="Deliveries may use tables of the Glue Data Catalog.")
    allow_functions = models.BooleanField(default=False, help_text="Deliveries may call Lambda functions.")
    allow_network = models.BooleanField(default=False, help_text="Deliveries may reach into a VPC.")
    other_resources = models.JSONField(
        default=list, blank=True, help_text="ARNs without the name prefix: what deliveries may reach, streams to adopt."
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

    @property
    def boundary_arn(self) -> str:
        """Return the ARN of the permissions boundary that the role's template makes; "" where there is no role."""
        if not self.name_prefix:
            return ""
        return f"arn:{self.partition}:iam::{self.account_id}:policy/SluiceBoundary{self.name_suffix}"

    @property
    def usual_role_arn(self) -> str:
        """Return the ARN that the role has when it is made from the template as it is."""
        return f"arn:{self.partition}:iam::{self.account_id}:role/SluiceAccess{self.name_suffix}"
