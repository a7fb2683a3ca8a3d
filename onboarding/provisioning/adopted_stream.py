"""Adoption of a data stream of the client's own: the one that someone confirmed, by its ARN and creation time.

The stream's steps use this. An adopted stream is tagged as the integration's; it is never created and never deleted.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from onboarding.provisioning.answers import Refused
from onboarding.provisioning.context import Context
from onboarding.provisioning.deletion import Kept
from onboarding.provisioning.ledger_protocol import Owned
from onboarding.provisioning.plan import INTEGRATION_TAG, TENANT_TAG
from onboarding.spec.stream_spec import StreamSpec
from portal.aws import kinesis
from portal.aws.kinesis import Stream
from portal.messages.message import Message

NOTE = "adopted"
KEPT = Kept(Message("kept.adopted"))


def is_noted(notes: Mapping[str, Any]) -> bool:
    """Return from a resource's notes whether it is the client's own and existed before."""
    return bool(notes.get(NOTE))


def second(time: datetime) -> datetime:
    """Return a time in UTC, rounded down to the second: AWS's tools do not agree on more."""
    return time.astimezone(UTC).replace(microsecond=0)


def is_the_one(wanted: StreamSpec, found: Stream) -> bool:
    """Return whether a stream is the one that was confirmed, and not another of its name."""
    return wanted.created_at == second(found.created_at)


def require_confirmed(context: Context, found: Stream | None) -> None:
    """Raise Refused unless the confirmed stream exists."""
    wanted = context.plan.spec.stream
    if found is None or found.status == "DELETING":
        if context.ledger.intended_at("data stream", wanted.name) is not None:
            raise Refused(Message("refused.adopted_stream_gone", name=wanted.name))
        raise Refused(Message("refused.no_stream_to_adopt", name=wanted.name))
    if not is_the_one(wanted, found):
        created = second(found.created_at).isoformat()
        confirmed = wanted.creation_timestamp or ""
        raise Refused(
            Message("refused.another_stream", name=wanted.name, created=created, confirmed=confirmed),
        )


def release(context: Context, owned: Owned, found: Stream) -> Kept:
    """Remove Sluice's tags from an adopted stream, and nothing else; return why it stays."""
    tags = kinesis.stream_tags(context.aws, owned.name)
    if tags.get(INTEGRATION_TAG) == context.plan.integration_uid:
        kinesis.untag_stream(context.aws, found.name, {INTEGRATION_TAG, TENANT_TAG} & tags.keys())
    return KEPT
