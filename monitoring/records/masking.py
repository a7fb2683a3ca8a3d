"""The mask through which the vendor's staff see records: names of fields, no values. Pure."""

from collections.abc import Collection

MASK = "•••"


def mask(value: object, allowed: Collection[str], path: str = "") -> object:
    """Return the value with every scalar masked, except at the dotted paths in `allowed`; lists share their path."""
    if isinstance(value, dict):
        return {name: mask(item, allowed, f"{path}.{name}" if path else str(name)) for name, item in value.items()}
    if isinstance(value, list):
        return [mask(item, allowed, path) for item in value]
    return value if path in allowed else MASK
