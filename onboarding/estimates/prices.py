"""AWS's prices in USD, in one dated table. Every number here has a row with its source in docs/estimates.md.

No AWS page with a price by Region could be read, so each is an estimate.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

CHECKED_ON = date(2026, 11, 30)
BASE_REGION = "us-east-1"
HOURS_A_MONTH = 730
SECONDS_A_MONTH = HOURS_A_MONTH * 3600
GB = 1024**3


class Price(StrEnum):
    """What AWS bills, by the name that docs/estimates.md lists."""

    SHARD_HOUR = "shard hour"
    PUT_UNITS = "million PUT payload units"
    FANOUT_SHARD_HOUR = "consumer-shard hour of enhanced fan-out"
    FANOUT_GB = "GB by enhanced fan-out, provisioned"
    EXTENDED_SHARD_HOUR = "shard hour of extended retention"
    LONG_GB_MONTH = "GB-month of long-term retention"
    ON_DEMAND_HOUR = "on-demand stream hour"
    ON_DEMAND_IN_GB = "GB in, on-demand"
    ON_DEMAND_OUT_GB = "GB out, on-demand"
    ON_DEMAND_FANOUT_GB = "GB by enhanced fan-out, on-demand"
    ON_DEMAND_EXTENDED_GB_MONTH = "GB-month of extended retention, on-demand"
    METRIC_MONTH = "shard-level metric month"
    METRICS_READ = "thousand metrics read by GetMetricData"
    KEY_MONTH = "KMS key month"
    KEY_REQUESTS = "ten thousand KMS requests"
    FIREHOSE_GB = "GB through Firehose"
    FIREHOSE_CONVERTED_GB = "GB converted by Firehose"
    FIREHOSE_PARTITIONED_GB = "GB partitioned dynamically by Firehose"
    IOT_MINUTES = "million minutes of connection to AWS IoT Core"
    IOT_MESSAGES = "million messages through AWS IoT Core"
    IOT_RULES = "million rules triggered in AWS IoT Core"
    IOT_ACTIONS = "million actions of rules in AWS IoT Core"


USD: dict[Price, Decimal] = {
    Price.SHARD_HOUR: Decimal("0.015"),
    Price.PUT_UNITS: Decimal("0.014"),
    Price.FANOUT_SHARD_HOUR: Decimal("0.015"),
    Price.FANOUT_GB: Decimal("0.013"),
    Price.EXTENDED_SHARD_HOUR: Decimal("0.020"),
    Price.LONG_GB_MONTH: Decimal("0.023"),
    Price.ON_DEMAND_HOUR: Decimal("0.04"),
    Price.ON_DEMAND_IN_GB: Decimal("0.08"),
    Price.ON_DEMAND_OUT_GB: Decimal("0.04"),
    Price.ON_DEMAND_FANOUT_GB: Decimal("0.05"),
    Price.ON_DEMAND_EXTENDED_GB_MONTH: Decimal("0.10"),
    Price.METRIC_MONTH: Decimal("0.30"),
    Price.METRICS_READ: Decimal("0.01"),
    Price.KEY_MONTH: Decimal("1.00"),
    Price.KEY_REQUESTS: Decimal("0.03"),
    Price.FIREHOSE_GB: Decimal("0.029"),
    Price.FIREHOSE_CONVERTED_GB: Decimal("0.018"),
    Price.FIREHOSE_PARTITIONED_GB: Decimal("0.020"),
    Price.IOT_MINUTES: Decimal("0.08"),
    Price.IOT_MESSAGES: Decimal("1.00"),
    Price.IOT_RULES: Decimal("0.15"),
    Price.IOT_ACTIONS: Decimal("0.15"),
}
# CloudWatch's and KMS's prices are the same in every Region that was found; the others are multiplied.
_EVERYWHERE = {Price.METRIC_MONTH, Price.METRICS_READ, Price.KEY_MONTH, Price.KEY_REQUESTS}
# Price of a shard hour against that of us-east-1, where a source names it.
REGION_FACTORS: dict[str, Decimal] = {
    "us-east-1": Decimal(1),
    "us-east-2": Decimal(1),
    "us-west-2": Decimal(1),
    "eu-west-1": Decimal("1.134"),
    "af-south-1": Decimal("1.4"),
}
_IOT = {Price.IOT_MINUTES, Price.IOT_MESSAGES, Price.IOT_RULES, Price.IOT_ACTIONS}
# Price of a message through AWS IoT Core against that of us-east-1, where a source names it.
IOT_REGION_FACTORS: dict[str, Decimal] = {
    "us-east-1": Decimal(1),
    "us-west-2": Decimal(1),
    "eu-central-1": Decimal("1.2"),
    "me-south-1": Decimal("1.1"),
}


@dataclass(frozen=True, slots=True)
class PriceList:
    """The prices of one Region; `is_known`: a source names its factor, otherwise they are those of us-east-1.

    AWS IoT Core has factors of its own.
    """

    region: str
    factor: Decimal
    is_known: bool

    @property
    def priced_region(self) -> str:
        """Return the Region whose prices these are."""
        return self.region if self.is_known else BASE_REGION

    @property
    def iot_region(self) -> str:
        """Return the Region whose prices of AWS IoT Core these are."""
        return self.region if self.region in IOT_REGION_FACTORS else BASE_REGION

    def usd(self, price: Price) -> Decimal:
        """Return the price in USD."""
        if price in _IOT:
            return USD[price] * IOT_REGION_FACTORS[self.iot_region]
        return USD[price] * (1 if price in _EVERYWHERE else self.factor)


def price_list(region: str) -> PriceList:
    """Return the prices of a Region."""
    return PriceList(region, REGION_FACTORS.get(region, Decimal(1)), region in REGION_FACTORS)
