"""Finds KMS keys whose answer to CreateKey was lost: among all keys of the account, by the integration's description.

That is one call for each key, so it is done only for such a key, and at most PAGE keys in a turn: how far the search is
stands in the ledger. Keys have no tags before their creator adds them, and the index of tags is updated later.
"""

from onboarding.provisioning.answers import Waiting
from onboarding.provisioning.context import Context
from onboarding.provisioning.plan import KEY_KIND
from portal.aws import kms
from portal.messages.message import Message

PAGE = 100
# Notes in the ledger: the last ARN that was checked, the ARNs found so far, and whether a second CreateKey was sent
# although no one knows whether the first created a key.
CHECKED, FOUND, UNANSWERED = "keys_checked_to", "keys_found", "key_unanswered"


def lost_keys(context: Context) -> list[str] | Waiting:
    """Return the ARNs of the keys with the integration's description; Waiting while more keys must be checked."""
    name = context.plan.key_alias
    notes = context.ledger.notes(KEY_KIND, name)
    left = [arn for arn in kms.key_arns(context.aws) if arn > str(notes.get(CHECKED) or "")]
    page, more = left[:PAGE], left[PAGE:]
    found = [*notes.get(FOUND, ()), *_described(context, page)]
    if more:
        context.ledger.note(KEY_KIND, name, **{CHECKED: page[-1], FOUND: found})
        return Waiting(0.5, Message("waiting.kms_keys_searched", left=len(more)))
    if notes.get(CHECKED):
        context.ledger.note(KEY_KIND, name, **{CHECKED: "", FOUND: []})
    return found


def _described(context: Context, arns: list[str]) -> list[str]:
    return [key.arn for key in kms.keys_described(context.aws, arns, context.plan.key_description)]
