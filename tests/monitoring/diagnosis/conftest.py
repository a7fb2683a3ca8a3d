"""Diagnoses begin in a world: the emulator's AWS, in which each test breaks one thing."""

from collections.abc import Iterator

import botocore.client
import botocore.exceptions
import pytest

from tests import quick_children
from tests.onboarding.provisioning.conftest import aws_proxy, calls
from tests.onboarding.provisioning.steps.account import answers
from tests.world import client_keypair, portal_user, vendor_keypair, world

__all__ = ["answers", "aws_proxy", "calls", "client_keypair", "portal_user", "vendor_keypair", "world"]


@pytest.fixture(autouse=True, scope="module")
def children() -> Iterator[None]:
    """The processes that see secrets and read certificates are forked, which is quicker than starting them."""
    with quick_children.installed():
        yield


@pytest.fixture
def denied(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The operations that AWS denied to this process, in order."""
    found: list[str] = []
    original = botocore.client.BaseClient._make_api_call

    def watched(self, operation, parameters):
        try:
            return original(self, operation, parameters)
        except botocore.exceptions.ClientError as error:
            if "Denied" in error.response["Error"]["Code"] or error.response["Error"]["Code"] == "403":
                found.append(operation)
            raise

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", watched)
    return found
