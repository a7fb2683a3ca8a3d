"""Traffic as it is typed on a page or given to the command: each text with its bounds, each problem at its field."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from onboarding.estimates.traffic import (
    FANOUT_LIMIT,
    MOST_BURST,
    MOST_DEVICES,
    MOST_RECORD_BYTES,
    MOST_RECORDS,
    MOST_SHARED_CONSUMERS,
    USUAL_RECORD_BYTES,
    Traffic,
)
from portal.messages.message import Message
from portal.typed_numbers import NumberRefused, typed_number


@dataclass(frozen=True, slots=True)
class NumberRule:
    """The bounds of a number, what it is before anyone types, and whether it is whole."""

    least: Decimal
    most: Decimal
    usual: str
    is_whole: bool = True


def _rule(least: str, most: int, usual: object, *, is_whole: bool = True) -> NumberRule:
    return NumberRule(Decimal(least), Decimal(most), str(usual), is_whole)


RULES: dict[str, NumberRule] = {
    "records_per_second": _rule("0.001", MOST_RECORDS, "", is_whole=False),
    "record_bytes": _rule("1", MOST_RECORD_BYTES, USUAL_RECORD_BYTES),
    "burst_factor": _rule("1", MOST_BURST, 1, is_whole=False),
    "average_percent": _rule("0.1", 100, 100, is_whole=False),
    "shared_consumers": _rule("0", MOST_SHARED_CONSUMERS, 1),
    "fanout_consumers": _rule("0", FANOUT_LIMIT, 0),
    "devices": _rule("0", MOST_DEVICES, 0),
}


def read_traffic(typed: Mapping[str, str]) -> tuple[Traffic | None, dict[str, Message]]:
    """Return the traffic that was typed, or None and what is wrong with each field; an empty field is the usual."""
    numbers: dict[str, Decimal] = {}
    problems: dict[str, Message] = {}
    for name, rule in RULES.items():
        try:
            numbers[name] = typed_number(
                typed.get(name, "").strip() or rule.usual, least=rule.least, most=rule.most, is_whole=rule.is_whole
            )
        except NumberRefused as refused:
            problems[name] = refused.message
    if problems:
        return None, problems
    return Traffic(
        records_per_second=numbers["records_per_second"],
        record_bytes=int(numbers["record_bytes"]),
        burst_factor=numbers["burst_factor"],
        average_share=numbers["average_percent"] / 100,
        shared_consumers=int(numbers["shared_consumers"]),
        fanout_consumers=int(numbers["fanout_consumers"]),
        devices=int(numbers["devices"]),
    ), {}
