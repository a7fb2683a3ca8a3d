"""What AWS describes of the watched streams: their mode, open shards and settings, kept with the time."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from monitoring.watched_streams import WatchedStream
from onboarding.account_state.observations import keep_stream, settings_of_stream
from portal.aws.errors import AwsFault
from portal.aws.kinesis import describe_stream
from portal.aws.session import AwsSession

log = logging.getLogger(__name__)

# AWS allows 20 calls a second for an account, and each takes a while: in one collection the streams that were described
# longest ago, so that all of a large account have their turn.
MAX_DESCRIBED = 20
_NEVER = datetime.min.replace(tzinfo=UTC)


def as_described(aws: AwsSession, streams: Sequence[WatchedStream], *, now: datetime) -> list[WatchedStream]:
    """Describe the streams whose turn it is, keep what AWS answers, and return all streams with it.

    Those that someone watches come first. A stream that AWS does not describe stays as it was seen last.
    """
    turn = sorted(streams, key=lambda stream: (not stream.has_viewers, stream.seen_at or _NEVER))
    chosen = {stream.uid for stream in turn[:MAX_DESCRIBED]}
    return [_described(aws, stream, now) if stream.uid in chosen else stream for stream in streams]


def _described(aws: AwsSession, stream: WatchedStream, now: datetime) -> WatchedStream:
    try:
        found = describe_stream(aws, stream.stream_name)
    except AwsFault as fault:
        if fault.is_denied_role:
            raise
        log.warning("collect.describe_error stream=%s fault=%s", stream.uid, fault.code)
        return stream
    keep_stream(stream.integration_id, stream.stream_name, found, seen_at=now)
    if found is None:
        return replace(stream, shards=None, is_missing=True)
    return stream.as_seen(settings_of_stream(found, seen_at=now))
