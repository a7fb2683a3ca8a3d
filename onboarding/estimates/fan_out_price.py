"""What one registered consumer costs, for where it is chosen. https://aws.amazon.com/kinesis/data-streams/pricing/"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from onboarding.estimates.cost_row import dollars
from onboarding.estimates.prices import CHECKED_ON, HOURS_A_MONTH, Price, PriceList, price_list


@dataclass(frozen=True, slots=True)
class FanOutPrice:
    """Prices of one consumer in USD as people read them: of a month ("" for an on-demand stream), and of a GB it reads.

    `shards` are those of the month; `priced_region` is the Region whose prices these are, as of `checked_on`.
    """

    a_month: str
    a_gb: str
    shards: int
    priced_region: str
    checked_on: date = CHECKED_ON


def fan_out_price(region: str, shards: int | None) -> FanOutPrice:
    """Return what a consumer costs with a provisioned stream of so many shards, or with an on-demand one (None)."""
    prices = price_list(region)
    if shards is None:
        return FanOutPrice("", _plain(prices, Price.ON_DEMAND_FANOUT_GB), 0, prices.priced_region)
    a_month = Fraction(prices.usd(Price.FANOUT_SHARD_HOUR)) * shards * HOURS_A_MONTH
    return FanOutPrice(dollars(a_month), _plain(prices, Price.FANOUT_GB), shards, prices.priced_region)


def _plain(prices: PriceList, price: Price) -> str:
    return f"{prices.usd(price):.3f}"
