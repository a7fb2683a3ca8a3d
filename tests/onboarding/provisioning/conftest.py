"""Counts what this process asks of AWS, and stands between it and AWS."""

from collections.abc import Iterator

import botocore.client
import pytest

from tests.faults.proxy import Proxy
from tests.world import World


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The operations that this process asks of AWS, in order."""
    asked: list[str] = []
    original = botocore.client.BaseClient._make_api_call

    def counted(self, operation, parameters):
        asked.append(operation)
        return original(self, operation, parameters)

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", counted)
    return asked


@pytest.fixture
def aws_proxy(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    with Proxy(world.ministack).running() as between:
        monkeypatch.setenv("AWS_ENDPOINT_URL", between.url)
        yield between
