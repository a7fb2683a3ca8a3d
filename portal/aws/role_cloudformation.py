"""The grant as a CloudFormation template: a file for one connection."""

from __future__ import annotations

from typing import Any

from portal.aws.cloudformation_yaml import as_yaml
from portal.aws.names import check_account_id
from portal.aws.role_grant import ROLE_DESCRIPTION, SESSION_SECONDS, NamedPolicy, RoleGrant

_HEAD = """\
# Sluice's access to AWS account {account_id}.
# Create a stack from this file in that account, in any Region: IAM roles and policies are global.
# To remove the access: remove the deliveries in Sluice first, then delete the stack.
"""


# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html
def cloudformation(grant: RoleGrant) -> str:
    """Return the complete template as YAML: it contains the external ID and has no parameters.

    Raises InvalidName for an impossible account ID.
    """
    check_account_id(grant.account_id)
    description = (
        f"Allows Sluice to create and manage Kinesis data streams named {grant.name_prefix}* in account "
        f"{grant.account_id}. All permissions are listed in this template; nothing else is allowed."
    )
    return _HEAD.format(account_id=grant.account_id) + as_yaml(template_of(description, grant))


def template_of(description: str, grant: RoleGrant) -> dict[str, Any]:
    """Return the template of a grant, without parameters."""
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": description,
        "Resources": {
            **{policy.key: _policy(policy) for policy in grant.policies},
            "Role": _role(grant),
        },
        "Outputs": {
            "RoleArn": {
                "Description": "Paste this role ARN into Sluice.",
                "Value": {"Fn::GetAtt": ["Role", "Arn"]},
            }
        },
    }


def _policy(policy: NamedPolicy) -> dict[str, Any]:
    return {
        "Type": "AWS::IAM::ManagedPolicy",
        "Properties": {
            "ManagedPolicyName": policy.name,
            "Description": policy.purpose,
            "PolicyDocument": policy.document,
        },
    }


def _role(grant: RoleGrant) -> dict[str, Any]:
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": grant.role_name,
            "Description": ROLE_DESCRIPTION,
            "MaxSessionDuration": SESSION_SECONDS,
            "AssumeRolePolicyDocument": grant.trust,
            "ManagedPolicyArns": [{"Ref": policy.key} for policy in grant.permissions],
        },
    }
