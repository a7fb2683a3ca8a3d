"""Identifiers of rows."""

from uuid import uuid4


def new_uid() -> str:
    """Return 32 hexadecimal digits that name a row to the outside: in commands, addresses and headers."""
    return uuid4().hex
