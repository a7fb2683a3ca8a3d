"""What every journey stands on: a demo of its own module, a browser, and the way to the demo's AWS."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from portal.tenancy import services
from portal.tenancy.models import Tenant, TenantRole, User
from tests.journeys.browser import EMAIL, chromium
from tests.journeys.demo import Demo, running
from tests.world import PASSWORD


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with running() as started:
        yield started


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def northwind() -> Tenant:
    """A tenant in the database of this process, with an admin who can sign in."""
    tenant = Tenant.objects.create(slug="northwind", name="Northwind Estates")
    person = User.objects.create_user(EMAIL, PASSWORD)
    services.add_member(tenant=tenant, user=person, role=TenantRole.ADMIN, actor="test")
    return tenant


@pytest.fixture
def aws(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lead AWS's standard environment of this process to the demo's emulator."""
    for name, value in demo.aws_environment.items():
        monkeypatch.setenv(name, value)
