"""What is known of a stream before it exists: its traffic, and the settings that cost something."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from portal.aws.shard_counts import MOST_FANOUT_CONSUMERS, MOST_SHARDS, RECORDS_PER_SHARD

USUAL_RECORD_BYTES = 1024
MOST_RECORDS = MOST_SHARDS * RECORDS_PER_SHARD
MOST_RECORD_BYTES = 10 * 1024 * 1024
MOST_BURST = 100
MOST_SHARED_CONSUMERS = 50
FANOUT_LIMIT = MOST_FANOUT_CONSUMERS
MOST_RETENTION_HOURS = 8760
MOST_DEVICES = 1000  # of an integration


@dataclass(frozen=True, slots=True)
class Traffic:
    """Records a second at peak, their average size in bytes with the partition key, and who reads them.

    Bursts are `burst_factor` times the peak and decide the shards. Over a month the average is `average_share` (0 to 1)
    of the peak, which decides what is billed by volume. Consumers with enhanced fan-out are counted apart.
    With devices, all records are taken to come from them, through AWS IoT Core.
    """

    records_per_second: Decimal
    record_bytes: int = USUAL_RECORD_BYTES
    burst_factor: Decimal = Decimal(1)
    average_share: Decimal = Decimal(1)
    shared_consumers: int = 1
    fanout_consumers: int = 0
    devices: int = 0

    @property
    def burst_records(self) -> Fraction:
        """Return the records a second in a burst."""
        return Fraction(self.records_per_second) * Fraction(self.burst_factor)

    @property
    def average_records(self) -> Fraction:
        """Return the records a second, averaged over the month."""
        return Fraction(self.records_per_second) * Fraction(self.average_share)


@dataclass(frozen=True, slots=True)
class DeliverySettings:
    """What a delivery by Firehose costs beside its volume."""

    converts: bool = False
    partitions: bool = False


@dataclass(frozen=True, slots=True)
class PlannedStream:
    """The settings that cost something: the retention period in hours, shard-level metrics, keys and deliveries.

    `has_devices`: devices send through AWS IoT Core, whether or not their number is known; `known_devices` are those of
    a living integration, whatever the traffic says of devices.
    `declared_readers` are the consumers that read by a role or a share, `declared_fanout` those that are registered,
    whatever the traffic says of consumers.
    """

    region: str = "us-east-1"
    retention_hours: int = 24
    shard_level_metrics: bool = False
    kms_key: str = "aws"
    deliveries: tuple[DeliverySettings, ...] = ()
    declared_readers: int = 0
    declared_fanout: int = 0
    has_devices: bool = False
    known_devices: int = 0
