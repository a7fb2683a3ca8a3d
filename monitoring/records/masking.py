"""The mask through which the vendor's staff see records: their structure, no values and no names of fields. Pure.

Names of fields come from outside as values do, and can be data too: `{"Alice Smith": {"badge:4711": …}}`.
"""

from collections.abc import Collection

MASK = "•••"


def mask(value: object, allowed: Collection[str], path: str = "") -> object:
    """Return the value with every scalar and every name masked, except those of the dotted paths in `allowed`.

    The masked names of an object are numbered, so that each field is still listed; lists share their path.
    """
    if isinstance(value, dict):
        return dict(
            _field(name, item, allowed, path, f"{MASK}{number}") for number, (name, item) in enumerate(value.items(), 1)
        )
    if isinstance(value, list):
        return [mask(item, allowed, path) for item in value]
    return value if path in allowed else MASK


def _field(name: object, item: object, allowed: Collection[str], path: str, masked_name: str) -> tuple[str, object]:
    # A path is put together only while it can lead to an allowed one: names come from outside and can be long.
    inner = f"{path}.{name}" if path else str(name)
    if any(field == inner or field.startswith(f"{inner}.") for field in allowed):
        return str(name), mask(item, allowed, inner)
    return masked_name, mask(item, (), "")
