"""What the health rules are given: the measurements of one stream now, and what AWS or the connection reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from monitoring.silence.expectation import Expectation
from portal.messages.message import Message

PATIENT_DELIVERY_SECONDS = 900
FAILING_SUCCESS_SHARE = 0.99  # above, Firehose's own retries are expected to deliver what failed at first


_NOT_STORED = ("metrics_error", "metrics_gap", "connection_problem", "previous", "expectation")


@dataclass(frozen=True, slots=True)
class WriteLimit:
    """The write limit that a stream or shard is closest to, per second: a number of records or of bytes."""

    unit: Literal["records", "bytes"]
    per_second: int

    @property
    def message(self) -> Message:
        """Return the limit as a message: "1,000 records/s"."""
        if self.unit == "records":
            return Message("stream.limit_in_records", record_count=self.per_second)
        return Message("stream.limit_in_bytes", data_bytes=self.per_second)


@dataclass(frozen=True, slots=True)
class DeliveryInputs:
    """Measurements of one Firehose stream; None where AWS returned none.

    `success_share` is 0 to 1, of the newest delivery; `delivered_records` counts the last 15 minutes.
    """

    name: str
    title: str
    buffering_seconds: int = 300
    freshness_seconds: float | None = None
    success_share: float | None = None
    delivered_records: float | None = None

    @property
    def late_after_seconds(self) -> float:
        """Return how old the oldest record may be before the delivery counts as late."""
        return max(PATIENT_DELIVERY_SECONDS, 2 * self.buffering_seconds)

    @property
    def is_late(self) -> bool:
        """Return whether the oldest undelivered record is too old."""
        return self.freshness_seconds is not None and self.freshness_seconds > self.late_after_seconds

    @property
    def is_failing(self) -> bool:
        """Return whether more deliveries fail than retries are expected to make good."""
        return self.success_share is not None and self.success_share < FAILING_SUCCESS_SHARE

    @property
    def is_retrying(self) -> bool:
        """Return whether some deliveries failed, and few enough for Firehose's retries."""
        return self.success_share is not None and FAILING_SUCCESS_SHARE <= self.success_share < 1


@dataclass(frozen=True, slots=True)
class HealthInputs:
    """Measurements of one stream. None means that AWS returned no value, which is not zero.

    Rates are per second, means of the last five minutes; `write_usage_share` is the used share (0 to 1) of
    `write_limit`; throttled writes and reads are counts over the last five minutes. `iterator_age_seconds` is that of
    the slowest reader but Sluice; where Sluice's own reads can explain it, it is not known, and
    `iterator_age_at_most_seconds` is its limit. `put_success_share` is the share of PutRecords calls in which Kinesis
    accepted a record. `metrics_gap` says which metric CloudWatch did not return; `missing_stream` is the name of a data
    stream that no longer exists in AWS; `stream_status` is the StreamStatus that AWS described lately, empty where it
    was not asked for a while. `previous` is the code of the last assessment's message: a rule that applied then ends
    only below a lower limit, so that a value near it does not change the state to and fro. `is_overdue` is whether the
    silence is longer than the stream's usual pauses (`expectation`); None while these are not known.
    """

    records_per_second: float | None = None
    bytes_per_second: float | None = None
    write_usage_share: float | None = None
    write_limit: WriteLimit | None = None
    busiest_shard: str = ""
    throttled_writes: float | None = None
    throttled_reads: float | None = None
    iterator_age_seconds: float | None = None
    iterator_age_at_most_seconds: float | None = None
    deliveries: tuple[DeliveryInputs, ...] = ()
    silent_seconds: float | None = None
    retention_hours: int = 24
    live_seconds: float = 0
    unused_key_seconds: float | None = None
    put_success_share: float | None = None
    is_on_demand: bool = False
    missing_stream: str = ""
    stream_status: str = ""
    metrics_error: Message | None = None
    metrics_gap: Message | None = None
    connection_problem: Message | None = None
    previous: str = ""
    is_overdue: bool | None = None
    expectation: Expectation | None = None

    @property
    def has_data(self) -> bool:
        """Return whether records arrive now or have arrived before."""
        return self.records_per_second is not None or self.silent_seconds is not None

    def as_json(self) -> dict[str, Any]:
        """Return the measurements as a row stores them, without messages."""
        known = asdict(replace(self, metrics_error=None, metrics_gap=None, connection_problem=None, expectation=None))
        return {name: value for name, value in known.items() if name not in _NOT_STORED}


def deliveries_in(measurements: Mapping[str, Any]) -> list[DeliveryInputs]:
    """Return the measurements of each Firehose stream from a stored row."""
    return [DeliveryInputs(**stored) for stored in measurements.get("deliveries", ())]


def write_limit_in(measurements: Mapping[str, Any]) -> WriteLimit | None:
    """Return the write limit from a stored row."""
    stored = measurements.get("write_limit")
    return WriteLimit(**stored) if stored else None
