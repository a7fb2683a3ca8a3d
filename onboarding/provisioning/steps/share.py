"""A principal of another account can read the stream, by a statement of ours in its resource policy.

Statements of others are never changed. A share that reads as a registered consumer has a statement in that one's policy
too, and a KMS key that Sluice created admits the principal.
"""

from onboarding.provisioning.answers import Done, Waiting, together
from onboarding.provisioning.context import Context
from onboarding.provisioning.deletion import Kept, Removal, Removed, remove_all
from onboarding.provisioning.differences import DELETED, EXISTS, Difference, compare_documents, differing
from onboarding.provisioning.ledger_protocol import Owned
from onboarding.provisioning.plan import Plan
from onboarding.provisioning.share_statements import key_statement, stream_statement
from onboarding.provisioning.steps import share_consumer, share_key
from onboarding.provisioning.steps.share_policy import policy_of, put_statement, remove_statement
from onboarding.sharing.share import Share
from portal.aws.policies.shares import find_statement, is_same_statement
from portal.aws.policies.statements import document
from portal.aws.resource_policies import resource_policy
from portal.messages.message import Message

KIND = "stream share"
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
        kept = {share_consumer.NOTE: share_consumer.noted(context, share.label)}
        context.ledger.intend(KIND, share.label, sid=wanted["Sid"], **kept)
        if waiting := put_statement(context, share, plan.stream_arn, wanted, before):
            return waiting
        did.append(Message("outcome.shared"))
    consumer = share_consumer.allow(context, share)
    if isinstance(consumer, Waiting):
        return consumer
    did += consumer
    if plan.spec.stream.makes_key:
        answer = share_key.allow(context, key_statement(plan, share))
        if isinstance(answer, Waiting):
            return answer
        did += answer
    context.ledger.present(KIND, share.label, plan.stream_arn)
    return Done(arn=plan.stream_arn, found=None if did else Message("outcome.as_specified"), did=together(did))


def undo(context: Context) -> Done | Waiting:
    """Remove our statements, and the policy itself only if nothing of anyone else is left in it."""
    return remove_all(context, KIND, _remove, needs_permission=False)


def _remove(context: Context, owned: Owned) -> Removal:
    sid = Share(owned.name, "").sid(context.plan.integration_uid)
    if not context.terms.may_share:
        return Kept(NOT_ALLOWED)
    is_there, found = policy_of(context, context.plan.stream_arn)
    if not is_there:  # the stream is gone, and with it its policy
        return Removed(by_us=owned.is_going)
    if waiting := share_consumer.forbid(context, owned.name, sid):
        return waiting
    if context.plan.spec.stream.makes_key:
        share_key.forbid(context, sid)
    if find_statement(found, sid) is None:
        return Removed(by_us=owned.is_going)
    context.ledger.removing(KIND, owned.name)
    return remove_statement(context, context.plan.stream_arn, sid, found) or Removed()


def check(context: Context, share: Share) -> list[Difference]:
    """Compare our statements with the plan; change nothing. A deleted stream is the stream's own difference."""
    if not context.terms.may_share:
        return []
    plan, wanted = context.plan, stream_statement(context.plan, share)
    is_there, policy = policy_of(context, plan.stream_arn)
    if not is_there:
        return []
    beside = [*share_consumer.check(context, share), *share_key.check(context, share)]
    resource, found = Message("resource.share", label=share.label), find_statement(policy, wanted["Sid"])
    if found is None:
        return [Difference(resource, EXISTS, DELETED), *beside]
    if is_same_statement(found, wanted):
        return beside
    values = compare_documents(document(wanted), document(found))
    return [*differing([(Message("drift.share", resource=resource), *values)]), *beside]
