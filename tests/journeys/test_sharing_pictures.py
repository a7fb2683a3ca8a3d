"""Pictures of shares: in the wizard, empty, complete and refused, and on the review.

As in `test_health_pictures`: `PICTURES=folder` keeps them for a person to look at, and a test sees what it can.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Browser

from onboarding.models.integration import Integration
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
