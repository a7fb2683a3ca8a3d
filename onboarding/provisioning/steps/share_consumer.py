"""The part of the step of a share about the registered consumer that it reads as: the consumer's own policy names it.

A share has the statement of the stream too, because a reader also describes the stream and lists its shards.
"""

from onboarding.provisioning.answers import Waiting
from onboarding.provisioning.context import Context
from onboarding.provisioning.differences import DELETED, EXISTS, Difference, compare_documents, differing
from onboarding.provisioning.share_statements import consumer_statement
from onboarding.provisioning.steps import fan_out
from onboarding.provisioning.steps.share_policy import policy_of, put_statement, remove_statement
from onboarding.sharing.share import Share
from portal.aws.policies.shares import find_statement, is_same_statement
from portal.aws.policies.statements import document
from portal.messages.message import Message

KIND, NOTE = "stream share", "consumer"


def allow(context: Context, share: Share) -> list[Message] | Waiting:
    """Put the statement into the consumer's policy if it differs, out of that of an earlier one; return what was done.

    The inventory notes the consumer before AWS is asked, so that a removal finds it.
    """
    sid, arn = share.sid(context.plan.integration_uid), _arn(context, share)
    if noted(context, share.label) not in {"", arn} and (waiting := forbid(context, share.label, sid)):
        return waiting
    if not share.fan_out:
        return []
    if not arn:
        return fan_out.REGISTERING
    wanted, (_, before) = consumer_statement(context.plan, share, arn), policy_of(context, arn)
    if is_same_statement(find_statement(before, sid), wanted):
        return []
    context.ledger.note(KIND, share.label, **{NOTE: arn})
    return put_statement(context, share, arn, wanted, before) or [Message("outcome.consumer_shared")]


def forbid(context: Context, label: str, sid: str) -> Waiting | None:
    """Remove our statement from the policy of the consumer that the inventory notes, where it still exists."""
    if not (arn := noted(context, label)):
        return None
    is_there, found = policy_of(context, arn)
    if is_there and find_statement(found, sid) and (waiting := remove_statement(context, arn, sid, found)):
        return waiting
    context.ledger.note(KIND, label, **{NOTE: ""})
    return None


def noted(context: Context, label: str) -> str:
    """Return the ARN of the consumer whose policy has, or is about to have, the statement of a share; or ""."""
    return str(context.ledger.notes(KIND, label).get(NOTE, ""))


def check(context: Context, share: Share) -> list[Difference]:
    """Return whether the consumer's policy has our statement as it was set; change nothing."""
    arn = _arn(context, share)
    if not arn:
        return []
    is_there, found = policy_of(context, arn)
    if not is_there:
        return []  # the consumer's own difference
    wanted, resource = consumer_statement(context.plan, share, arn), Message("drift.share_consumer", label=share.label)
    statement = find_statement(found, wanted["Sid"])
    if statement is None:
        return [Difference(resource, EXISTS, DELETED)]
    if is_same_statement(statement, wanted):
        return []
    return differing([(resource, *compare_documents(document(wanted), document(statement)))])


def _arn(context: Context, share: Share) -> str:
    return fan_out.listed_arn(context, share.fan_out) if share.fan_out else ""
