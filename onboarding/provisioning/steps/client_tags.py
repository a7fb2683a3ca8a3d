"""The client's own tags on the data stream: put there, changed and taken off again; nobody else's is ever touched.

Part of the step `stream`. Which keys are ours to take off is committed before they are put on.
"""

from collections.abc import Iterable, Mapping

from onboarding.provisioning.context import Context
from portal.aws import kinesis

STREAM = "data stream"
NOTE = "tags"


def remember(context: Context, name: str, keys: Iterable[str]) -> None:
    """Commit which tags are put on a stream, so that they can be told from everybody else's."""
    context.ledger.note(STREAM, name, **{NOTE: sorted(keys)})


def settle(context: Context, name: str, there: Mapping[str, str]) -> list[str]:
    """Bring the tags of the declaration onto the stream, take off those that left it, and return what was done."""
    wanted = context.plan.spec.stream.tags
    ours = set(context.ledger.notes(STREAM, name).get(NOTE, ()))
    missing = {key: value for key, value in wanted.items() if there.get(key) != value}
    leaving = sorted(key for key in ours if key not in wanted and key in there)
    did = []
    if missing:
        # A key that somebody else put there is changed if that is asked for, but never taken off.
        remember(context, name, ours | (missing.keys() - there.keys()))
        kinesis.tag_stream(context.aws, name, missing)
        did.append(f"set the tags {', '.join(sorted(missing))}")
    if leaving:
        kinesis.untag_stream(context.aws, name, leaving)
        did.append(f"took off the tags {', '.join(leaving)}")
    if forgotten := ours - wanted.keys():
        remember(context, name, (ours | (missing.keys() - there.keys())) - forgotten)
    return did


def rows(wanted: Mapping[str, str], there: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Return (what, expected, found) of every tag of the declaration."""
    return [(f"Tag {key}", value or "empty", _value(there.get(key))) for key, value in wanted.items()]


def _value(value: str | None) -> str:
    return "none" if value is None else value or "empty"
