"""Policies of AWS IoT: what a device may do with its certificate. They are not IAM's policies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.aws.calls import call, delete_if_exists, get_or_none
from portal.aws.session import AwsSession

# https://docs.aws.amazon.com/general/latest/gr/iot-core.html#security-limits
MOST_VERSIONS = 5


@dataclass(frozen=True, slots=True)
class IotPolicy:
    """A policy of AWS IoT with the document of its default version."""

    name: str
    arn: str
    document: dict[str, Any]


def get_iot_policy(aws: AwsSession, name: str) -> IotPolicy | None:
    """Return a policy, or None. https://docs.aws.amazon.com/iot/latest/apireference/API_GetPolicy.html"""
    found = get_or_none(aws, "iot", "GetPolicy", policyName=name)
    return None if found is None else IotPolicy(found["policyName"], found["policyArn"], _document(found))


def create_iot_policy(aws: AwsSession, name: str, document: Mapping[str, Any], *, tags: Mapping[str, str]) -> IotPolicy:
    """Create a policy. Raises AwsFault (CONFLICT when the name is taken).

    https://docs.aws.amazon.com/iot/latest/apireference/API_CreatePolicy.html
    """
    given = [{"Key": key, "Value": value} for key, value in tags.items()]
    text = json.dumps(document, separators=(",", ":"))
    found = call(aws, "iot", "CreatePolicy", policyName=name, policyDocument=text, tags=given)
    return IotPolicy(found["policyName"], found["policyArn"], dict(document))


def set_iot_policy(aws: AwsSession, name: str, document: Mapping[str, Any]) -> None:
    """Make a document the policy's default version; AWS keeps five, so the oldest others are deleted first.

    https://docs.aws.amazon.com/iot/latest/apireference/API_CreatePolicyVersion.html
    """
    others = [version for version in _versions(aws, name) if not version["isDefaultVersion"]]
    for version in sorted(others, key=lambda version: int(version["versionId"]))[: max(0, len(others) - 3)]:
        _delete_version(aws, name, version["versionId"])
    text = json.dumps(document, separators=(",", ":"))
    call(aws, "iot", "CreatePolicyVersion", policyName=name, policyDocument=text, setAsDefault=True)


def delete_iot_policy(aws: AwsSession, name: str) -> None:
    """Delete a policy with all its versions. Raises AwsFault (CONFLICT while a certificate has it).

    https://docs.aws.amazon.com/iot/latest/apireference/API_DeletePolicy.html
    """
    if get_iot_policy(aws, name) is None:
        return
    for version in _versions(aws, name):
        if not version["isDefaultVersion"]:
            _delete_version(aws, name, version["versionId"])
    delete_if_exists(aws, "iot", "DeletePolicy", policyName=name)


def _versions(aws: AwsSession, name: str) -> list[Mapping[str, Any]]:
    return list(call(aws, "iot", "ListPolicyVersions", policyName=name)["policyVersions"])


def _delete_version(aws: AwsSession, name: str, version: str) -> None:
    delete_if_exists(aws, "iot", "DeletePolicyVersion", policyName=name, policyVersionId=version)


def _document(found: Mapping[str, Any]) -> dict[str, Any]:
    try:
        document = json.loads(found["policyDocument"])
    except ValueError:  # written by someone else
        return {}
    return document if isinstance(document, dict) else {}
