"""The grant as a CloudFormation template: a file for one connection, and a hosted one for all, with parameters.

Both come from the same RoleGrant, so with the same values they give the same permissions, byte for byte.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from portal.aws.cloudformation_yaml import as_yaml
from portal.aws.names import check_account_id
from portal.aws.policies.listed_arns import listed_resources
from portal.aws.policies.optional_permissions import ALL_PERMISSIONS, LISTED_PARAMETERS, OPTIONAL_PERMISSIONS
from portal.aws.role_grant import (
    BOUNDARY_NAME,
    ROLE_DESCRIPTION,
    ROLE_NAME,
    SESSION_SECONDS,
    STACK_NAME,
    NamedPolicy,
    RoleGrant,
    boundary_arn,
    role_arn,
)

__all__ = [
    "BOUNDARY_NAME",
    "ROLE_NAME",
    "STACK_NAME",
    "boundary_arn",
    "cloudformation",
    "hosted",
    "quick_create_url",
    "role_arn",
]

_HEAD = """\
# Sluice's access to AWS account {account_id}.
# Create a stack from this file in that account, in any one Region: roles and policies hold for all Regions.
# To take the access away: remove the deliveries in Sluice first, then delete the stack.
"""
_HOSTED_HEAD = """\
# Sluice's access to an AWS account, for all connections: what differs between them is a parameter.
# Written by `manage.py connection template`. Host it in S3, and set SLUICE_TEMPLATE_URL to its address.
"""

_PARAMETERS: dict[str, dict[str, Any]] = {
    "ExternalId": {
        "Type": "String",
        "Description": "Sluice shows it. The role opens with this external ID only.",
        "AllowedPattern": "[A-Za-z0-9+=,.@:/-]{20,100}",
    },
    "NamePrefix": {
        "Type": "String",
        "Description": "What the name of everything that Sluice makes begins with.",
        "Default": "sluice-",
        "AllowedPattern": "[a-z0-9][a-z0-9-]{1,19}",
    },
    "NameSuffix": {
        "Type": "String",
        "Description": "Ends the names of this role and its policies, where an account has several connections.",
        "Default": "",
        "AllowedPattern": "(-[0-9a-f]{4,12})?",
    },
    **{
        one.parameter: {
            "Type": "String",
            "Description": one.description,
            "Default": "yes" if one.is_default else "no",
            "AllowedValues": ["yes", "no"],
        }
        for one in OPTIONAL_PERMISSIONS
    },
    **{
        name: {
            "Type": "String",
            "Description": f"{description} ARNs, separated by commas.",
            "Default": "",
        }
        for name, description in LISTED_PARAMETERS.items()
    },
}
_CONDITIONS = {
    **{
        f"May{permission.key.capitalize()}": {"Fn::Equals": [{"Ref": permission.parameter}, "yes"]}
        for permission in OPTIONAL_PERMISSIONS
    },
    **{f"Has{name}": {"Fn::Not": [{"Fn::Equals": [{"Ref": name}, ""]}]} for name in LISTED_PARAMETERS},
    "AdoptsStreams": {"Fn::And": [{"Condition": "MayAdoption"}, {"Condition": "HasOtherStreams"}]},
    "SamplesAdopted": {"Fn::And": [{"Condition": "MaySampling"}, {"Condition": "AdoptsStreams"}]},
    "HasOwnPrefix": {"Fn::Not": [{"Fn::Equals": [{"Ref": "NamePrefix"}, "sluice-"]}]},
}
# Sid → the condition of its statement; statements of listed ARNs exist where any are listed.
_CONDITION_OF = {
    **{
        sid: f"May{permission.key.capitalize()}" for permission in OPTIONAL_PERMISSIONS for sid in permission.statements
    },
    **{name: f"Has{name}" for name in LISTED_PARAMETERS},
    "OtherStreams": "AdoptsStreams",
    "SampleOtherStreams": "SamplesAdopted",
}
_CONSOLES = {
    "aws": "console.aws.amazon.com",
    "aws-us-gov": "console.amazonaws-us-gov.com",
    "aws-cn": "console.amazonaws.cn",
}
_LONGEST_LINK = 1024
_FIRST_REGION = {"aws": "us-east-1", "aws-us-gov": "us-gov-west-1", "aws-cn": "cn-north-1"}


# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html
def cloudformation(grant: RoleGrant) -> str:
    """Return the complete template as YAML: it contains the external ID and has no parameters.

    Raises InvalidName for an impossible account ID.
    """
    check_account_id(grant.account_id)
    description = (
        f"Lets Sluice set up and look after Kinesis data streams named {grant.name_prefix}* in account "
        f"{grant.account_id}. Every right is listed below; nothing else is allowed."
    )
    return _HEAD.format(account_id=grant.account_id) + as_yaml(_template(description, grant))


def hosted(*, portal_principal_arn: str, partition: str = "aws") -> str:
    """Return the template for all connections, as YAML: account, external ID, prefix and choices are parameters.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-create-stacks-quick-create-links.html
    """
    grant = RoleGrant(
        portal_principal_arn=portal_principal_arn,
        external_id="${ExternalId}",
        account_id="${AWS::AccountId}",
        name_prefix="${NamePrefix}",
        partition=partition,
        suffix="${NameSuffix}",
        optional=replace(ALL_PERMISSIONS, others=tuple(f"${{{name}}}" for name in LISTED_PARAMETERS)),
    )
    template = _template(
        "Lets Sluice set up and look after Kinesis data streams whose names begin with the prefix below. "
        "Every right is listed in it; nothing else is allowed.",
        grant,
    )
    for resource in template["Resources"].values():
        _make_conditional(resource["Properties"])
    parameters = {"Parameters": _PARAMETERS, "Conditions": _CONDITIONS}
    head = {key: template.pop(key) for key in ("AWSTemplateFormatVersion", "Description")}
    return _HOSTED_HEAD + as_yaml(head | parameters | _substituted(template))


def quick_create_url(grant: RoleGrant, template_url: str) -> str:
    """Return the address at which the AWS console shows the hosted template filled in, ready to be created.

    "" where it would be longer than the 1,024 characters that the console takes: with many ARNs listed.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-create-stacks-quick-create-links.html
    """
    region = _FIRST_REGION.get(grant.partition, "us-east-1")
    listed = listed_resources(grant.optional.others)
    asked = {
        "templateURL": template_url,
        "stackName": grant.stack_name,
        "param_ExternalId": grant.external_id,
        "param_NamePrefix": grant.name_prefix,
        "param_NameSuffix": grant.suffix,
        **{
            f"param_{one.parameter}": "yes" if one.key in grant.optional.chosen else "no"
            for one in OPTIONAL_PERMISSIONS
            if one.is_default or one.key in grant.optional.chosen
        },
        **{
            f"param_{sid}": ",".join(resources)
            for sid, resources in listed.items()
            if sid not in grant.optional.excluded_statements
        },
    }
    console = _CONSOLES.get(grant.partition, _CONSOLES["aws"])
    address = f"https://{console}/cloudformation/home?region={region}#/stacks/quickcreate?{urlencode(asked)}"
    return address if len(address) <= _LONGEST_LINK else ""


def _template(description: str, grant: RoleGrant) -> dict[str, Any]:
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": description,
        "Resources": {
            **{policy.key: _policy(policy) for policy in (grant.boundary, *grant.permissions)},
            "Role": _role(grant),
        },
        "Outputs": {
            "RoleArn": {
                "Description": "Paste this into Sluice.",
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


def _make_conditional(properties: dict[str, Any]) -> None:
    """Put each optional statement under its condition."""
    document = properties.get("PolicyDocument", {})
    for place, one in enumerate(document.get("Statement", ())):
        if condition := _CONDITION_OF.get(one["Sid"]):
            document["Statement"][place] = {"Fn::If": [condition, one, {"Ref": "AWS::NoValue"}]}


def _substituted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _substituted(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_once(one, value[:place]) for place, one in enumerate(value)]
    if not isinstance(value, str) or "${" not in value:
        return value
    if not (value.startswith("${") and value.find("}") == len(value) - 1):
        return {"Fn::Sub": value}
    parameter = {"Ref": value[2:-1]}
    return {"Fn::Split": [",", parameter]} if value[2:-1] in LISTED_PARAMETERS else parameter


def _once(value: Any, before: list[Any]) -> Any:
    # With the default prefix this would repeat the ARN before it.
    is_again = isinstance(value, str) and value.replace("${NamePrefix}", "sluice-") in before
    found = _substituted(value)
    return {"Fn::If": ["HasOwnPrefix", found, {"Ref": "AWS::NoValue"}]} if is_again else found
