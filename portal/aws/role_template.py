"""The CloudFormation template a client runs once: the portal's role, its rights, the boundary above what it makes."""

from __future__ import annotations

from typing import Any

import yaml

from portal.aws import policies
from portal.aws.iam import policy_arn
from portal.aws.names import check_account_id

ROLE_NAME = "SluiceAccess"
BOUNDARY_NAME = "SluiceBoundary"

_HEAD = """\
# Sluice's access to AWS account {account_id}.
# Create a stack from this file in that account, in any one Region: roles and policies hold for all Regions.
# To take the access away: remove the deliveries in Sluice first, then delete the stack.
"""


def role_arn(account_id: str, partition: str = "aws") -> str:
    """Return the ARN that the portal's role has in a client's account."""
    return f"arn:{partition}:iam::{account_id}:role/{ROLE_NAME}"


def boundary_arn(account_id: str, partition: str = "aws") -> str:
    """Return the ARN of the permissions boundary in a client's account."""
    return policy_arn(account_id, BOUNDARY_NAME, path="/", partition=partition)


# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html
def cloudformation(
    *,
    portal_principal_arn: str,
    external_id: str,
    account_id: str,
    name_prefix: str,
    partition: str = "aws",
) -> str:
    """Return the template as YAML, complete: the external ID stands in it and it takes no parameters.

    Raises InvalidName for an impossible account ID.
    """
    check_account_id(account_id)
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": (
            f"Lets Sluice set up and look after Kinesis data streams named {name_prefix}* in account {account_id}. "
            "Every right is listed below; nothing else is allowed."
        ),
        "Resources": {
            "Boundary": _policy(
                BOUNDARY_NAME,
                "The most that any user or role made by Sluice can ever do.",
                policies.boundary(account_id, name_prefix, partition),
            ),
            **_permissions(account_id, name_prefix, partition),
            "Role": _role(portal_principal_arn, external_id, account_id, name_prefix, partition),
        },
        "Outputs": {
            "RoleArn": {
                "Description": "Paste this into Sluice.",
                "Value": {"Fn::GetAtt": ["Role", "Arn"]},
            }
        },
    }
    return _HEAD.format(account_id=account_id) + _yaml(template)


def _permissions(account_id: str, name_prefix: str, partition: str) -> dict[str, Any]:
    granted = policies.portal_permissions(account_id, name_prefix, boundary_arn(account_id, partition), partition)
    return {name: _policy(name, _PURPOSE[name], document) for name, document in granted.items()}


_PURPOSE = {
    "SluiceStreams": "Data streams, samples of their records, and their metrics.",
    "SluiceDelivery": "Delivery from a data stream into a bucket by Firehose.",
    "SluiceIdentity": "Users, roles and policies under the path /sluice/, always below the boundary.",
}


def _policy(name: str, description: str, document: policies.Document) -> dict[str, Any]:
    return {
        "Type": "AWS::IAM::ManagedPolicy",
        "Properties": {"ManagedPolicyName": name, "Description": description, "PolicyDocument": document},
    }


def _role(
    portal_principal_arn: str, external_id: str, account_id: str, name_prefix: str, partition: str
) -> dict[str, Any]:
    names = policies.portal_permissions(account_id, name_prefix, boundary_arn(account_id, partition), partition)
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": ROLE_NAME,
            "Description": "Sluice takes on this role, with its external ID only.",
            "MaxSessionDuration": 3600,
            "AssumeRolePolicyDocument": policies.portal_trust(portal_principal_arn, external_id),
            "ManagedPolicyArns": [{"Ref": name} for name in names],
        },
    }


class _WithoutAliases(yaml.SafeDumper):
    """Writes a repeated value out again: CloudFormation refuses YAML aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _yaml(template: dict[str, Any]) -> str:
    # Quoted versions and digits stay text; the order is the one above, not the alphabet's.
    return str(yaml.dump(template, Dumper=_WithoutAliases, sort_keys=False, width=110, allow_unicode=True))
