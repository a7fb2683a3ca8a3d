"""What a client grants: one description of the portal's role, its permissions and its boundary, for every file.

role_cloudformation.py writes it for CloudFormation, role_script.py for the AWS CLI, role_terraform.py for Terraform.
None of them adds or removes a permission.
"""

from __future__ import annotations

from dataclasses import dataclass

from portal.aws.iam.managed_policies import policy_arn
from portal.aws.policies.boundary import boundary_policy, producer_boundary_policy
from portal.aws.policies.chosen_permissions import DEFAULT_PERMISSIONS, ChosenPermissions
from portal.aws.policies.consumers import consumer_boundary_policy
from portal.aws.policies.grant import portal_policies, portal_trust_policy
from portal.aws.policies.statements import Document

ROLE_NAME = "SluiceAccess"
BOUNDARY_NAME = "SluiceBoundary"
PRODUCER_BOUNDARY_NAME = "SluiceProducerBoundary"
CONSUMER_BOUNDARY_NAME = "SluiceConsumerBoundary"
# Of the grant only where one of its permissions is chosen.
OPTIONAL_POLICIES = frozenset({"SluiceConsumers", "ConsumerBoundary"})
STACK_NAME = "sluice-access"
ROLE_DESCRIPTION = "Sluice assumes this role, with its external ID only."
SESSION_SECONDS = 3600

# The description of a policy is immutable. With another text CloudFormation could not update a stack (it replaces no
# resource with a custom name) and Terraform would delete the policy first, so these and the boundary's never change.
_PURPOSE = {
    "SluiceStreams": "Data streams, samples of their records, and their metrics.",
    "SluiceDelivery": "Delivery from a data stream into a bucket by Firehose.",
    "SluiceIdentity": "Users, roles and policies under the path /sluice/, always below the boundary.",
    "SluiceConsumers": "Access of others to data streams: roles under the path /sluice/consumers/.",
    "SluiceDevices": "Devices that send through AWS IoT Core, and the rule into the data stream.",
}


@dataclass(frozen=True, slots=True)
class NamedPolicy:
    """A managed policy: the key that names it in our files, its name in IAM, what it is for, and its document."""

    key: str
    name: str
    purpose: str
    document: Document


@dataclass(frozen=True, slots=True)
class RoleGrant:
    """One client's grant. `suffix` ends the names of all it creates, so that an account can hold several."""

    portal_principal_arn: str
    external_id: str
    account_id: str
    name_prefix: str
    partition: str = "aws"
    optional: ChosenPermissions = DEFAULT_PERMISSIONS
    suffix: str = ""

    @property
    def role_name(self) -> str:
        """Return the role's name."""
        return f"{ROLE_NAME}{self.suffix}"

    @property
    def role_arn(self) -> str:
        """Return the role's ARN."""
        return role_arn(self.account_id, self.partition, suffix=self.suffix)

    @property
    def stack_name(self) -> str:
        """Return the CloudFormation stack's name."""
        return f"{STACK_NAME}{self.suffix}"

    @property
    def trust(self) -> Document:
        """Return the role's trust policy."""
        return portal_trust_policy(self.portal_principal_arn, self.external_id)

    @property
    def boundary(self) -> NamedPolicy:
        """Return the permissions boundary of every role that the portal creates for Firehose."""
        document = boundary_policy(self.account_id, self.name_prefix, self.partition, optional=self.optional)
        purpose = "The most that any user or role made by Sluice can ever do."
        return NamedPolicy("Boundary", f"{BOUNDARY_NAME}{self.suffix}", purpose, document)

    @property
    def producer_boundary(self) -> NamedPolicy:
        """Return the permissions boundary of every user that the portal creates."""
        document = producer_boundary_policy(self.account_id, self.name_prefix, self.partition, optional=self.optional)
        purpose = "The most that any user created by Sluice can ever do: put records."
        return NamedPolicy("ProducerBoundary", f"{PRODUCER_BOUNDARY_NAME}{self.suffix}", purpose, document)

    @property
    def consumer_boundary(self) -> NamedPolicy:
        """Return the permissions boundary of every role that the portal creates for a consumer."""
        document = consumer_boundary_policy(self.account_id, self.name_prefix, self.partition, optional=self.optional)
        purpose = "The most that any role created by Sluice for a consumer can ever do: read records."
        return NamedPolicy("ConsumerBoundary", f"{CONSUMER_BOUNDARY_NAME}{self.suffix}", purpose, document)

    @property
    def policies(self) -> tuple[NamedPolicy, ...]:
        """Return all policies of the grant: the permissions boundaries, and those attached to the role."""
        of_consumers = (self.consumer_boundary,) if self.optional.consumers else ()
        return (self.boundary, self.producer_boundary, *of_consumers, *self.permissions)

    @property
    def withdrawn_policies(self) -> tuple[str, ...]:
        """Return the names of policies that were attached to the role if another choice was made before."""
        attached = {policy.key for policy in self.permissions}
        return tuple(f"{name}{self.suffix}" for name in _PURPOSE if name not in attached)

    @property
    def permissions(self) -> tuple[NamedPolicy, ...]:
        """Return the policies that are attached to the role."""
        granted = portal_policies(
            self.account_id,
            self.name_prefix,
            boundary_arn(self.account_id, self.partition, suffix=self.suffix),
            producer_boundary_arn(self.account_id, self.partition, suffix=self.suffix),
            self.partition,
            optional=self.optional,
            suffix=self.suffix,
            consumer_boundary_arn=consumer_boundary_arn(self.account_id, self.partition, suffix=self.suffix),
        )
        return tuple(
            NamedPolicy(name, f"{name}{self.suffix}", _PURPOSE[name], document) for name, document in granted.items()
        )


def role_arn(account_id: str, partition: str = "aws", *, suffix: str = "") -> str:
    """Return the ARN that the portal's role has in a client's account."""
    return f"arn:{partition}:iam::{account_id}:role/{ROLE_NAME}{suffix}"


def boundary_arn(account_id: str, partition: str = "aws", *, suffix: str = "") -> str:
    """Return the ARN of the permissions boundary of roles in a client's account."""
    return policy_arn(account_id, f"{BOUNDARY_NAME}{suffix}", path="/", partition=partition)


def producer_boundary_arn(account_id: str, partition: str = "aws", *, suffix: str = "") -> str:
    """Return the ARN of the permissions boundary of users in a client's account."""
    return policy_arn(account_id, f"{PRODUCER_BOUNDARY_NAME}{suffix}", path="/", partition=partition)


def consumer_boundary_arn(account_id: str, partition: str = "aws", *, suffix: str = "") -> str:
    """Return the ARN of the permissions boundary of consumers' roles in a client's account."""
    return policy_arn(account_id, f"{CONSUMER_BOUNDARY_NAME}{suffix}", path="/", partition=partition)
