"""What every journey stands on: a demo of its own module, a browser, and the way to the demo's AWS."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.journeys.browser import chromium
from tests.journeys.demo import Demo, running


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with running() as started:
        yield started


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def aws(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lead AWS's standard environment of this process to the demo's emulator."""
    for name, value in demo.aws_environment.items():
        monkeypatch.setenv(name, value)
