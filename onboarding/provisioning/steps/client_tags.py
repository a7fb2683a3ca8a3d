"""The client's own tags on the data stream: added, changed and removed; no other tag is ever changed.

Part of the step `stream`. Which keys Sluice may remove is committed before they are added.
"""

from collections.abc import Iterable, Mapping

from onboarding.provisioning.context import Context
from onboarding.provisioning.differences import value_of
from portal.aws import kinesis
from portal.messages.message import Message

STREAM = "data stream"
NOTE = "tags"


def remember(context: Context, name: str, keys: Iterable[str]) -> None:
    """Commit which tags Sluice adds to a stream, so that they can be distinguished from all others."""
    context.ledger.note(STREAM, name, **{NOTE: sorted(keys)})


def apply(context: Context, name: str, there: Mapping[str, str]) -> list[Message]:
    """Add the tags of the spec to the stream, remove those no longer in it, and return what was done."""
    wanted = context.plan.spec.stream.tags
    ours = set(context.ledger.notes(STREAM, name).get(NOTE, ()))
    missing = {key: value for key, value in wanted.items() if there.get(key) != value}
    leaving = sorted(key for key in ours if key not in wanted and key in there)
    did = []
    if missing:
        # The value of a tag that someone else added is changed if the spec has it; the tag is never removed.
        remember(context, name, ours | (missing.keys() - there.keys()))
        kinesis.tag_stream(context.aws, name, missing)
        did.append(Message("outcome.tags_set", keys=sorted(missing)))
    if leaving:
        kinesis.untag_stream(context.aws, name, leaving)
        did.append(Message("outcome.tags_removed", keys=leaving))
    if forgotten := ours - wanted.keys():
        remember(context, name, (ours | (missing.keys() - there.keys())) - forgotten)
    return did


def rows(wanted: Mapping[str, str], there: Mapping[str, str]) -> list[tuple[Message, Message, Message]]:
    """Return (what, expected, found) of every tag of the spec."""
    return [
        (Message("drift.client_tag", key=key), _value(value), _value(there.get(key))) for key, value in wanted.items()
    ]


def _value(value: str | None) -> Message:
    return Message("drift.empty") if value == "" else value_of(value)
