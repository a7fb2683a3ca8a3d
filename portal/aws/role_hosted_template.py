"""The grant as a hosted CloudFormation template for all connections, with parameters.

It comes from a RoleGrant as the file for one connection does (role_cloudformation.py), so with the same values both
give the same permissions, byte for byte.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from portal.aws.cloudformation_yaml import as_yaml
from portal.aws.policies.chosen_permissions import ALL_PERMISSIONS
from portal.aws.policies.devices import RULE_PREFIX
from portal.aws.policies.optional_permissions import LISTED_PARAMETERS, OPTIONAL_PERMISSIONS
from portal.aws.role_cloudformation import template_of
from portal.aws.role_grant import RoleGrant

_HEAD = """\
# Sluice's access to an AWS account, for all connections: what differs between them is a parameter.
# Written by `manage.py connection template`. Host it in S3, and set SLUICE_TEMPLATE_URL to its address.
"""
_PARAMETERS: dict[str, dict[str, Any]] = {
    "ExternalId": {
        "Type": "String",
        "Description": "Shown in Sluice. Sluice can assume the role only with this external ID.",
        "AllowedPattern": "[A-Za-z0-9+=,.@:/-]{20,100}",
    },
    "NamePrefix": {
        "Type": "String",
        "Description": "The prefix of the names of all resources that Sluice creates.",
        "Default": "sluice-",
        "AllowedPattern": "[a-z0-9][a-z0-9-]{1,19}",
    },
    "NameSuffix": {
        "Type": "String",
        "Description": "The suffix of the names of this role and its policies, for accounts with several connections.",
        "Default": "",
        "AllowedPattern": "(-[0-9a-f]{4,12})?",
    },
    **{
        permission.parameter: {
            "Type": "String",
            "Description": permission.description,
            "Default": "yes" if permission.is_default else "no",
            "AllowedValues": ["yes", "no"],
        }
        for permission in OPTIONAL_PERMISSIONS
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
    **{
        f"MayNot{permission.key.capitalize()}": {"Fn::Not": [{"Condition": f"May{permission.key.capitalize()}"}]}
        for permission in OPTIONAL_PERMISSIONS
        if permission.denials
    },
    **{f"Has{name}": {"Fn::Not": [{"Fn::Equals": [{"Ref": name}, ""]}]} for name in LISTED_PARAMETERS},
    "AdoptsStreams": {"Fn::And": [{"Condition": "MayAdoption"}, {"Condition": "HasOtherStreams"}]},
    "SamplesAdopted": {"Fn::And": [{"Condition": "MaySampling"}, {"Condition": "AdoptsStreams"}]},
    "ListsAdopted": {"Fn::And": [{"Condition": "MayReaders"}, {"Condition": "AdoptsStreams"}]},
    "ReadsLeases": {"Fn::And": [{"Condition": "MayReaders"}, {"Condition": "HasLeaseTables"}]},
    "ReadsErrors": {"Fn::And": [{"Condition": "MayFailures"}, {"Condition": "MaySampling"}]},
    "AdoptedShared": {"Fn::And": [{"Condition": "MaySharing"}, {"Condition": "AdoptsStreams"}]},
    "AdoptedFanOut": {"Fn::And": [{"Condition": "MayFanout"}, {"Condition": "AdoptsStreams"}]},
    "NeverShares": {
        "Fn::And": [{"Condition": "MayNotSharing"}, {"Condition": "MayNotSampling"}, {"Condition": "MayNotFanout"}]
    },
    "HasConsumers": {
        "Fn::Or": [{"Condition": "MayConsumers"}, {"Condition": "MaySharing"}, {"Condition": "MayFanout"}]
    },
    "SharesAdopted": {"Fn::And": [{"Condition": "MayConsumers"}, {"Condition": "AdoptsStreams"}]},
    "DeletesDevices": {"Fn::And": [{"Condition": "MayDevices"}, {"Condition": "MayDeletion"}]},
    "HasOwnPrefix": {"Fn::Not": [{"Fn::Equals": [{"Ref": "NamePrefix"}, "sluice-"]}]},
}
# Names of topic rules have no hyphen.
_IN_UNDERSCORES = {"Fn::Join": ["_", {"Fn::Split": ["-", {"Ref": "NamePrefix"}]}]}
# Policies of the grant that exist only under a condition.
_CONDITION_OF_POLICY = {
    "SluiceConsumers": "HasConsumers",
    "ConsumerBoundary": "MayConsumers",
    "SluiceDevices": "MayDevices",
}
# Sid → the condition of its statement; statements of listed ARNs exist where any are listed.
_CONDITION_OF = {
    **{
        sid: f"May{permission.key.capitalize()}" for permission in OPTIONAL_PERMISSIONS for sid in permission.statements
    },
    **{
        sid: f"MayNot{permission.key.capitalize()}" for permission in OPTIONAL_PERMISSIONS for sid in permission.denials
    },
    **{name: f"Has{name}" for name in LISTED_PARAMETERS},
    "OtherStreams": "AdoptsStreams",
    "SampleOtherStreams": "SamplesAdopted",
    "ListOtherConsumers": "ListsAdopted",
    "LeaseTables": "ReadsLeases",
    "ReadErrors": "ReadsErrors",
    "DecryptErrors": "ReadsErrors",
    "ShareOtherStreams": "AdoptedShared",
    "ShareOtherConsumers": "AdoptedShared",
    "RegisterOtherConsumers": "AdoptedFanOut",
    "ManageOtherFanOut": "AdoptedFanOut",
    "NeverShareRecords": "NeverShares",
    "OtherStreamsByFanOut": "SharesAdopted",
    "DeleteThingTypes": "DeletesDevices",
    "DeleteThingGroups": "DeletesDevices",
    "DeleteDevicePolicies": "DeletesDevices",
    "DeleteTopicRules": "DeletesDevices",
    "DeleteDeviceLogs": "DeletesDevices",
}


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
        optional=replace(
            ALL_PERMISSIONS, others=tuple(f"${{{name}}}" for name in LISTED_PARAMETERS), keeps_every_statement=True
        ),
    )
    template = template_of(
        "Allows Sluice to create and manage Kinesis data streams whose names begin with the prefix below. "
        "All permissions are listed in this template; nothing else is allowed.",
        grant,
    )
    for key, resource in template["Resources"].items():
        _make_conditional(resource["Properties"], _CONDITION_OF_POLICY.get(key, ""))
        if key in _CONDITION_OF_POLICY:
            resource["Condition"] = _CONDITION_OF_POLICY[key]
    parameters = {"Parameters": _PARAMETERS, "Conditions": _CONDITIONS}
    head = {key: template.pop(key) for key in ("AWSTemplateFormatVersion", "Description")}
    return _HEAD + as_yaml(head | parameters | _substituted(template), is_compact=True)


def _make_conditional(properties: dict[str, Any], held: str) -> None:
    """Put each optional statement, and each attachment of an optional policy, under its condition; not under the one
    that is `held` by its policy."""
    attached = properties.get("ManagedPolicyArns", [])
    for place, reference in enumerate(attached):
        if condition := _CONDITION_OF_POLICY.get(reference["Ref"]):
            attached[place] = {"Fn::If": [condition, reference, {"Ref": "AWS::NoValue"}]}
    document = properties.get("PolicyDocument", {})
    for place, statement in enumerate(document.get("Statement", ())):
        if (condition := _CONDITION_OF.get(statement["Sid"], held)) != held:
            document["Statement"][place] = {"Fn::If": [condition, statement, {"Ref": "AWS::NoValue"}]}


def _substituted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _substituted(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_once(item, value[:place]) for place, item in enumerate(value)]
    if not isinstance(value, str) or "${" not in value:
        return value
    if RULE_PREFIX in value:
        return {"Fn::Sub": [value, {RULE_PREFIX[2:-1]: _IN_UNDERSCORES}]}
    name, _, tail = value.removeprefix("${").partition("}")
    if value.startswith("${") and name in LISTED_PARAMETERS:
        return _listed(name, tail)
    return {"Fn::Sub": value} if tail or not value.startswith("${") else {"Ref": name}


def _listed(name: str, tail: str) -> dict[str, Any]:
    """Return the ARNs of a parameter as a list, each with `tail` after it."""
    arns = {"Fn::Split": [",", {"Ref": name}]}
    if not tail:
        return arns
    return {"Fn::Split": [",", {"Fn::Join": ["", [{"Fn::Join": [f"{tail},", arns]}, tail]]}]}


def _once(value: Any, before: list[Any]) -> Any:
    # With the default prefix this would repeat the ARN before it.
    is_again = isinstance(value, str) and value.replace("${NamePrefix}", "sluice-") in before
    found = _substituted(value)
    return {"Fn::If": ["HasOwnPrefix", found, {"Ref": "AWS::NoValue"}]} if is_again else found
