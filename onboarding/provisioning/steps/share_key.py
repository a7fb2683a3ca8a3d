"""The part of the step of a share about the KMS key that Sluice created: its policy admits the principal, or not."""

from onboarding.provisioning.answers import Waiting
from onboarding.provisioning.context import Context
from onboarding.provisioning.differences import DELETED, EXISTS, Difference
from onboarding.provisioning.share_statements import key_statement
from onboarding.sharing.share import Share
from portal.aws import kms
from portal.aws.policies.shares import find_statement, is_same_statement, with_statement, without_statement
from portal.aws.policies.statements import Statement
from portal.messages.message import Message

WAITING_FOR_KEY = Waiting(1, Message("waiting.kms_key"))


def allow(context: Context, wanted: Statement) -> list[Message] | Waiting:
    """Add the statement to the key's policy if it differs, and return what was done."""
    arn = context.plan.created_key_arn
    if not arn:
        return WAITING_FOR_KEY
    found = kms.key_policy(context.aws, arn)
    if is_same_statement(find_statement(found, wanted["Sid"]), wanted):
        return []
    kms.put_key_policy(context.aws, arn, with_statement(found, wanted))
    return [Message("outcome.key_shared")]


def forbid(context: Context, sid: str) -> None:
    """Remove the statement of a Sid from the key's policy, where there is a key and it has one."""
    arn = context.plan.created_key_arn
    key = kms.describe_key(context.aws, arn) if arn else None
    if key is None or key.is_pending_deletion:
        return
    found = kms.key_policy(context.aws, arn)
    if find_statement(found, sid) and (left := without_statement(found, sid)):
        kms.put_key_policy(context.aws, arn, left)


def check(context: Context, share: Share) -> list[Difference]:
    """Return whether the key's policy has our statement as it was set; change nothing."""
    arn = context.plan.created_key_arn if context.plan.spec.stream.makes_key else ""
    key = kms.describe_key(context.aws, arn) if arn else None
    if key is None or key.is_pending_deletion:
        return []  # the key's own difference
    wanted = key_statement(context.plan, share)
    found = find_statement(kms.key_policy(context.aws, arn), wanted["Sid"])
    if is_same_statement(found, wanted):
        return []
    return [Difference(Message("drift.share_key", label=share.label), EXISTS, DELETED)]
