"""Reads the error files of a stream's deliveries, where the client allows it: the newest, and a part of each."""

import logging
import time
from collections.abc import Iterator
from datetime import datetime

from monitoring.failed_deliveries.error_document import FailedRecord, error_file, kind_of
from monitoring.failed_deliveries.error_groups import grouped
from monitoring.failed_deliveries.source import ErrorFiles, error_files_of
from monitoring.failed_deliveries.stored import FailedDelivery, keep_failures
from monitoring.watched_streams import WatchedStream, watched_streams
from onboarding.connections.sessions import session_for
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from onboarding.spec.integration_spec import from_row
from portal import live
from portal.aws.error_files import error_files, start_of_file
from portal.aws.errors import AwsFault
from portal.aws.policies.session_policies import SessionScope
from portal.aws.s3 import ObjectInfo
from portal.aws.session import AwsSession

log = logging.getLogger(__name__)

MOST_FILES = 20
MOST_BYTES = 1024 * 1024
MOST_SECONDS = 10.0
_MOST_PAGES = 10
Found = tuple[str, datetime, FailedRecord]


def to_read(*, connection_id: int, region: str) -> list[int]:
    """Return the integrations whose error files are to be read now: those that someone watches."""
    if not Connection.objects.filter(pk=connection_id, allow_failures=True).exists():
        return []
    watched = {topic.split(":")[1] for topic in live.watched("stream:")}
    streams = watched_streams(connection_id=connection_id, region=region) if watched else []
    return [stream.integration_id for stream in streams if stream.uid in watched and stream.deliveries]


def read(stream: WatchedStream, *, now: datetime) -> bool:
    """Read the error files of each delivery and keep what they say; return whether any was read."""
    integration = Integration.objects.select_related("connection").get(pk=stream.integration_id)
    connection = integration.connection
    if connection is None:
        return False
    has_read = False
    for delivery in from_row(integration.spec).deliveries:
        source = error_files_of(connection, delivery)
        if source.problem is None:
            keep_failures(stream.uid, _read(connection, stream, delivery.name, source, now))
            has_read = True
    return has_read


def _read(
    connection: Connection, stream: WatchedStream, delivery: str, source: ErrorFiles, now: datetime
) -> FailedDelivery:
    try:
        aws = session_for(
            connection,
            stream.region,
            f"errors-{connection.uid}",
            SessionScope.ERROR_FILES,
            files_arn=source.arn,
            fips=stream.uses_fips,
        )
        return _of_files(aws, delivery, source, now)
    except AwsFault as fault:
        log.warning("failures.aws_error stream=%s fault=%s", stream.uid, fault.code)
        return FailedDelivery(delivery, now, problem=fault.message)


def _of_files(aws: AwsSession, delivery: str, source: ErrorFiles, now: datetime) -> FailedDelivery:
    files, has_more = error_files(aws, source.bucket, source.prefix, most_pages=_MOST_PAGES)
    files = [file for file in files if file.size]
    records, read, unreadable, is_partial = list[Found](), 0, 0, has_more
    for file, content in _contents(aws, source.bucket, files[:MOST_FILES]):
        found = error_file(content, is_partial=file.size > len(content))
        read += 1
        unreadable += found.unreadable
        is_partial = is_partial or found.is_partial
        records += [(kind_of(file.key), file.modified_at, record) for record in reversed(found.records)]
    groups, omitted = grouped(records)
    return FailedDelivery(
        delivery,
        now,
        groups=tuple(groups),
        files=len(files),
        files_read=read,
        unreadable=unreadable,
        omitted=omitted,
        is_partial=is_partial or read < len(files),
    )


def _contents(aws: AwsSession, bucket: str, files: list[ObjectInfo]) -> Iterator[tuple[ObjectInfo, bytes]]:
    end = time.monotonic() + MOST_SECONDS
    for file in files:
        if time.monotonic() > end:
            return
        yield file, start_of_file(aws, bucket, file.key, most_bytes=MOST_BYTES)
