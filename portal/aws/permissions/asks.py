"""What the permission sheet asks: every right of the grant on an example of its resources, and what must be refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from portal.aws.policies import EVERYTHING, other_resources
from portal.aws.policies.statements import Arn, Statement
from portal.aws.role_grant import RoleGrant, boundary_arn

# Nothing bears these names, so that nobody is hurt whatever the answer is.
NAME = "permission-check"
KEY_ID = "00000000-0000-4000-8000-000000000000"

Context = tuple[tuple[str, str], ...]

_GROUPS = {
    "kinesis": "Data streams",
    "cloudwatch": "Metrics",
    "kms": "Encryption keys",
    "s3": "Buckets",
    "firehose": "Firehose",
    "logs": "Delivery logs",
    "iam": "Users, roles and policies",
}
REFUSALS = "What must be refused"
LEFT_OUT = "What you left out"


@dataclass(frozen=True, slots=True)
class Examples:
    """The names the rights are asked about: those in use, where there are any."""

    region: str = "us-east-1"
    stream: str = ""
    bucket: str = ""
    delivery: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """One question: may the role do this with that. `statement` is the one of the grant that says so, or forbids it."""

    group: str
    action: str
    resource: str
    is_allowed: bool
    why: str = ""
    policy: str = ""
    context: Context = ()
    statement: Mapping[str, Any] = field(default_factory=dict, compare=False)


def asks_of(grant: RoleGrant, examples: Examples) -> list[Ask]:
    """Return everything that is asked of a grant: what it allows, what was left out of it, what nobody may."""
    place = _Place(grant, examples)
    allowed = list(_allowed(grant, place))
    everything = _allowed(replace(grant, optional=EVERYTHING), place)
    known = {(one.action, one.resource) for one in allowed}
    left_out = [
        replace(one, group=LEFT_OUT, is_allowed=False, why="You left this out of the grant.")
        for one in everything
        if (one.action, one.resource) not in known
    ]
    return [*allowed, *left_out, *_refusals(grant, place)]


@dataclass(frozen=True, slots=True)
class _Place:
    """Turns a pattern of the grant into something that could exist."""

    grant: RoleGrant
    examples: Examples

    def arn(self, pattern: str) -> str:
        """Return an ARN that a pattern matches; `*` stays as it is."""
        if pattern == "*":
            return pattern
        parts = Arn.parse(pattern)
        region = self.examples.region if parts.region == "*" else parts.region
        prefix = self.grant.name_prefix
        named = self._name(parts.service) or f"{prefix}{NAME}"
        resource = parts.resource.replace(f"{prefix}*", named, 1)
        resource = resource.replace("*", KEY_ID if parts.service == "kms" else NAME)
        return f"arn:{parts.partition}:{parts.service}:{region}:{parts.account_id}:{resource}"

    def context(self, condition: Mapping[str, Mapping[str, Any]]) -> Context:
        """Return a value for each key of a statement's condition, such that the condition holds."""
        found = {key: value for keys in condition.values() for key, value in keys.items()}
        return tuple((key, self._value(value)) for key, value in found.items())

    def _value(self, value: Any) -> str:
        one = str(value if isinstance(value, str) else value[0])
        return one.replace("*", NAME if one.startswith("arn:") else self.examples.region)

    def _name(self, service: str) -> str:
        return {
            "kinesis": self.examples.stream,
            "s3": self.examples.bucket,
            "firehose": self.examples.delivery,
            "logs": self.examples.delivery,
        }.get(service, "")


def _allowed(grant: RoleGrant, place: _Place) -> Iterator[Ask]:
    for policy in grant.permissions:
        for statement in policy.document["Statement"]:
            if statement["Effect"] == "Allow":
                yield from _of_statement(statement, policy.name, place)


def _of_statement(statement: Statement, policy: str, place: _Place) -> Iterator[Ask]:
    context = place.context(statement.get("Condition", {}))
    for action in statement["Action"]:
        for pattern in _many(statement["Resource"]):
            if _fits(action, pattern):
                kept = {**statement, "Action": action, "Resource": pattern}
                group = _GROUPS[action.partition(":")[0]]
                yield Ask(group, action, place.arn(pattern), True, "", policy, context, kept)


def _fits(action: str, pattern: str) -> bool:
    """A statement of IAM may name users and roles together; each action is about one of them."""
    return not (
        ("User" in action and ":role/" in pattern)
        or ("Role" in action and action != _HAND_OVER and ":user/" in pattern)
    )


_HAND_OVER = "iam:PassRole"


def _refusals(grant: RoleGrant, place: _Place) -> Iterator[Ask]:
    iam = f"arn:{grant.partition}:iam::{grant.account_id}"
    regional = f"{place.examples.region}:{grant.account_id}"
    stream = f"arn:{grant.partition}:kinesis:{regional}:stream/"
    user, role = f"{iam}:user/sluice/{NAME}", f"{iam}:role/sluice/{NAME}"
    boundary = boundary_arn(grant.account_id, grant.partition, suffix=grant.suffix)
    bounded = ("iam:PermissionsBoundary", boundary)
    everything = ("iam:PolicyARN", f"arn:{grant.partition}:iam::aws:policy/AdministratorAccess")
    passed = ("iam:PassedToService", "firehose.amazonaws.com")
    own_stream = place.arn(f"arn:{grant.partition}:kinesis:*:{grant.account_id}:stream/{grant.name_prefix}*")
    outside = f"Its name does not begin with {grant.name_prefix}"
    rows: list[tuple[str, str, str, Context]] = [
        ("kinesis:DeleteStream", f"{stream}{NAME}", outside, ()),
        ("kinesis:GetRecords", f"{stream}{NAME}", outside, ()),
        ("kinesis:PutRecord", own_stream, "Only the key that is delivered puts records, never Sluice", ()),
        ("s3:GetObject", f"arn:{grant.partition}:s3:::{NAME}/object", outside, ()),
        ("s3:ListAllMyBuckets", "*", "Sluice sees the buckets it works with, and no others", ()),
        ("iam:CreateUser", user, "A user without the permissions boundary", ()),
        ("iam:CreateUser", f"{iam}:user/{NAME}", "A user outside the path /sluice/", (bounded,)),
        ("iam:CreateRole", role, "A role without the permissions boundary", ()),
        ("iam:AttachUserPolicy", user, "A policy that Sluice did not make", (bounded, everything)),
        ("iam:DeleteUserPermissionsBoundary", user, "Removing the permissions boundary", ()),
        ("iam:DeleteRolePermissionsBoundary", role, "Removing the permissions boundary", ()),
        ("iam:DeletePolicyVersion", boundary, "Changing the permissions boundary", ()),
        ("iam:CreatePolicyVersion", boundary, "Changing the permissions boundary", ()),
        ("iam:AttachRolePolicy", grant.role_arn, "Giving itself more rights", ()),
        ("iam:UpdateAssumeRolePolicy", grant.role_arn, "Changing who may take on its own role", ()),
        (_HAND_OVER, f"{iam}:role/{NAME}", "Handing over a role that Sluice did not make", (passed,)),
    ]
    adopted = other_resources(grant.optional.others).get("OtherStreams", []) if grant.optional.adoption else []
    rows += [("kinesis:DeleteStream", arn, "A stream that may be adopted is never deleted", ()) for arn in adopted]
    for action, resource, why, context in rows:
        statement = {"Sid": "NeverSluice", "Effect": "Deny", "Action": action, "Resource": resource}
        yield Ask(REFUSALS, action, resource, False, f"{why}.", "", context, statement)


def _many(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
