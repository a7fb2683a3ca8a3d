"""Which request is being answered, and from where: known to everything that happens in it, in the web and in workers.

The ID is in the answer (`X-Request-ID`), on error pages, in every line of the log, in the audit trail, and in the
messages to workers, whose own lines and audit events have it too.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

# Also what AWS allows in the name of a role's session, of which it is a part.
_WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,31}")


@dataclass(frozen=True, slots=True)
class Origin:
    """A request's ID and the address that it came from; both empty outside of requests."""

    request_id: str = ""
    address: str = ""


_ORIGIN: ContextVar[Origin] = ContextVar("origin", default=Origin())  # noqa: B039  (frozen, so never shared state)


def origin() -> Origin:
    """Return the origin of what is being done."""
    return _ORIGIN.get()


def new_id() -> str:
    """Return an ID for a request: 64 random bits."""
    return secrets.token_hex(8)


def is_well_formed(request_id: str) -> bool:
    """Return whether an ID that someone else has given can be used."""
    return _WELL_FORMED.fullmatch(request_id) is not None


@contextmanager
def within(found: Origin) -> Iterator[Origin]:
    """Make what is done in the block come from this origin."""
    token = _ORIGIN.set(found)
    try:
        yield found
    finally:
        _ORIGIN.reset(token)


def begin(found: Origin) -> None:
    """Make all that this process or task does from now on come from this origin, until the next call."""
    _ORIGIN.set(found)
