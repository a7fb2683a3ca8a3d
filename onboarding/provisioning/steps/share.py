"""A principal of another account can read the stream, by a statement of ours in its resource policy.

The policy is one document for everyone who shares the stream, and each call replaces the whole. So the step reads it,
puts its own statement in, writes it, and reads it again: another program may write at the same moment, and AWS has no
version to compare with. Statements of others are never changed.
"""

from typing import Any

from onboarding.provisioning.answers import Done, Refused, Waiting, together
from onboarding.provisioning.context import Context
from onboarding.provisioning.deletion import Kept, Removal, Removed, remove_all
from onboarding.provisioning.differences import DELETED, EXISTS, Difference, compare_documents, differing
from onboarding.provisioning.ledger_protocol import Owned
from onboarding.provisioning.plan import Plan
from onboarding.provisioning.share_statements import key_statement, stream_statement
from onboarding.provisioning.steps import share_key
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
from portal.aws.policies.statements import document
from portal.aws.resource_policies import delete_resource_policy, put_resource_policy, resource_policy
from portal.messages.message import Message

KIND = "stream share"
CHANGED_MEANWHILE = Waiting(2, Message("waiting.resource_policy_changed"))
NOT_ALLOWED = Message("kept.sharing_not_allowed")


def title(plan: Plan, share: Share) -> Message:
    """Return what the step ensures."""
    return Message("step.share", principal=share.principal, label=share.label)


def apply(context: Context, share: Share) -> Done | Waiting:
    """Put the statement into the stream's resource policy, and into the policy of a key that Sluice created."""
    plan, did = context.plan, list[Message]()
    wanted = stream_statement(plan, share)
    before = resource_policy(context.aws, plan.stream_arn)
    if not is_same_statement(find_statement(before, wanted["Sid"]), wanted):
        merged = with_statement(before, wanted)
        if policy_size(merged) > LARGEST_POLICY:
            raise Refused(Message("refused.resource_policy_too_large", stream=plan.spec.stream.name))
        context.ledger.intend(KIND, share.label, sid=wanted["Sid"])
        _put(context, share, merged)
        after = resource_policy(context.aws, plan.stream_arn)
        if not is_same_statement(find_statement(after, wanted["Sid"]), wanted):
            return CHANGED_MEANWHILE
        did.append(Message("outcome.shared"))
    if plan.spec.stream.makes_key:
        answer = share_key.allow(context, key_statement(plan, share))
        if isinstance(answer, Waiting):
            return answer
        did += answer
    context.ledger.present(KIND, share.label, plan.stream_arn)
    return Done(arn=plan.stream_arn, found=None if did else Message("outcome.as_specified"), did=together(did))


def _put(context: Context, share: Share, policy: dict[str, Any]) -> None:
    try:
        put_resource_policy(context.aws, context.plan.stream_arn, policy)
    except AwsFault as fault:
        if fault.kind is FaultKind.INVALID:
            # AWS checks that the principal exists, and every other statement of the document again.
            raise Refused(Message("refused.share_rejected", principal=share.principal), str(fault)) from fault
        raise


def undo(context: Context) -> Done | Waiting:
    """Remove our statements, and the policy itself only if nothing of anyone else is left in it."""
    return remove_all(context, KIND, _remove, needs_permission=False)


def _remove(context: Context, owned: Owned) -> Removal:
    sid = Share(owned.name, "").sid(context.plan.integration_uid)
    if not context.terms.may_share:
        return Kept(NOT_ALLOWED)
    try:
        found = resource_policy(context.aws, context.plan.stream_arn)
    except AwsFault as fault:
        if fault.kind is FaultKind.NOT_FOUND:  # the stream, and with it its policy
            return Removed(by_us=owned.is_going)
        raise
    if context.plan.spec.stream.makes_key:
        share_key.forbid(context, sid)
    if find_statement(found, sid) is None:
        return Removed(by_us=owned.is_going)
    context.ledger.removing(KIND, owned.name)
    if (left := without_statement(found, sid)) is None:
        delete_resource_policy(context.aws, context.plan.stream_arn)
    else:
        put_resource_policy(context.aws, context.plan.stream_arn, left)
    after = resource_policy(context.aws, context.plan.stream_arn)
    return CHANGED_MEANWHILE if find_statement(after, sid) else Removed()


def check(context: Context, share: Share) -> list[Difference]:
    """Compare our statements with the plan; change nothing. A deleted stream is the stream's own difference."""
    if not context.terms.may_share:
        return []
    plan, wanted = context.plan, stream_statement(context.plan, share)
    try:
        policy = resource_policy(context.aws, plan.stream_arn)
    except AwsFault as fault:
        if fault.kind is FaultKind.NOT_FOUND:
            return []
        raise
    resource, found = Message("resource.share", label=share.label), find_statement(policy, wanted["Sid"])
    if found is None:
        return [Difference(resource, EXISTS, DELETED), *share_key.check(context, share)]
    if is_same_statement(found, wanted):
        return share_key.check(context, share)
    values = compare_documents(document(wanted), document(found))
    return [*differing([(Message("drift.share", resource=resource), *values)]), *share_key.check(context, share)]
