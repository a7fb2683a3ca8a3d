"""Stores the address of a stream's schema registry with its key and secret, which is for that host alone."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from monitoring.models import ExpectedHours


@dataclass(frozen=True, slots=True)
class ChosenRegistry:
    """What a person chose: without a secret the stored one is kept, without a key none is."""

    address: str = ""
    key: str = ""
    secret: str = field(default="", repr=False)


NO_REGISTRY = ChosenRegistry()


def store_registry(row: ExpectedHours, chosen: ChosenRegistry) -> dict[str, str]:
    """Set it on the row, and return what the audit says of it: never the secret.

    A secret is kept only for the host and the key that it was entered for.
    """
    had_secret, is_same = bool(row.registry_secret), has_same_host(row.schema_registry, chosen.address)
    keeps = is_same and chosen.key == row.registry_key
    row.schema_registry, row.registry_key = chosen.address, chosen.key
    audited = {"schema_registry": chosen.address, "registry_key": chosen.key}
    if chosen.key and chosen.secret:
        row.registry_secret = chosen.secret
        return {**audited, "registry_secret": "replaced" if had_secret else "set"}
    if had_secret and not (chosen.key and keeps):
        row.registry_secret = ""
        return {**audited, "registry_secret": "removed"}
    return audited


def has_same_host(first: str, second: str) -> bool:
    """Return whether two addresses lead to the same host and port."""
    return urlsplit(first).netloc.lower() == urlsplit(second).netloc.lower()
