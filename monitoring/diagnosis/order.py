"""The table of contents of a diagnosis: every check, in the order of causes. The first problem is the first cause."""

from collections.abc import Callable
from dataclasses import dataclass

from monitoring.diagnosis import (
    account_checks,
    delivery_checks,
    drift_check,
    producer_checks,
    recent_changes,
    stream_checks,
)
from monitoring.diagnosis.finding import Finding
from monitoring.diagnosis.subject import Subject
from portal.messages.message import Message


@dataclass(frozen=True, slots=True)
class Check:
    """A check: its name in stored results and in JSON, its title, and what does it."""

    name: str
    title: Message
    run: Callable[[Subject], Finding]


CHECKS = (
    Check("connection", Message("diagnosis.title_connection"), account_checks.connection),
    Check("permissions", Message("diagnosis.title_permissions"), account_checks.permissions),
    Check("collection", Message("diagnosis.title_collection"), account_checks.collection),
    Check("stream", Message("diagnosis.title_stream"), stream_checks.stream),
    Check("write_limit", Message("diagnosis.title_write_limit"), stream_checks.write_limit),
    Check("encryption", Message("diagnosis.title_encryption"), stream_checks.encryption),
    Check("producer", Message("diagnosis.title_producer"), producer_checks.producer),
    Check("records", Message("diagnosis.title_records"), producer_checks.records),
    Check("consumers", Message("diagnosis.title_consumers"), delivery_checks.consumers),
    Check("firehose_role", Message("diagnosis.title_firehose_role"), delivery_checks.firehose_role),
    Check("bucket", Message("diagnosis.title_bucket"), delivery_checks.bucket),
    Check("delivery", Message("diagnosis.title_delivery"), delivery_checks.delivery),
    Check("drift", Message("diagnosis.title_drift"), drift_check.configuration),
    Check("changes", Message("diagnosis.title_changes"), recent_changes.changes),
)
TITLES = {check.name: check.title for check in CHECKS}
