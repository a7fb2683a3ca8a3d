"""Pictures of devices: the page with all states, and the wizard's section with errors.

As in `test_health_pictures`: `PICTURES=folder` keeps them for a person to look at, and a test sees what it can.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.urls import reverse
from playwright.sync_api import Browser

from onboarding.iot import form_codec
from onboarding.models.integration import Integration
from onboarding.models.states import ThingState
from onboarding.models.thing import DeviceWork, Thing
from portal.messages.message import Message
from tests.architecture.population import Population, populate
from tests.journeys.browser import browser_errors, chromium, in_thread, needs_chromium
from tests.journeys.pictures import SCHEMES, Pictures, visit
from tests.onboarding.pages import confirmed_key

pytestmark = [
    needs_chromium,
    pytest.mark.audit,
    pytest.mark.timeout(900),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clean_redis"),
]
WIDTHS = (390, 1280)


@pytest.fixture
def population() -> Population:
    found = populate()
    tenant, integration = found.ours.tenant, found.ours.thing.integration
    tenant.pgp_keys.all().delete()
    confirmed_key(tenant)
    DeviceWork.objects.filter(integration=integration).update(
        problem=Message("aws.throttled", operation="iot:CreateCertificateFromCsr")
    )
    long = "sluice-harbour-tower-north-floor-12-meeting-room-0123456789"
    states = (ThingState.REQUESTED, ThingState.SEALED, ThingState.CERTIFIED, ThingState.READY, ThingState.REMOVING)
    for number, state in enumerate(states):
        Thing.objects.create(integration=integration, name=f"{long}-{number}", state=state, attributes={"floor": "12"})
    Thing.objects.create(
        integration=integration, name="sluice-taken", state=ThingState.FAILED, problem=Message("things.exists")
    )
    devices = {**form_codec.SUGGESTED, "thing_type": "lamp", "topic_prefix": "sluice-lobby/air"}
    stream = {"name": "sluice-lobby", "region": "eu-west-1", "submitted": True}
    draft = {"stream": stream, "consumers": {"devices": devices, "submitted": True}}
    Integration.objects.filter(pk=found.ours.draft.pk).update(draft=draft)
    return found


@pytest.fixture
def browser(live_server, settings, population: Population) -> Iterator[Browser]:
    settings.ALLOWED_HOSTS = ["*"]
    with chromium() as started:
        yield started


@pytest.mark.parametrize("scheme", SCHEMES)
def test_pictures_of_devices(
    browser: Browser, live_server, population: Population, scheme: str, tmp_path: Path
) -> None:
    ours, pictures = population.ours, Pictures(tmp_path, scheme)
    devices = reverse("devices", kwargs={"slug": ours.tenant.slug, "uid": ours.thing.integration.uid})
    wizard = reverse("setup", kwargs={"slug": ours.tenant.slug, "uid": ours.draft.uid, "page": "consumers"})
    cookie = in_thread(lambda: population.client("admin").cookies[django_settings.SESSION_COOKIE_NAME].value)
    page = pictures.page(browser)
    page.context.add_cookies([{"name": django_settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    errors = browser_errors(page)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        visit(page, f"{live_server.url}{devices}")
        pictures.take(page, "devices")
        visit(page, f"{live_server.url}{wizard}")
        pictures.take(page, "wizard-devices")
    assert pictures.problems == []
    assert errors == []
