"""Shared by the tests of history: the stream "sluice-sensors" in moto, read for an integration."""

import pytest

from monitoring.history.opened import OpenedStream
from portal.aws.session import AwsSession


@pytest.fixture
def readable(monkeypatch: pytest.MonkeyPatch, kinesis, aws: AwsSession):
    """Kinesis, and a worker whose session is moto's."""
    monkeypatch.setattr(OpenedStream, "session", lambda _: aws)
    return kinesis
