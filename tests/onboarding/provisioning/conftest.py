"""Counts what this process asks of AWS."""

import botocore.client
import pytest


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
