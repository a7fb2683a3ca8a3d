"""What a stream's measured traffic says about its number of shards. Pure.

A quarter more than the busiest minute is assumed for bursts within it, and one consumer beside the deliveries.
"""

from dataclasses import dataclass
from decimal import Decimal

from monitoring.traffic_peaks import MeasuredTraffic
from monitoring.watched_streams import WatchedStream
from onboarding.estimates.shard_need import shard_need
from onboarding.estimates.traffic import MOST_RECORD_BYTES, MOST_RECORDS, Traffic

BURST = Decimal("1.25")
_CONSUMERS = 1


@dataclass(frozen=True, slots=True)
class ShardAdvice:
    """How many shards the traffic needs and how many there are."""

    needed: int
    existing: int

    @property
    def is_too_few(self) -> bool:
        """Return whether the stream has fewer shards than its busiest minute needs."""
        return self.needed > self.existing


def traffic_of(measured: MeasuredTraffic) -> Traffic:
    """Return measured traffic as an estimate takes it."""
    peak = min(max(_thousandths(measured.peak_records_per_second), Decimal("0.001")), Decimal(MOST_RECORDS))
    share = measured.average_records_per_second / measured.peak_records_per_second
    return Traffic(
        records_per_second=peak,
        record_bytes=min(measured.record_bytes, MOST_RECORD_BYTES),
        burst_factor=BURST,
        average_share=min(max(_thousandths(share), Decimal("0.001")), Decimal(1)),
        shared_consumers=_CONSUMERS,
    )


def shard_advice(stream: WatchedStream, measured: MeasuredTraffic | None) -> ShardAdvice | None:
    """Return the advice; None where there is none: on-demand, shards unknown, too little measured, or all is well."""
    if measured is None or stream.is_on_demand or stream.shards is None:
        return None
    needed = shard_need(traffic_of(measured), deliveries=len(stream.deliveries)).shards
    if needed == stream.shards or (needed < stream.shards and not measured.is_enough):
        return None
    return ShardAdvice(needed, stream.shards)


def _thousandths(number: float) -> Decimal:
    return Decimal(str(round(number, 3)))
