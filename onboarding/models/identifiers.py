"""Identifiers of rows, and external IDs."""

import secrets
from uuid import uuid4


def new_uid() -> str:
    """Return twelve hexadecimal digits that name a thing in addresses and tags."""
    return uuid4().hex[:12]


def new_external_id() -> str:
    """Return an external ID of 160 random bits, as letters AWS accepts."""
    return f"sluice-{secrets.token_hex(20)}"
