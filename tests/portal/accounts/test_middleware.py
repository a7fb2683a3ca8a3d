"""What is denied to a signed-in person is logged with who it was; how sessions end is in test_sessions.py."""

import pytest
from django.test import Client

from portal.tenancy.models import Membership, Tenant
from tests.portal.accounts.people import Browser


@pytest.fixture
def viewer(ada: Browser) -> Browser:
    """Ada, a viewer of one of two tenants."""
    north = Tenant.objects.create(slug="north", name="North")
    Tenant.objects.create(slug="south", name="South")
    Membership.objects.create(tenant=north, user=ada.user, role="viewer")
    ada.client.force_login(ada.user)
    return ada


def denials(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [text for record in caplog.records if (text := record.getMessage()).startswith("access.denied")]


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("/t/north/webhooks/", "status=403 user={} view=webhooks"),
        ("/t/south/", "status=404 user={} view=tenant_home"),
        ("/t/nowhere/", "status=404 user={} view=tenant_home"),
        ("/admin/", "status=404 user={} view=admin:index"),
    ],
)
def test_a_denial_names_the_person_and_the_page(viewer: Browser, caplog, path: str, line: str) -> None:
    viewer.get(path)
    assert denials(caplog) == [f"access.denied {line.format(viewer.user.pk)}"]


def test_what_is_allowed_and_who_is_not_signed_in_leave_no_such_line(viewer: Browser, caplog) -> None:
    assert viewer.get("/t/north/").status_code == 200
    assert Client().get("/t/north/").status_code == 302
    assert Client().get("/invitations/unknown/").status_code == 404
    assert denials(caplog) == []
