"""A row of a monthly cost, and traffic as AWS bills it."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from onboarding.estimates.cost_items import ITEMS
from onboarding.estimates.prices import GB, HOURS_A_MONTH, SECONDS_A_MONTH, Price, PriceList
from onboarding.estimates.traffic import Traffic
from portal.messages.message import Message


@dataclass(frozen=True, slots=True)
class CostRow:
    """An amount in USD a month, what it is for, and what it is computed from; None: the traffic is not known."""

    key: str
    usd: Fraction | None
    basis: Message

    @property
    def title(self) -> Message:
        """Return what the amount is for."""
        return ITEMS[self.key].title


@dataclass(frozen=True, slots=True)
class Billed:
    """Traffic as it is billed."""

    records: Fraction
    record_bytes: int

    def billed_gb(self, step: int) -> Fraction:
        """Return the GB of a month when each record is rounded up to steps of so many bytes."""
        return self.records * (-(-self.record_bytes // step) * step) / GB

    @property
    def gb(self) -> Fraction:
        """Return the GB of a month."""
        return self.records * self.record_bytes / GB

    def gb_kept(self, hours: int) -> Fraction:
        """Return how many GB the records of so many hours are."""
        return self.gb * max(hours, 0) / HOURS_A_MONTH


def billed_of(traffic: Traffic) -> Billed:
    """Return the traffic of a month."""
    return Billed(traffic.average_records * SECONDS_A_MONTH, traffic.record_bytes)


def cost_row(prices: PriceList, key: str, *charged: tuple[Price, Fraction | int], **params: str | int) -> CostRow:
    """Return the row of quantities at their prices; the parameters are those of its basis."""
    usd = sum((Fraction(prices.usd(price)) * quantity for price, quantity in charged), Fraction(0))
    return CostRow(key, usd, ITEMS[key].basis.with_params(**params))


def short(number: Fraction) -> str:
    """Return a quantity as people read it."""
    value = Decimal(number.numerator) / Decimal(number.denominator)
    return f"{value:,.0f}" if value >= 100 else f"{value:,.2f}"


def total(rows: list[CostRow]) -> Fraction:
    """Return the sum of the amounts that are known."""
    return sum((row.usd for row in rows if row.usd is not None), Fraction(0))


def dollars(amount: Fraction | None) -> str:
    """Return an amount as people read it: "12.34", "less than 0.01" as "<0.01"."""
    if amount is None:
        return "–"
    return "<0.01" if 0 < amount < Fraction(1, 200) else f"{float(amount):,.2f}"
