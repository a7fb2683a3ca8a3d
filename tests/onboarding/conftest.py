"""Stories of onboarding begin in a world; where rows and moto's AWS are enough, with those."""

from collections.abc import Iterator

import pytest

from tests import quick_children
from tests.monitoring.conftest import aws
from tests.onboarding.provisioning.steps.account import answers
from tests.world import client_keypair, portal_user, vendor_keypair, world

__all__ = ["answers", "aws", "client_keypair", "portal_user", "vendor_keypair", "world"]


@pytest.fixture(autouse=True, scope="module")
def children() -> Iterator[None]:
    """The processes that see secrets and read certificates are forked, which is quicker than starting them."""
    with quick_children.installed():
        yield
