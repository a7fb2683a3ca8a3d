"""The mask through which the vendor's staff see records: names of fields, no values. Pure."""

from collections.abc import Collection

MASK = "•••"


def mask(value: object, allowed: Collection[str], path: str = "") -> object:
    """Return the value with every scalar masked, except at the dotted paths in `allowed`; lists share their path."""
    if isinstance(value, dict):
        return {name: _field(name, item, allowed, path) for name, item in value.items()}
    if isinstance(value, list):
        return [mask(item, allowed, path) for item in value]
    return value if path in allowed else MASK


def _field(name: object, item: object, allowed: Collection[str], path: str) -> object:
    # A path is put together only while it can lead to an allowed one: names come from outside and can be long.
    inner = f"{path}.{name}" if path else str(name)
    if any(field == inner or field.startswith(f"{inner}.") for field in allowed):
        return mask(item, allowed, inner)
    return mask(item, (), "")
