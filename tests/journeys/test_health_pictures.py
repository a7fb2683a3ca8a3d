"""Pictures of the pages of stream health: empty, unknown, full and failing, at three widths, light and dark.

A test checks what it can see of them (`tests/journeys/pictures.py`), and that no script fails.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page

from monitoring.alert_models import Alert
from monitoring.alerts.acknowledgement import acknowledge
from monitoring.alerts.stream_alerts import note_streams
from monitoring.health.inputs import HealthInputs, WriteLimit
from monitoring.health.rule_order import assess
from monitoring.models import HealthState, StreamHealth
from onboarding.models.integration import Integration
from portal.messages.message import Message
from portal.tenancy.models import Tenant
from tests.journeys.browser import EMAIL, browser_errors, chromium, in_thread, needs_chromium, sign_in
from tests.journeys.pictures import SCHEMES, Pictures, visit
from tests.monitoring.alerts.conftest import reading
from tests.monitoring.conftest import described, live_integration
from tests.world import PASSWORD

pytestmark = [
    needs_chromium,
    pytest.mark.audit,
    pytest.mark.timeout(900),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clean_redis"),
]
CUT = """[...document.querySelectorAll(".wall-tile")].filter((tile) => {
    const cause = tile.querySelector(".wall-message").getBoundingClientRect()
    return cause.height < 8 || cause.bottom > tile.getBoundingClientRect().bottom + 1
}).map((tile) => tile.querySelector("h2").textContent)"""
WIDTHS = (390, 1280, 1920)
BOARD, ALERTS = "/t/northwind/streams/", "/t/northwind/alerts/"
FINE = HealthInputs(
    records_per_second=4.2,
    bytes_per_second=5200.0,
    write_usage_share=0.084,
    write_limit=WriteLimit("records", 2000),
    throttled_writes=0,
    silent_seconds=60,
    iterator_age_seconds=2.0,
    stream_status="ACTIVE",
)
BUSY, THROTTLED = replace(FINE, write_usage_share=0.86), replace(FINE, throttled_writes=40)
SILENT = replace(FINE, records_per_second=0.0, bytes_per_second=0.0, write_usage_share=0.0, silent_seconds=1500)
WITHHELD = HealthInputs(
    metrics_gap=Message("stream.metrics_forbidden", metric="IncomingRecords"), stream_status="ACTIVE"
)


@pytest.fixture
def browser(live_server, settings, northwind: Tenant) -> Iterator[Browser]:
    settings.ALLOWED_HOSTS = ["*"]
    with chromium() as started:
        yield started


def building(tenant: Tenant, count: int) -> list[Integration]:
    return [live_integration(tenant, f"sluice-floor-{number:02}") for number in range(count)]


def checked(stream: Integration, inputs: HealthInputs) -> None:
    now, found = timezone.now(), assess(inputs)
    state = HealthState(found.state)
    described(stream)
    line = [3.0 + (stream.pk * 7 + minute * 5) % 11 / 4 for minute in range(36)]
    line = line if inputs.records_per_second else [*line[:20], *[0.0] * 16]
    last_record_at = now - timedelta(seconds=inputs.silent_seconds or 0)
    StreamHealth.objects.create(
        integration=stream,
        state=state,
        rank=state.rank,
        message=found.message,
        measurements={**inputs.as_json(), "last_record_at": last_record_at.isoformat()},
        sparkline=[] if inputs.metrics_gap else line,
        checked_at=now,
        valid_until=now + timedelta(hours=2),
    )


def observed(streams: list[Integration], inputs: HealthInputs, at: datetime) -> None:
    note_streams([reading(stream, inputs, at) for stream in streams], now=at)


def empty(_: Tenant) -> dict[str, str]:
    return {"board": BOARD, "causes": f"{BOARD}?group=cause", "wall": f"{BOARD}?wall=1", "alerts": ALERTS}


def unknown(tenant: Tenant) -> dict[str, str]:
    first, second, *_ = building(tenant, 3)
    checked(first, WITHHELD)
    checked(second, FINE)
    long_ago = timezone.now() - timedelta(hours=5)
    StreamHealth.objects.filter(integration=second).update(checked_at=long_ago, valid_until=long_ago)
    return {"board": BOARD, "wall": f"{BOARD}?wall=1", "stream": f"{BOARD}{first.uid}/"}


def full(tenant: Tenant) -> dict[str, str]:
    streams = building(tenant, 60)
    for number, stream in enumerate(streams):
        checked(stream, FINE if number > 3 else BUSY)
    return {"board": BOARD, "wall": f"{BOARD}?wall=1", "stream": f"{BOARD}{streams[5].uid}/", "alerts": ALERTS}


def failing(tenant: Tenant) -> dict[str, str]:
    streams, now = building(tenant, 18), timezone.now()
    silent, throttled, fine = streams[:12], streams[12], streams[13:]
    for some, inputs in ((silent, SILENT), ([throttled], THROTTLED), (fine, FINE)):
        for stream in some:
            checked(stream, inputs)
    observed(silent, SILENT, now - timedelta(minutes=20))
    observed([throttled], THROTTLED, now - timedelta(minutes=9))
    observed([throttled], THROTTLED, now - timedelta(minutes=4))
    observed(silent[9:], FINE, now - timedelta(minutes=10))
    observed(silent[9:], FINE, now - timedelta(minutes=4))
    acknowledge(alert=Alert.objects.get(kind="writes_throttled"), actor=EMAIL, note="Adding shards tonight")
    shared = Alert.objects.get(kind="silence")
    return {
        "board": BOARD,
        "causes": f"{BOARD}?group=cause",
        "wall": f"{BOARD}?wall=1",
        "stream": f"{BOARD}{silent[0].uid}/",
        "throttled": f"{BOARD}{throttled.uid}/",
        "alerts": ALERTS,
        "alert": reverse("alert", kwargs={"slug": "northwind", "uid": shared.uid}),
        "settings": "/t/northwind/alerts/thresholds/",
    }


def cut_causes(page: Page, name: str) -> list[str]:
    """The tiles of a wall display whose cause does not fit into them."""
    cut = page.evaluate(CUT)
    return [f"{name} cuts off the cause of {stream}" for stream in cut]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("prepare", [empty, unknown, full, failing])
def test_pictures(
    browser: Browser,
    live_server,
    northwind: Tenant,
    prepare: Callable[[Tenant], dict[str, str]],
    scheme: str,
    tmp_path: Path,
) -> None:
    pictures, addresses = Pictures(tmp_path, scheme), in_thread(lambda: prepare(northwind))
    page = pictures.page(browser)
    sign_in(page, live_server.url, EMAIL, PASSWORD)
    errors = browser_errors(page)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 1080 if width == 1920 else 900})
        for name, address in addresses.items():
            visit(page, f"{live_server.url}{address}")
            picture = pictures.take(page, f"{prepare.__name__}-{name}", full_page=name != "wall")
            pictures.problems += cut_causes(page, picture)
    assert pictures.problems == []
    assert errors == []
