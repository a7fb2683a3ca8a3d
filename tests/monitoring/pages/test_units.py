import pytest

from monitoring.pages.units import rate_unit


@pytest.mark.parametrize(
    ("rate", "unit"),
    [(0, "KiB/s"), (1024, "KiB/s"), (104_857, "KiB/s"), (104_858, "MiB/s"), (5 * 1024**2, "MiB/s")],
)
def test_small_rates_are_written_in_kib(rate: float, unit: str) -> None:
    found, size = rate_unit(rate)
    assert found == unit
    assert size == {"KiB/s": 1024, "MiB/s": 1024**2}[unit]
