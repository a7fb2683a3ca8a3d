"""Numbers as people type and read them."""

MOST_DIGITS = 9


def whole(text: str) -> int | None:
    """Return the whole number that a text is, or None: of at most nine decimal digits, without a sign."""
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else None


def in_fours(digits: str) -> str:
    """Return an account ID or a fingerprint in groups of four, as people read and compare them."""
    return " ".join(digits[i : i + 4] for i in range(0, len(digits), 4))
