"""Whole numbers that people type."""

MOST_DIGITS = 9


def whole(text: str) -> int | None:
    """Return the whole number that a text is, or None: of at most nine decimal digits, without a sign."""
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else None
