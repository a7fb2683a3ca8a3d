"""The unit in which a page writes bytes per second."""

_KIB, _MIB = 1024.0, 1024.0 * 1024


def rate_unit(bytes_per_second: float) -> tuple[str, float]:
    """Return the unit for rates up to this one, and how many bytes it is."""
    return ("MiB/s", _MIB) if bytes_per_second >= _MIB / 10 else ("KiB/s", _KIB)
