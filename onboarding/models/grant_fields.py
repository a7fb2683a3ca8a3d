"""What a connection's grant is made of, as its row keeps it: the account, the names, and what the client chose."""

from django.db import models

from portal.aws.policies.chosen_permissions import ChosenPermissions, chosen_permissions
from portal.aws.policies.optional_permissions import OPTIONAL_PERMISSIONS
from portal.aws.role_grant import boundary_arn, consumer_boundary_arn, producer_boundary_arn


class GrantFields(models.Model):
    """Account and names; a field for each optional permission; the ARNs listed; what was last read in the account."""

    account_id = models.CharField(max_length=12, blank=True)
    partition = models.CharField(max_length=12, default="aws")
    name_prefix = models.CharField(max_length=20, default="sluice-", blank=True)
    name_suffix = models.CharField(
        max_length=13, blank=True, help_text="Suffix of the names of the role and its policies, for a second role."
    )
    allow_sampling = models.BooleanField(default=True, help_text="Allow Sluice to read samples of records.")
    allow_deletion = models.BooleanField(default=True, help_text="Allow Sluice to delete resources that it created.")
    allow_keys = models.BooleanField(default=True, help_text="Allow Sluice to create KMS keys.")
    allow_adoption = models.BooleanField(default=False, help_text="Allow Sluice to adopt the listed data streams.")
    allow_secrets = models.BooleanField(default=False, help_text="Allow deliveries to read secrets of destinations.")
    allow_search = models.BooleanField(default=False, help_text="Allow deliveries to write to OpenSearch.")
    allow_tables = models.BooleanField(default=False, help_text="Allow deliveries to use Glue Data Catalog tables.")
    allow_functions = models.BooleanField(default=False, help_text="Allow deliveries to invoke Lambda functions.")
    allow_network = models.BooleanField(default=False, help_text="Allow deliveries to access a VPC.")
    allow_unscoped = models.BooleanField(
        default=False, help_text="Allow Sluice to change shard count, mode and shard-level metrics of any data stream."
    )
    allow_trail = models.BooleanField(
        default=False, help_text="Allow Sluice to read in CloudTrail what a compromised access key did."
    )
    allow_readers = models.BooleanField(
        default=False, help_text="Allow Sluice to list who reads the data streams, and the listed lease tables."
    )
    allow_schemas = models.BooleanField(
        default=False, help_text="Allow Sluice to read schemas of AWS Glue Schema Registry."
    )
    allow_failures = models.BooleanField(
        default=False, help_text="Allow Sluice to read what Firehose could not deliver, under errors/ in the buckets."
    )
    allow_consumers = models.BooleanField(
        default=False, help_text="Allow Sluice to create roles with which others read the records of one data stream."
    )
    allow_devices = models.BooleanField(
        default=False, help_text="Allow Sluice to set up devices that send through AWS IoT Core."
    )
    allow_sharing = models.BooleanField(
        default=False, help_text="Allow Sluice to share data streams with roles of other AWS accounts."
    )
    allow_fanout = models.BooleanField(
        default=False, help_text="Allow Sluice to register consumers with data streams (enhanced fan-out)."
    )
    other_resources = models.JSONField(
        default=list, blank=True, help_text="ARNs of additional resources: destinations, streams to adopt."
    )
    deployed = models.JSONField(
        default=dict, help_text="The role's policies in the account, with the time of the last check."
    )

    class Meta:
        abstract = True

    @property
    def optional_permissions(self) -> ChosenPermissions:
        """Return the optional permissions that the client chose."""
        chosen = [permission.key for permission in OPTIONAL_PERMISSIONS if getattr(self, f"allow_{permission.key}")]
        return chosen_permissions(chosen, self.other_resources)

    @property
    def boundary_arn(self) -> str:
        """Return the ARN of the permissions boundary of Firehose's roles; "" where there is no role of Sluice."""
        if not self.name_prefix:
            return ""
        return boundary_arn(self.account_id, self.partition, suffix=self.name_suffix)

    @property
    def producer_boundary_arn(self) -> str:
        """Return the ARN of the permissions boundary of producers; that of roles where the grant has no other yet."""
        if not (self.deployed.get("policies") or {}).get("ProducerBoundary"):
            return self.boundary_arn
        return producer_boundary_arn(self.account_id, self.partition, suffix=self.name_suffix)

    @property
    def consumer_boundary_arn(self) -> str:
        """Return the ARN of the permissions boundary of consumers' roles; "" where there is no role of Sluice."""
        if not self.name_prefix:
            return ""
        return consumer_boundary_arn(self.account_id, self.partition, suffix=self.name_suffix)

    @property
    def usual_role_arn(self) -> str:
        """Return the ARN that the role has when it is made from the template as it is."""
        return f"arn:{self.partition}:iam::{self.account_id}:role/SluiceAccess{self.name_suffix}"
