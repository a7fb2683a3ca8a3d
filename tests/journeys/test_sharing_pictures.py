"""Pictures of shares: in the wizard, on the review, on the tab Consumers, and the page of their reader.

As in `test_health_pictures`: `PICTURES=folder` keeps them for a person to look at, and a test sees what it can.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser

from onboarding.integrations import share_links
from onboarding.models.integration import Integration
from onboarding.models.states import IntegrationState, ResourceState
from onboarding.sharing.share import Share
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.stream_spec import StreamSpec
from portal.messages.message import Message
from portal.tenancy.models import Tenant
from tests.journeys.browser import browser_errors, chromium, in_thread, needs_chromium
from tests.journeys.pictures import SCHEMES, Pictures, visit
from tests.onboarding.pages import full_draft, post, tenant_with_admin, url

pytestmark = [
    needs_chromium,
    pytest.mark.audit,
    pytest.mark.timeout(900),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clean_redis"),
]
WIDTHS = (390, 1280)
ARN = "arn:aws:kinesis:eu-west-1:111122223333:stream/sluice-sensors"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/0f1e2d3c-0000-4000-8000-000000000000"
READER = "arn:aws:iam::444455556666:role/service-role/reporting-function-role-0a1b2c3d"


@pytest.fixture
def opened() -> tuple[Client, Integration]:
    tenant, client = tenant_with_admin()
    integration = full_draft(tenant)
    tenant.connections.update(allow_sharing=True)
    integration.draft = {**integration.draft, "stream": {**integration.draft["stream"], "encryption": "new"}}
    integration.save(update_fields=["draft"])
    return client, integration


@pytest.fixture
def browser(live_server, settings, opened: tuple[Client, Integration]) -> Iterator[Browser]:
    settings.ALLOWED_HOSTS = ["*"]
    with chromium() as started:
        yield started


def typed(client: Client, integration: Integration, label: str, principal: str, do: str) -> None:
    post(client, integration, "consumers", {"shares-1-label": label, "shares-1-principal": principal}, do=do)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_pictures(
    browser: Browser, live_server, opened: tuple[Client, Integration], scheme: str, tmp_path: Path
) -> None:
    client, integration = opened
    pictures = Pictures(tmp_path, scheme)
    page = pictures.page(browser)
    cookie = in_thread(lambda: client.cookies[django_settings.SESSION_COOKIE_NAME].value)
    page.context.add_cookies([{"name": django_settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    errors = browser_errors(page)

    def take(name: str, where: str) -> None:
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            visit(page, f"{live_server.url}{url(integration, where)}")
            pictures.take(page, name)

    take("shares-none", "consumers")
    in_thread(lambda: post(client, integration, "consumers", {}, do="shares-add"))
    in_thread(
        lambda: typed(client, integration, "Reporting!", "arn:aws:lambda:eu-west-1:444455556666:function:f", "next")
    )
    take("shares-refused", "consumers")
    in_thread(lambda: typed(client, integration, "reporting", READER, "next"))
    take("shares-complete", "consumers")
    take("shares-review", "review")
    assert errors == []
    assert pictures.problems == []


def live(tenant: Tenant) -> tuple[str, str]:
    """An integration with two shares, one of them changed in AWS: the address of its tab, and of a reader's page."""
    shares = (Share("reporting", READER), Share("tools", "777788889999"))
    stream = StreamSpec(name="sluice-sensors", region="eu-west-1", kms_key=KEY)
    spec = IntegrationSpec("sensors", tenant.connections.get().uid, stream, shares=shares)
    now = timezone.now()
    integration = Integration.objects.create(
        tenant=tenant,
        connection=tenant.connections.get(),
        name="sensors",
        spec=spec.as_dict(),
        state=IntegrationState.LIVE,
        drift_checked_at=now,
    )
    at = {"intended_at": now - timedelta(hours=2), "present_at": now - timedelta(hours=2)}
    for share in shares:
        integration.resources.create(kind="stream share", name=share.label, state=ResourceState.PRESENT, arn=ARN, **at)
    integration.drift.create(
        step="share:tools",
        what=Message("resource.share", label="tools"),
        expected=Message("drift.exists"),
        found=Message("drift.deleted"),
        found_at=now,
    )
    link = share_links.create(integration=integration, label="reporting", actor="admin@northwind.example")
    tab = reverse("consumers", kwargs={"slug": tenant.slug, "uid": integration.uid})
    return tab, share_links.address_of(link)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_pictures_of_both_sides(
    browser: Browser, live_server, settings, opened: tuple[Client, Integration], scheme: str, tmp_path: Path
) -> None:
    settings.SLUICE_PORTAL_URL = live_server.url
    client, draft = opened
    tab, reader = in_thread(lambda: live(draft.tenant))
    pictures = Pictures(tmp_path, scheme)
    owner, other = pictures.page(browser), pictures.page(browser)
    cookie = in_thread(lambda: client.cookies[django_settings.SESSION_COOKIE_NAME].value)
    owner.context.add_cookies([{"name": django_settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    errors = browser_errors(owner) + browser_errors(other)
    for width in WIDTHS:
        for page, name, where in ((owner, "shares-tab", f"{live_server.url}{tab}"), (other, "shares-reader", reader)):
            page.set_viewport_size({"width": width, "height": 900})
            visit(page, where)
            pictures.take(page, name)
    assert other.context.cookies() == []
    assert errors == []
    assert pictures.problems == []
