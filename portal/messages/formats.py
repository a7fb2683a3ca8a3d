"""How numbers in messages are written: the end of a parameter's name says what the number is.

`silent_seconds` is a duration, `write_share` a percentage, `unpacked_bytes` a size, `record_count` a count,
`records_per_second` a rate. Pages use the same functions, so that a page and a message write a number the same way.
"""

import math
from collections.abc import Callable, Mapping

from django.utils.translation import gettext, pgettext

_SHORT_SECONDS = 90
_NEARLY_ALL = 0.98
_LEAST_RATE = 0.005
_UNITS = ((86400, "days"), (3600, "hours"), (60, "minutes"))
_SIZES = ((1024**3, "GiB"), (1024**2, "MiB"), (1024, "KiB"))


class Count(int):
    """A whole number that is written with thousands separators and still chooses between singular and plural."""

    def __str__(self) -> str:
        return f"{int(self):,}"


def duration_parts(seconds: float) -> tuple[str, str]:
    """Return a duration as number and unit: ("45", "s"), ("12", "minutes"), ("3", "days")."""
    if seconds < _SHORT_SECONDS:
        number = f"{seconds:.0f}" if seconds >= 10 or seconds == 0 else f"{seconds:.1f}"
        return number, pgettext("seconds", "s")
    size, unit = next(((size, unit) for size, unit in _UNITS if seconds >= 2 * size), _UNITS[-1])
    return f"{seconds / size:.0f}", _unit_name(unit)


def duration(seconds: float) -> str:
    """Return a duration as people say it: "45 s", "12 minutes", "4 hours", "3 days"."""
    return " ".join(duration_parts(seconds))


def rate(per_second: float) -> str:
    """Return a number per second without its unit: more digits for small ones; only nothing is "0"."""
    if per_second >= 10 or per_second == 0:
        return f"{per_second:,.0f}"
    if per_second < _LEAST_RATE:
        return "<0.01"
    return f"{per_second:.1f}" if per_second >= 0.1 else f"{per_second:.2f}"


def percent_number(share: float) -> str:
    """Return a share (0 to 1) in per cent without the sign: one digit more below ten, and just below all.

    Only the whole is "100", and only nothing is "0".
    """
    if 0 < share < 0.001:
        return "<0.1"
    if _NEARLY_ALL <= share < 1:
        return f"{math.floor(1000 * share) / 10:.1f}"
    return f"{100 * share:.0f}" if share >= 0.0995 or share == 0 else f"{100 * share:.1f}"


def percent(share: float) -> str:
    """Return a share (0 to 1) as a percentage: "41%"."""
    return f"{percent_number(share)}%"


def size(number: float) -> str:
    """Return a number of bytes in the largest binary unit that fits: "1.5 MiB", "600 bytes"."""
    for unit, name in _SIZES:
        if number >= unit:
            return f"{number / unit:.1f}".removesuffix(".0") + f" {name}"
    return gettext("%(count)s bytes") % {"count": f"{number:,.0f}"}


def count(number: float) -> Count:
    """Return a whole number that is written with thousands separators."""
    return Count(number)


BY_SUFFIX: Mapping[str, Callable[[float], object]] = {
    "_per_second": rate,
    "_seconds": duration,
    "_share": percent,
    "_bytes": size,
    "_count": count,
}


def formatted(name: str, number: float) -> object:
    """Return a parameter's number as a message writes it; a name with none of the endings leaves it as it is."""
    return next((write(number) for suffix, write in BY_SUFFIX.items() if f"_{name}".endswith(suffix)), number)


def _unit_name(unit: str) -> str:
    return {"days": gettext("days"), "hours": gettext("hours"), "minutes": gettext("minutes")}[unit]
