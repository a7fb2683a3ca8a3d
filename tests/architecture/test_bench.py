"""The benchmarks: every part can be loaded where they run, without the emulator; a limit is kept or missed."""

import importlib

import pytest

from tests.bench.__main__ import PARTS
from tests.bench.measurements import Measurement


@pytest.mark.parametrize("part", PARTS)
def test_a_part_can_be_loaded(part: str) -> None:
    module, _, name = PARTS[part].partition(":")
    assert callable(getattr(importlib.import_module(f"tests.bench.{module}"), name))


@pytest.mark.parametrize(("measured", "ratio"), [(-15, "met"), (0, "met"), (1, "missed")])
def test_a_limit_of_no_growth_is_met_by_less(measured: float, ratio: str) -> None:
    assert Measurement("growth", measured, 0).ratio == ratio
