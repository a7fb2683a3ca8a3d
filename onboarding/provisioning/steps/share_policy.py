"""The part of the step of a share that changes one resource policy: of the stream, or of a registered consumer.

A policy is one document for everyone who shares the resource, and each call replaces the whole. So it is read, our
statement merged, and the whole written and read again: AWS has no version to compare with.
"""

from typing import Any

from onboarding.provisioning.answers import Refused, Waiting
from onboarding.provisioning.context import Context
from onboarding.sharing.share import Share
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.policies.shares import (
    LARGEST_POLICY,
    find_statement,
    is_same_statement,
    policy_size,
    with_statement,
    without_statement,
)
from portal.aws.policies.statements import Document, Statement
from portal.aws.resource_policies import delete_resource_policy, put_resource_policy, resource_policy
from portal.messages.message import Message

CHANGED_MEANWHILE = Waiting(2, Message("waiting.resource_policy_changed"))


def put_statement(
    context: Context, share: Share, arn: str, wanted: Statement, before: Document | None
) -> Waiting | None:
    """Write the policy of `arn` with our statement in place of `before`; return a wait if someone else overwrote it.

    Raises Refused where the policy would be too large, or where AWS rejects it.
    """
    merged = with_statement(before, wanted)
    if policy_size(merged) > LARGEST_POLICY:
        raise Refused(Message("refused.resource_policy_too_large", stream=context.plan.spec.stream.name))
    try:
        put_resource_policy(context.aws, arn, merged)
    except AwsFault as fault:
        if fault.kind is FaultKind.INVALID:
            # AWS checks that the principal exists, and every other statement of the document again.
            raise Refused(Message("refused.share_rejected", principal=share.principal), str(fault)) from fault
        raise
    after = resource_policy(context.aws, arn)
    return None if is_same_statement(find_statement(after, wanted["Sid"]), wanted) else CHANGED_MEANWHILE


def remove_statement(context: Context, arn: str, sid: str, found: Document | None) -> Waiting | None:
    """Write the policy of `arn` without our statement, or delete one without another; return a wait if it is back."""
    if (left := without_statement(found, sid)) is None:
        delete_resource_policy(context.aws, arn)
    else:
        put_resource_policy(context.aws, arn, left)
    return CHANGED_MEANWHILE if find_statement(resource_policy(context.aws, arn), sid) else None


def policy_of(context: Context, arn: str) -> tuple[bool, dict[str, Any] | None]:
    """Return whether a stream or consumer exists, and its resource policy if it has one."""
    try:
        return True, resource_policy(context.aws, arn)
    except AwsFault as fault:
        if fault.kind is FaultKind.NOT_FOUND:
            return False, None
        raise
