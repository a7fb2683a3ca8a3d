"""Numbers and times as charts write them."""

from datetime import UTC, datetime


def short_number(value: float) -> str:
    """Return a value with as many digits as help."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    if abs(value) < 1:
        return f"{value:.3g}"
    return f"{value:.1f}".removesuffix(".0") if abs(value) >= 10 else f"{value:.2f}".rstrip("0").rstrip(".")


def clock_time(at: datetime) -> str:
    """Return hours and minutes in UTC."""
    return f"{at.astimezone(UTC):%H:%M}"


def day_and_time(at: datetime) -> str:
    """Return day, month, hours and minutes in UTC: "28 Nov, 06:00"."""
    return f"{at.astimezone(UTC):%-d %b, %H:%M}"


def day(at: datetime) -> str:
    """Return day and month in UTC: "28 Nov"."""
    return f"{at.astimezone(UTC):%-d %b}"
