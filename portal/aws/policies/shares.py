"""The resource policy of a data stream: the statements by which principals of other accounts read it.

A resource policy has one document for all who share the stream, and a call replaces the whole. So a statement is merged
into what is there, and found again by its Sid; statements of others are kept as they are.
https://docs.aws.amazon.com/streams/latest/dev/resource-based-policy-examples.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from portal.aws.policies.chosen_permissions import ChosenPermissions
from portal.aws.policies.consumers import READ_BY_FAN_OUT, READ_STREAM
from portal.aws.policies.listed_arns import listed_resources
from portal.aws.policies.statements import Document, Statement, allow, document, statements_of, via_service

READ_POLICY = "kinesis:GetResourcePolicy"
READ_KEY_POLICY = "kms:GetKeyPolicy"
SET_POLICY = (READ_POLICY, "kinesis:PutResourcePolicy", "kinesis:DeleteResourcePolicy")
# https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutResourcePolicy.html
LARGEST_POLICY = 20 * 1024
_ACCOUNT_ID = re.compile(r"[0-9]{12}")
_ROOT = re.compile(r"arn:aws[a-z-]*:iam::([0-9]{12}):root")


# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonkinesisdatastreams.html
def sharing_statements(stream: str, keys: str, own_policy: str, optional: ChosenPermissions) -> list[Statement]:
    """Return the statements of the grant that share the streams of a pattern, and those listed for adoption.

    Of `keys`, a pattern too, the role reads the policies: whether a key of the client's own admits who reads. It reads
    `own_policy`, the policy with these statements, to find out whether it is older than the choice.
    """
    found = [
        allow("SeeSharingPolicy", ["iam:GetPolicy", "iam:GetPolicyVersion"], own_policy),
        allow("ShareStreams", SET_POLICY, stream),
        allow("SeeKeyPolicies", [READ_KEY_POLICY], keys),
    ]
    if listed := listed_resources(optional.others).get("OtherStreams"):
        # In the hosted template the listed streams are one parameter, which it takes apart.
        is_parameter = isinstance(listed, str)
        consumers = f"{listed}/consumer/*" if is_parameter else [f"{arn}/consumer/*" for arn in listed]
        found.append(allow("ShareOtherStreams", SET_POLICY, listed))
        found.append(allow("ShareOtherConsumers", SET_POLICY, consumers))
    return found


def share_statement(sid: str, principal: str, stream_arn: str) -> Statement:
    """Return the statement that allows a principal of another account to read a data stream.

    The actions are those that a Lambda function's event source mapping calls. AWS's table of actions that can be shared
    leaves DescribeStream out, its page on functions of other accounts requires it. `principal` is the ARN of a role or
    user, or the twelve digits of an account, whose IAM policies then decide.
    """
    partition = stream_arn.split(":")[1]
    statement = allow(sid, READ_STREAM, stream_arn)
    return {**statement, "Principal": {"AWS": principal_arn(principal, partition)}}


# https://docs.aws.amazon.com/streams/latest/dev/resource-based-policy-examples.html
def consumer_share_statement(sid: str, principal: str, consumer_arn: str) -> Statement:
    """Return the statement that allows a principal of another account to subscribe as a registered consumer."""
    partition = consumer_arn.split(":")[1]
    statement = allow(sid, READ_BY_FAN_OUT, consumer_arn)
    return {**statement, "Principal": {"AWS": principal_arn(principal, partition)}}


def key_share_statement(sid: str, principal: str, region: str, partition: str) -> Statement:
    """Return the statement of a KMS key's policy by which that principal decrypts records, through Kinesis only.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
    """
    through = {"StringEquals": {"kms:ViaService": via_service("kinesis", region, partition=partition)}}
    statement = allow(sid, ["kms:Decrypt"], "*", condition=through)
    return {**statement, "Principal": {"AWS": principal_arn(principal, partition)}}


def principal_arn(principal: str, partition: str) -> str:
    """Return the ARN of a principal: of an account, the one as which AWS stores its twelve digits."""
    return f"arn:{partition}:iam::{principal}:root" if _ACCOUNT_ID.fullmatch(principal) else principal


def find_statement(policy: Mapping[str, Any] | None, sid: str) -> Statement | None:
    """Return the statement of a Sid, or None."""
    return next((statement for statement in statements_of(policy) if statement.get("Sid") == sid), None)


def with_statement(policy: Mapping[str, Any] | None, statement: Statement) -> Document:
    """Return a policy with a statement in place of the one of its Sid, or after all others. Nothing else changes."""
    kept = statements_of(policy)
    places = [place for place, known in enumerate(kept) if known.get("Sid") == statement["Sid"]]
    for place in reversed(places):
        del kept[place]
    kept.insert(places[0] if places else len(kept), statement)
    return {**(policy or document()), "Statement": kept}


def without_statement(policy: Mapping[str, Any] | None, sid: str) -> Document | None:
    """Return a policy without the statement of a Sid; None where no statement is left."""
    kept = [statement for statement in statements_of(policy) if statement.get("Sid") != sid]
    return {**(policy or document()), "Statement": kept} if kept else None


def is_same_statement(statement: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> bool:
    """Return whether two statements mean the same: AWS may order lists anew, and write a list of one as text."""
    return bool(_canonical(statement or {}) == _canonical(other or {}))


def policy_size(policy: Mapping[str, Any]) -> int:
    """Return the bytes of a policy as it is sent."""
    return len(policy_text(policy).encode())


def policy_text(policy: Mapping[str, Any]) -> str:
    """Return a policy as it is sent: without white space."""
    return json.dumps(policy, separators=(",", ":"))


def _canonical(value: Any, name: str = "") -> Any:
    if isinstance(value, Mapping):
        return {key: _canonical(member, key) for key, member in value.items()}
    if isinstance(value, list | tuple):
        distinct = {json.dumps(member, sort_keys=True): member for member in (_canonical(item, name) for item in value)}
        members = [distinct[text] for text in sorted(distinct)]
        return members[0] if len(members) == 1 else members
    account = _ROOT.fullmatch(value) if name == "AWS" and isinstance(value, str) else None
    return account[1] if account else value
