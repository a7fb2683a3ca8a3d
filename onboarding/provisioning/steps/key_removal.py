"""Removal of the stream's KMS key: its deletion is scheduled, or it is kept with the reason.

The counterpart of the step `key`.
"""

from onboarding.provisioning.answers import Done, Waiting
from onboarding.provisioning.context import Context
from onboarding.provisioning.deletion import Kept, Removal, Removed, is_settling, remove_all, stranger
from onboarding.provisioning.ledger_protocol import Owned
from onboarding.provisioning.plan import INTEGRATION_TAG
from onboarding.provisioning.steps.key import KIND, tags_of
from portal.aws import kms
from portal.messages.message import Message

STREAM = "data stream"
STREAM_NEEDS_IT = Kept(Message("kept.stream_needs_key"))
NOT_CONFIRMED = Kept(Message("kept.key_deletion_not_confirmed"))


def undo(context: Context) -> Done | Waiting:
    """Schedule the key's deletion in 30 days, if deleting the data was confirmed and nothing needs the key any more."""
    return remove_all(context, KIND, _remove)


def _remove(context: Context, owned: Owned) -> Removal:
    key = kms.describe_key(context.aws, owned.arn or owned.name)
    if key is None and not owned.is_seen:
        mine = kms.keys_tagged(context.aws, INTEGRATION_TAG, context.plan.integration_uid)
        key = mine[0] if mine else None
        if key is None and is_settling(owned):
            return Waiting(2, Message("waiting.kms_key_not_listed"))
    if key is None or key.is_pending_deletion:
        return Removed(by_us=owned.is_going)
    if kept := stranger(context, tags_of(context, key)):
        return kept
    if context.ledger.inventory(STREAM):
        return STREAM_NEEDS_IT
    if not context.terms.delete_data:
        return NOT_CONFIRMED
    context.ledger.removing(KIND, owned.name)
    # A paused worker may have created one more, which nothing ever used.
    tagged = kms.keys_tagged(context.aws, INTEGRATION_TAG, context.plan.integration_uid)
    for arn in {key.arn, *(found.arn for found in tagged)}:
        kms.schedule_deletion(context.aws, arn)
    return Removed()
