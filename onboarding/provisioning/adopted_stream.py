"""Adopting a data stream of the client's own: the one that somebody confirmed, by its ARN and the time it was made.

The steps of the stream ask here. What is adopted is tagged as the integration's; it is never created and never deleted.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from onboarding.provisioning.context import INTEGRATION_TAG, TENANT_TAG, Context, Owned, Refused
from onboarding.provisioning.deletion import Kept
from onboarding.spec.stream_spec import StreamSpec
from portal.aws import kinesis
from portal.aws.kinesis import Stream

NOTE = "adopted"
KEPT = Kept("The stream is yours and was adopted. It is kept with its records and settings, without Sluice's tags.")


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
            "and Sluice does not create a replacement for a stream of yours.",
            "If it was deleted by mistake, create it again and adopt it in another integration, or remove this "
            "integration."
            if known
            else "Create the stream first, or remove “adopt” so that Sluice creates one.",
        )
    if not is_the_one(wanted, found):
        raise Refused(
            f"Data stream {wanted.name} was created at {second(found.created_at).isoformat()}; the confirmed stream "
            f"was created at {wanted.creation_timestamp}. It was deleted and created again since. "
            "Sluice did not change the stream.",
            "Check the current stream and confirm its adoption in another integration.",
        )


def release(context: Context, owned: Owned, found: Stream) -> Kept:
    """Take Sluice's tags off a stream that was adopted, and nothing else; return why it stays."""
    tags = kinesis.stream_tags(context.aws, owned.name)
    if tags.get(INTEGRATION_TAG) == context.plan.integration_uid:
        kinesis.untag_stream(context.aws, found.name, {INTEGRATION_TAG, TENANT_TAG} & tags.keys())
    return KEPT
