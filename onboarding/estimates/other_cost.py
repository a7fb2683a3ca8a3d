"""What is billed beside the stream, in both capacity modes: shard-level metrics, a KMS key, Firehose, devices.

https://aws.amazon.com/kms/pricing/, https://aws.amazon.com/firehose/pricing/
"""

from fractions import Fraction

from onboarding.estimates.cost_row import Billed, CostRow, billed_of, cost_row, short
from onboarding.estimates.device_cost import device_rows
from onboarding.estimates.prices import HOURS_A_MONTH, Price, PriceList, price_list
from onboarding.estimates.shard_need import readers_of
from onboarding.estimates.traffic import DeliverySettings, PlannedStream, Traffic

FIREHOSE_STEP = 5 * 1024  # each record is billed in steps of so many bytes
SHARD_LEVEL_METRICS = 7
KEY_REQUESTS_AN_HOUR = 12  # "approximately every five minutes"


def other_rows(traffic: Traffic, stream: PlannedStream, shards: int) -> list[CostRow]:
    """Return what is billed in both modes: shard-level metrics, the KMS key and its requests, Firehose, devices."""
    prices, rows = price_list(stream.region), []
    if stream.shard_level_metrics:
        metrics = shards * SHARD_LEVEL_METRICS
        rows.append(
            cost_row(prices, "shard_metrics", (Price.METRIC_MONTH, metrics), metric_count=metrics, shard_count=shards)
        )
    if stream.kms_key != "none":
        readers = readers_of(traffic, len(stream.deliveries)) + traffic.fanout_consumers
        rows.append(key_row(prices, stream.kms_key, 1 + readers))
    rows += [firehose_row(prices, billed_of(traffic), each) for each in stream.deliveries]
    return rows + device_rows(traffic, stream)


def key_row(prices: PriceList, kms_key: str, users: int) -> CostRow:
    """Return what a KMS key costs: a new one by the month, and the requests of so many producers and consumers."""
    requests = users * KEY_REQUESTS_AN_HOUR * HOURS_A_MONTH
    charged = [(Price.KEY_REQUESTS, Fraction(requests, 10_000))]
    if kms_key == "new":
        charged.append((Price.KEY_MONTH, Fraction(1)))
    return cost_row(prices, "kms_new" if kms_key == "new" else "kms", *charged, user_count=users)


def firehose_row(prices: PriceList, billed: Billed, delivery: DeliverySettings) -> CostRow:
    """Return what a delivery costs by volume, each record rounded up to 5 KB."""
    gb = billed.billed_gb(FIREHOSE_STEP)
    charged = [(Price.FIREHOSE_GB, gb)]
    if delivery.converts:
        charged.append((Price.FIREHOSE_CONVERTED_GB, gb))
    if delivery.partitions:
        charged.append((Price.FIREHOSE_PARTITIONED_GB, billed.gb))
    return cost_row(prices, "firehose", *charged, gb=short(gb))
