"""What a changed declaration does to an integration: create, update, replace, remove, or refuse, field by field.

Two declarations in, a list out, and nothing else is read. The command line, the review page and the service that starts
a run use the same list, so that what is shown is what is done.
"""

from collections.abc import Iterator

from onboarding.spec.change import Change, Verb
from onboarding.spec.daily_usage import NOTHING_USED, DailyUsage
from onboarding.spec.deliveries_diff import of_deliveries
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.stream_diff import of_stream
from portal.messages.message import Message


def between(
    before: IntegrationSpec, after: IntegrationSpec, *, is_sealed: bool = True, usage: DailyUsage = NOTHING_USED
) -> list[Change]:
    """Return every field that differs; with `is_sealed` a key is encrypted to the recipients of `before`."""
    found = [*_fixed(before, after), *of_stream(before.stream, after.stream, usage), *of_deliveries(before, after)]
    if is_sealed and set(before.recipients) != set(after.recipients):
        was, now = (", ".join(fingerprint[-16:] for fingerprint in spec.recipients) for spec in (before, after))
        found.append(Change("recipients", "Recipients", was, now, Verb.REFUSE, Message("change.recipients_fixed")))
    return found


def _fixed(before: IntegrationSpec, after: IntegrationSpec) -> Iterator[Change]:
    rows = (
        ("connection", "Connection", before.connection, after.connection),
        ("stream.name", "Data stream name", before.stream.name, after.stream.name),
        ("stream.region", "Region", before.stream.region, after.stream.region),
        ("stream.adopt", "Owner of the stream", _owner(before), _owner(after)),
    )
    for path, label, was, now in rows:
        if was != now:
            yield Change(path, label, was, now, Verb.REFUSE, Message("change.setting_fixed", value=was))


def _owner(spec: IntegrationSpec) -> str:
    return f"yours, created at {spec.stream.creation_timestamp}" if spec.stream.adopt else "created by Sluice"
