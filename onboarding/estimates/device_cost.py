"""What devices cost that send through AWS IoT Core: connections, messages, and the rule with its action.

https://aws.amazon.com/iot-core/pricing/, https://aws.amazon.com/iot-core/pricing/additional-details/
"""

from fractions import Fraction

from onboarding.estimates.cost_row import CostRow, billed_of, cost_row, short
from onboarding.estimates.prices import HOURS_A_MONTH, Price, PriceList, price_list
from onboarding.estimates.traffic import PlannedStream, Traffic
from portal.messages.message import Message

MESSAGE_STEP = 5 * 1024  # messages, rules and actions are billed in steps of so many bytes
MINUTES_A_MONTH = HOURS_A_MONTH * 60
_MILLION = 1_000_000


def device_rows(traffic: Traffic, stream: PlannedStream) -> list[CostRow]:
    """Return what the devices cost, as if all records came from them and they were always connected."""
    if not (traffic.devices or stream.has_devices):
        return []
    prices = price_list(stream.region)
    region, units = prices.iot_region, message_millions(traffic)
    shown = {"millions": short(units), "region": region}
    return [
        _connections(prices, traffic.devices),
        cost_row(prices, "iot_messages", (Price.IOT_MESSAGES, units), **shown),
        cost_row(prices, "iot_rules", (Price.IOT_RULES, units), (Price.IOT_ACTIONS, units), **shown),
    ]


def message_millions(traffic: Traffic) -> Fraction:
    """Return the millions of messages of a month, each record rounded up to 5 KB."""
    billed = billed_of(traffic)
    return billed.records * -(-billed.record_bytes // MESSAGE_STEP) / _MILLION


def _connections(prices: PriceList, devices: int) -> CostRow:
    if not devices:
        return CostRow("iot_connections", None, Message("estimate.basis.unknown_devices"))
    millions = Fraction(devices * MINUTES_A_MONTH, _MILLION)
    return cost_row(
        prices,
        "iot_connections",
        (Price.IOT_MINUTES, millions),
        device_count=devices,
        region=prices.iot_region,
    )
