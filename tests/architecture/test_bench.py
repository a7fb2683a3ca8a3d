"""Every part of the benchmarks can be loaded where they run: without the emulator, which has its own environment."""

import importlib

import pytest

from tests.bench.__main__ import PARTS


@pytest.mark.parametrize("part", PARTS)
def test_a_part_can_be_loaded(part: str) -> None:
    module, _, name = PARTS[part].partition(":")
    assert callable(getattr(importlib.import_module(f"tests.bench.{module}"), name))
