"""What tests that open every page leave behind for the tests after them: nothing."""

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module")
def no_open_streams() -> Iterator[None]:
    """Free the event streams that a module opened, at its end.

    Each leaves a connection to Redis, which warns when it is freed. Python 3.11 writes that warning with the help of
    its parser, and a test that parses Python just then fails: the parser cannot be entered twice.
    """
    yield
    gc.collect()
