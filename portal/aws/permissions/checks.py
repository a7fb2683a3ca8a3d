"""What is checked: each permission of the grant on an example of its resources, and what must be denied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from portal.aws.permissions.example_resources import NAME, Context, ExampleResources, Examples
from portal.aws.policies.boundary_check import outside_boundary
from portal.aws.policies.chosen_permissions import ALL_PERMISSIONS
from portal.aws.policies.listed_arns import listed_resources
from portal.aws.policies.statements import Statement
from portal.aws.role_grant import RoleGrant, boundary_arn, producer_boundary_arn
from portal.messages.message import Message

_GROUPS = {
    "kinesis": Message("permissions.data_streams"),
    "cloudwatch": Message("permissions.metrics"),
    "kms": Message("permissions.keys"),
    "s3": Message("permissions.buckets"),
    "firehose": Message("permissions.firehose"),
    "logs": Message("permissions.logs"),
    "iam": Message("permissions.iam"),
    "cloudtrail": Message("permissions.trail"),
    "lambda": Message("permissions.functions"),
    "dynamodb": Message("permissions.tables"),
    "glue": Message("permissions.schemas"),
    "iot": Message("permissions.devices"),
}
MUST_BE_DENIED = Message("permissions.must_be_denied")
OPTED_OUT = Message("permissions.opted_out")


@dataclass(frozen=True, slots=True)
class PermissionCheck:
    """Whether the role may perform an action on a resource; `statement` is the one that allows or denies it."""

    group: Message
    action: str
    resource: str
    is_allowed: bool
    why: Message | None = None
    policy: str = ""
    context: Context = ()
    statement: Mapping[str, Any] = field(default_factory=dict, compare=False)


def checks_of(grant: RoleGrant, examples: Examples) -> list[PermissionCheck]:
    """Return the checks of a grant: what it allows, what the client opted out of, and what must always be denied."""
    place = ExampleResources(grant, examples)
    # Two permissions may need the same, such as reading the policy that has both.
    allowed = list(dict.fromkeys(_allowed(grant, place)))
    everything = dict.fromkeys(_allowed(replace(grant, optional=ALL_PERMISSIONS), place))
    known = {(check.action, check.resource) for check in allowed}
    granted = {"Statement": [row for policy in grant.permissions for row in policy.document["Statement"]]}
    opted_out = [
        replace(check, group=OPTED_OUT, is_allowed=False, why=Message("permissions.not_in_grant"))
        for check in everything
        if (check.action, check.resource) not in known
        # What another permission covers anyway: Sluice may delete every role of its own where it may delete any.
        and outside_boundary({"Statement": [check.statement]}, granted)
    ]
    return [*allowed, *opted_out, *_denied(grant, place)]


def _allowed(grant: RoleGrant, place: ExampleResources) -> Iterator[PermissionCheck]:
    for policy in grant.permissions:
        for statement in policy.document["Statement"]:
            if statement["Effect"] == "Allow":
                yield from _of_statement(statement, policy.name, place)


def _of_statement(statement: Statement, policy: str, place: ExampleResources) -> Iterator[PermissionCheck]:
    context = place.context(statement.get("Condition", {}))
    for action in statement["Action"]:
        for pattern in _many(statement["Resource"]):
            if _fits(action, pattern):
                kept = {**statement, "Action": action, "Resource": pattern}
                group = _GROUPS[action.partition(":")[0]]
                yield PermissionCheck(group, action, place.arn(pattern), True, None, policy, context, kept)


def _fits(action: str, pattern: str) -> bool:
    """A statement can list users and roles together; each action applies to one of them."""
    return not (
        ("User" in action and ":role/" in pattern) or ("Role" in action and action != _PASSING and ":user/" in pattern)
    )


_PASSING = "iam:PassRole"


def _denied(grant: RoleGrant, place: ExampleResources) -> Iterator[PermissionCheck]:
    iam = f"arn:{grant.partition}:iam::{grant.account_id}"
    regional = f"{place.examples.region}:{grant.account_id}"
    stream = f"arn:{grant.partition}:kinesis:{regional}:stream/"
    user, role = f"{iam}:user/sluice/{NAME}", f"{iam}:role/sluice/{NAME}"
    producer = f"{iam}:role/sluice/producers/{NAME}"
    boundary = boundary_arn(grant.account_id, grant.partition, suffix=grant.suffix)
    of_producers = producer_boundary_arn(grant.account_id, grant.partition, suffix=grant.suffix)
    bounded, as_producer = ("iam:PermissionsBoundary", boundary), ("iam:PermissionsBoundary", of_producers)
    everything = ("iam:PolicyARN", f"arn:{grant.partition}:iam::aws:policy/AdministratorAccess")
    passed = ("iam:PassedToService", "firehose.amazonaws.com")
    own_stream = place.arn(f"arn:{grant.partition}:kinesis:*:{grant.account_id}:stream/{grant.name_prefix}*")
    outside = Message("permissions.outside_prefix", prefix=grant.name_prefix)
    other_policy, role_kept = Message("permissions.other_policy"), Message("permissions.own_trust_policy")
    no_boundary, boundary_kept = Message("permissions.remove_boundary"), Message("permissions.change_boundary")
    rows: list[tuple[str, str, Message, Context]] = [
        ("kinesis:DeleteStream", f"{stream}{NAME}", outside, ()),
        ("kinesis:GetRecords", f"{stream}{NAME}", outside, ()),
        ("kinesis:PutRecord", own_stream, Message("permissions.put_records"), ()),
        ("s3:GetObject", f"arn:{grant.partition}:s3:::{NAME}/object", outside, ()),
        ("s3:ListAllMyBuckets", "*", Message("permissions.list_buckets"), ()),
        ("iam:CreateUser", user, Message("permissions.user_without_boundary"), ()),
        ("iam:CreateUser", user, Message("permissions.user_of_other_boundary"), (bounded,)),
        ("iam:CreateUser", f"{iam}:user/{NAME}", Message("permissions.user_outside_path"), (as_producer,)),
        ("iam:CreateRole", role, Message("permissions.role_without_boundary"), ()),
        ("iam:AttachUserPolicy", user, other_policy, (bounded, everything)),
        ("iam:DeleteUserPermissionsBoundary", user, no_boundary, ()),
        ("iam:DeleteRolePermissionsBoundary", role, no_boundary, ()),
        *(
            (f"iam:{action}PolicyVersion", limit, boundary_kept, ())
            for action in ("Delete", "Create")
            for limit in (boundary, of_producers)
        ),
        ("iam:AttachRolePolicy", grant.role_arn, Message("permissions.own_permissions"), ()),
        ("iam:UpdateAssumeRolePolicy", grant.role_arn, role_kept, ()),
        (_PASSING, f"{iam}:role/{NAME}", Message("permissions.pass_other_role"), (passed,)),
        (_PASSING, producer, Message("permissions.pass_producer"), (passed,)),
    ]
    if grant.optional.consumers:
        consumer = f"{iam}:role/sluice/consumers/{NAME}"
        rows.append((_PASSING, consumer, Message("permissions.pass_consumer"), (passed,)))
        rows.append(("iam:CreateRole", consumer, Message("permissions.role_without_boundary"), ()))
    adopted = listed_resources(grant.optional.others).get("OtherStreams", []) if grant.optional.adoption else []
    rows += [("kinesis:DeleteStream", arn, Message("permissions.delete_adopted"), ()) for arn in adopted]
    for action, resource, why, context in rows:
        statement = {"Sid": "NeverSluice", "Effect": "Deny", "Action": action, "Resource": resource}
        yield PermissionCheck(MUST_BE_DENIED, action, resource, False, why, "", context, statement)


def _many(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
