"""A moment as people type it."""

from datetime import UTC, datetime

from portal.messages.errors import field_error
from portal.messages.message import Message

MOST_TYPED = 40


def moment(typed: str, field: str = "ends_at") -> datetime:
    """Return the moment that a text is, in UTC unless it names a zone. Raises ValidationError at the field."""
    try:
        found = datetime.fromisoformat(typed.strip()[:MOST_TYPED])
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):  # year 1 or 9999, moved by its zone
        raise field_error(field, Message("alert.not_a_time")) from None
