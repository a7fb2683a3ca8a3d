"""Removal of the stream's KMS key: its deletion is scheduled, or it is kept with the reason.

The counterpart of the step `key`.
"""

from onboarding.provisioning.answers import Done, Waiting
from onboarding.provisioning.context import Context
from onboarding.provisioning.deletion import Kept, Removal, Removed, is_settling, remove_all, stranger
from onboarding.provisioning.ledger_protocol import Owned
from onboarding.provisioning.lost_keys import UNANSWERED, lost_keys
from onboarding.provisioning.steps.key import KIND, is_own, rights_pending, tags_of_unknown
from portal.aws import kms
from portal.aws.errors import AwsFault
from portal.aws.fault_kinds import FaultKind
from portal.aws.kms import Key
from portal.messages.message import Message

STREAM = "data stream"
STREAM_NEEDS_IT = Kept(Message("kept.stream_needs_key"))
NOT_CONFIRMED = Kept(Message("kept.key_deletion_not_confirmed"))


def undo(context: Context) -> Done | Waiting:
    """Schedule the key's deletion in 30 days, if deleting the data was confirmed and nothing needs the key any more."""
    return remove_all(context, KIND, _remove)


def _remove(context: Context, owned: Owned) -> Removal:
    try:
        return _removed(context, owned)
    except AwsFault as fault:
        rows = context.ledger.inventory(KIND)
        known = next((row for row in rows if row.name == owned.name), None)
        if waiting := rights_pending(fault, known):
            return waiting
        raise


def _removed(context: Context, owned: Owned) -> Removal:
    key = kms.describe_key(context.aws, owned.arn or owned.name)
    arns = _lost(context, owned, key)
    if isinstance(arns, Waiting):
        return arns
    if key is not None and not key.is_pending_deletion:
        tags = kms.key_tags(context.aws, key.arn) if owned.arn else tags_of_unknown(context, key)
        if not is_own(context, key, tags) and (kept := stranger(context, tags)):
            return kept
        arns = [key.arn, *arns]
    if arns:
        return _scheduled(context, owned, arns)
    if key is None and is_settling(owned):
        return Waiting(2, Message("waiting.kms_key_not_listed"))
    return Removed(by_us=owned.is_going)


def _lost(context: Context, owned: Owned, key: Key | None) -> list[str] | Waiting:
    """Return the keys whose answer was lost, beside the one in the ledger; no search where every answer came."""
    is_lost = key is None and not owned.arn
    if not is_lost and not context.ledger.notes(KIND, owned.name).get(UNANSWERED):
        return []
    found = lost_keys(context)
    return found if isinstance(found, Waiting) else [arn for arn in found if key is None or arn != key.arn]


def _scheduled(context: Context, owned: Owned, arns: list[str]) -> Removal:
    if context.ledger.inventory(STREAM):
        return STREAM_NEEDS_IT
    if not context.terms.delete_data:
        return NOT_CONFIRMED
    if not owned.arn:
        # Found by its alias or its description: with its ARN in the ledger, a denial is one of our own key.
        context.ledger.present(KIND, owned.name, arns[0])
    context.ledger.removing(KIND, owned.name)
    for arn in arns:
        _schedule(context, arn)
    return Removed()


def _schedule(context: Context, arn: str) -> None:
    try:
        kms.schedule_deletion(context.aws, arn)
    except AwsFault as fault:
        if fault.kind is FaultKind.DENIED and kms.key_policy(context.aws, arn) != context.plan.key_policy:
            # The key is of a time when the client did not let Sluice delete anything: its policy does not say it yet.
            kms.put_key_policy(context.aws, arn, context.plan.key_policy)
        raise
