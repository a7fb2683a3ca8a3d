"""What Sluice may do in a client's account: the trust policy of its role, and the policies attached to it."""

from __future__ import annotations

from portal.aws.policies.chosen_permissions import DEFAULT_PERMISSIONS, ChosenPermissions
from portal.aws.policies.consumers import consumer_role_statements
from portal.aws.policies.delivery_resources import bucket_statements, firehose_statements
from portal.aws.policies.devices import device_statements
from portal.aws.policies.error_files import error_file_statements
from portal.aws.policies.fan_out import fan_out_statements
from portal.aws.policies.identities import identity_statements, protecting_statements
from portal.aws.policies.keys import key_statements
from portal.aws.policies.readers import reader_statements
from portal.aws.policies.schemas import GET_SCHEMA
from portal.aws.policies.shares import sharing_statements
from portal.aws.policies.statements import Document, allow, document
from portal.aws.policies.streams import listed_stream_statements, stream_statements


# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
def portal_trust_policy(portal_principal_arn: str, external_id: str) -> Document:
    """Return the trust policy of the portal's role: the portal can assume it, with the external ID only."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "SluiceWithItsExternalId",
                "Effect": "Allow",
                "Principal": {"AWS": portal_principal_arn},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"sts:ExternalId": external_id}},
            }
        ],
    }


# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonkinesisdatastreams.html
# (and the same page of Firehose, S3, CloudWatch Logs, KMS and IAM)
def portal_policies(
    account_id: str,
    name_prefix: str,
    boundary_arn: str,
    producer_boundary_arn: str,
    partition: str = "aws",
    *,
    optional: ChosenPermissions = DEFAULT_PERMISSIONS,
    suffix: str = "",
    consumer_boundary_arn: str = "",
) -> dict[str, Document]:
    """Return the portal's managed policies by name: all it needs to set up, update and remove a delivery.

    Everything is limited to names that begin with `name_prefix` and to data streams listed for adoption, in IAM to the
    path /sluice/, where roles get the one boundary and users the other. Optional permissions have their own statements,
    so that excluding one changes no other statement. SluiceConsumers exists only where one of its permissions is
    chosen.
    so that excluding one changes no other statement. SluiceDevices exists only where its permission is chosen.
    """
    iam = f"arn:{partition}:iam::{account_id}"
    named = f"arn:{partition}:kinesis:*:{account_id}:stream/{name_prefix}*"
    streams = stream_statements(named, account_id, partition)
    streams += [*listed_stream_statements(optional), *reader_statements(named, optional)]
    streams.append(allow("ReadSchemas", [GET_SCHEMA], "*"))
    delivery = [
        *bucket_statements(name_prefix, partition),
        *error_file_statements(account_id, name_prefix, partition),
        *firehose_statements(account_id, name_prefix, partition),
    ]
    own = [f"{iam}:policy/{name}{suffix}" for name in ("SluiceStreams", "SluiceDelivery", "SluiceIdentity")]
    identity = [
        allow("SeeOwnRights", ["iam:SimulatePrincipalPolicy"], f"{iam}:role/SluiceAccess{suffix}"),
        # To find out whether the role is older than the choice of permissions.
        allow("SeeOwnPolicies", ["iam:GetPolicy", "iam:GetPolicyVersion"], [*own, boundary_arn, producer_boundary_arn]),
        # The action has no resource: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudtrail.html
        allow("ReadTrail", ["cloudtrail:LookupEvents"], "*"),
        *identity_statements(iam, name_prefix, boundary_arn, producer_boundary_arn),
        *protecting_statements(iam, boundary_arn, producer_boundary_arn),
    ]
    keys = f"arn:{partition}:kms:*:{account_id}:key/*"
    optional_policies = [f"{iam}:policy/SluiceConsumers{suffix}", consumer_boundary_arn]
    consumers = optional.keep(
        [
            *consumer_role_statements(iam, consumer_boundary_arn, optional_policies),
            *sharing_statements(named, keys, optional_policies[0], optional),
            *fan_out_statements(named, optional_policies[0], optional),
        ]
    )
    own_devices = [f"{iam}:policy/SluiceDevices{suffix}"]
    devices = optional.keep(device_statements(account_id, name_prefix, partition, own_devices, iam))
    return {
        "SluiceStreams": document(*optional.keep([*streams, *key_statements(account_id, name_prefix, partition)])),
        "SluiceDelivery": document(*optional.keep(delivery)),
        "SluiceIdentity": document(*optional.keep(identity)),
        **({"SluiceConsumers": document(*consumers)} if consumers else {}),
        **({"SluiceDevices": document(*devices)} if devices else {}),
    }
