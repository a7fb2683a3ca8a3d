"""When something that failed is tried again: soon at first, then less often, and at least once an hour."""

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.db.models.functions import Now

from portal.aws.fault_kinds import FaultKind
from portal.messages.message import Message

# Of the calls in this second, not of what was called about.
PASSING = frozenset({FaultKind.THROTTLED, FaultKind.PROPAGATING})
FIRST, LONGEST = timedelta(seconds=10), timedelta(hours=1)
_MOST_DOUBLINGS = 9  # beyond LONGEST; a larger power would overflow


def delay(attempts: int) -> timedelta:
    """Return how long to wait after so many failures."""
    return min(FIRST * (1 << min(attempts, _MOST_DOUBLINGS)), LONGEST)


def due() -> Q:
    """Return the condition of rows that may be tried now."""
    return Q(retry_at=None) | Q(retry_at__lte=Now())


def postponed(row: Any, problem: Message) -> dict[str, Any]:
    """Return what a row is changed to after a failure."""
    return {"problem": problem, "attempts": row.attempts + 1, "retry_at": Now() + delay(row.attempts)}


# What a person who asks for another try changes.
AT_ONCE: dict[str, Any] = {"attempts": 0, "retry_at": None}
