"""Adopting a data stream of the client's own: the one that somebody confirmed, by its ARN and the time it was made.

The steps of the stream ask here. What is adopted is tagged as the integration's; it is never created and never deleted.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from onboarding.provisioning.context import INTEGRATION_TAG, TENANT_TAG, Context, Owned, Refused
from onboarding.provisioning.deletion import Kept
from onboarding.spec.integration_spec import StreamSpec
from portal.aws import kinesis
from portal.aws.kinesis import Stream

NOTE = "adopted"
KEPT = Kept("It is yours and was adopted: it stays with its records and its settings, without Sluice's tags.")


def is_noted(notes: Mapping[str, Any]) -> bool:
    """Tell from what is noted of a resource whether it is the client's own, and was there before."""
    return bool(notes.get(NOTE))


def second(time: datetime) -> datetime:
    """Return a time in UTC, cut to the second: AWS's tools do not agree on more."""
    return time.astimezone(UTC).replace(microsecond=0)


def is_the_one(wanted: StreamSpec, found: Stream) -> bool:
    """Tell whether a stream is the one that was confirmed, and not another of its name."""
    return wanted.created_at == second(found.created_at)


def refuse_another(context: Context, found: Stream | None) -> None:
    """Raise Refused unless the confirmed stream is there to be adopted."""
    wanted = context.plan.spec.stream
    if found is None or found.status == "DELETING":
        state = "is being deleted" if found else "does not exist"
        known = context.ledger.intended_at("data stream", wanted.name) is not None
        raise Refused(
            f"Data stream {wanted.name} {state} in your account. It {'was adopted' if known else 'is to be adopted'}, "
            "and Sluice makes none in the place of one that is yours.",
            "Make it anew if it was deleted by mistake and set up another integration that adopts it; or remove this "
            "integration."
            if known
            else "Make the stream first, or leave out “adopt” so that Sluice makes one.",
        )
    if not is_the_one(wanted, found):
        raise Refused(
            f"Data stream {wanted.name} was made at {second(found.created_at).isoformat()}; the one that somebody "
            f"confirmed was made at {wanted.creation_timestamp}. Somebody deleted that one and made another since. "
            "Sluice changed nothing about it.",
            "Look at the stream that is there now and confirm that one, in an integration that adopts it.",
        )


def release(context: Context, owned: Owned, found: Stream) -> Kept:
    """Take Sluice's tags off a stream that was adopted, and nothing else; return why it stays."""
    tags = kinesis.stream_tags(context.aws, owned.name)
    if tags.get(INTEGRATION_TAG) == context.plan.integration_uid:
        kinesis.untag_stream(context.aws, found.name, {INTEGRATION_TAG, TENANT_TAG} & tags.keys())
    return KEPT
