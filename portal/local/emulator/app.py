"""MiniStack with what it leaves out: mostly what IAM must know, so that policies written for AWS hold as they stand.

MiniStack 1.5 evaluates policies well but is told too little: users and roles come without their path, CreatePolicy and
GetRecords without any resource, and never a word of iam:PermissionsBoundary and iam:PolicyARN. Whatever is allowed
under one of these it refuses. It also knows only a part of Kinesis (kinesis.py), and simulates policies
without the context that is asked about.
Served in place of `ministack.app:app`, from the emulator's own environment, which has neither Django nor boto3: nothing
here imports anything else of the portal.
"""

from collections.abc import Mapping
from typing import Any

from ministack.app import app
from ministack.core import iam_actions
from ministack.services import iam

from portal.local.emulator import (
    delivery,
    fan_out,
    firehose,
    iot,
    iot_quotas,
    iot_rules,
    kinesis,
    kms,
    large_records,
    last_used,
    mqtt,
    network,
    old_records,
    processing,
    reading,
    schemas,
    scp,
    session_limits,
    shard_iterators,
    sharing,
    signatures,
    simulation,
    throttling,
    trail,
    trail_lookup,
)

__all__ = ["app"]

# Of these the boundary is the one asked for; of every other call, the one the user or role has already.
_SETS_THE_BOUNDARY = frozenset({"CreateUser", "CreateRole", "PutUserPermissionsBoundary", "PutRolePermissionsBoundary"})
_their_context = iam_actions.request_tag_context
_their_resource = iam_actions.extract_resource_arn


def request_tag_context(service: str, iam_action: str, body: bytes, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the condition keys of a request: MiniStack's own, and those of IAM.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
    """
    context: dict[str, Any] = {**_their_context(service, iam_action, body, params), **network.keys()}
    if service == "iam":
        context |= {key: value for key, value in _iam_keys(iam_action, params).items() if value}
    if service == "kms":
        context |= kms.condition_keys(body)
    return context


def extract_resource_arn(
    service: str,
    method: str,
    path: str,
    headers: Mapping[str, str],
    body: bytes,
    query_params: Mapping[str, Any],
    region: str,
    account_id: str,
) -> str:
    """Return the ARN a request is about, with the path of users, roles and policies and the stream of an iterator."""
    # Asked right before the context, which is not shown the headers.
    network.note(headers)
    last_used.note(headers, service, region)
    iot.note(service, body)
    arn = str(_their_resource(service, method, path, headers, body, query_params, region, account_id))
    if service == "iam":
        return _iam_arn(query_params, account_id) or arn
    if service == "kms":
        return kms.resource_of(headers, body) or arn
    if service == "iot":
        return iot.resource_of(path, body) or arn
    if service == "kinesis" and arn == "*":
        return kinesis.stream_of_iterator(body, region, account_id) or arn
    return arn


def _iam_keys(iam_action: str, params: Mapping[str, Any]) -> dict[str, str]:
    operation = iam_action.partition(":")[2]
    sets_it = operation in _SETS_THE_BOUNDARY
    boundary = _parameter(params, "PermissionsBoundary") if sets_it else _entity(params).get("PermissionsBoundary")
    return {"iam:PermissionsBoundary": str(boundary or ""), "iam:PolicyARN": _parameter(params, "PolicyArn")}


def _iam_arn(params: Mapping[str, Any], account_id: str) -> str:
    operation, path = _parameter(params, "Action"), _parameter(params, "Path") or "/"
    named = {
        "CreateUser": f"user{path}{_parameter(params, 'UserName')}",
        "CreateRole": f"role{path}{_parameter(params, 'RoleName')}",
        "CreatePolicy": f"policy{path}{_parameter(params, 'PolicyName')}",
    }.get(operation)
    if operation == "SimulatePrincipalPolicy":
        return _parameter(params, "PolicySourceArn")
    if operation == "GetAccessKeyLastUsed":
        return last_used.owner_arn(_parameter(params, "AccessKeyId"))
    # Nobody knows the path of what does not exist: then, as in AWS, the bare name is asked for.
    return f"arn:aws:iam::{account_id}:{named}" if named else str(_entity(params).get("Arn", ""))


def _entity(params: Mapping[str, Any]) -> Mapping[str, Any]:
    role, user = _parameter(params, "RoleName"), _parameter(params, "UserName")
    found: Mapping[str, Any] | None = iam._roles.get(role) if role else iam._users.get(user) if user else None
    return found or {}


def _parameter(params: Mapping[str, Any], name: str) -> str:
    value = params.get(name, "")
    return str(value[0] if isinstance(value, list) and value else value or "")


iam_actions.request_tag_context = request_tag_context
iam_actions.extract_resource_arn = extract_resource_arn
delivery.install()
firehose.install()
kinesis.install()
kms.install()
large_records.install()
iot.install()
iot_quotas.install()
iot_rules.install()
last_used.install()
mqtt.install()
network.install()
reading.install()
schemas.install()
processing.install()
scp.install()
session_limits.install()
shard_iterators.install()
simulation.install()
throttling.install()
old_records.install()
fan_out.install()
sharing.install()
signatures.install()
trail.install()
trail_lookup.install()
