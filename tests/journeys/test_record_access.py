"""A masked viewer never receives an unmasked byte: in the pages and in the event streams of a real browser."""

import json
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, Response, expect
from redis import Redis

from monitoring.models import RecordRead, Unmasking
from monitoring.records.access_services import allow_fields
from monitoring.records.read_counts import ReadCounts
from monitoring.records.sample_buffer import SampleBuffer, monotonic_seconds
from monitoring.records.tap_status import TapStatus
from monitoring.tap.publisher import RecordPublisher
from portal import live
from portal.aws.records import DataRecord
from tests.architecture.population import Population
from tests.journeys.browser import browser_errors, in_thread, needs_chromium
from tests.journeys.test_open_pages import address, context, population, vendor_keypair
from tests.monitoring.poisoned import rows_of
from tests.waiting import wait_for

__all__ = ["address", "context", "population", "vendor_keypair"]

pytestmark = [
    pytest.mark.audit,
    needs_chromium,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clean_redis"),
]
ALLOWED = ("reading.unit",)


@pytest.fixture
def role() -> str:
    return "support"


class Wire:
    """All text that a page's browser received: answers, and the events of event streams."""

    def __init__(self, page: Page) -> None:
        self.answers: list[Response] = []
        self.events: list[str] = []
        page.on("response", self._keep)
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        network.on("Network.eventSourceMessageReceived", lambda event: self.events.append(json.dumps(event)))

    def _keep(self, answer: Response) -> None:
        self.answers.append(answer)

    def received(self) -> str:
        bodies = [answer.text() for answer in self.answers if answer.status == 200 and _is_page(answer)]
        return "\n".join([*bodies, *self.events])


def _is_page(answer: Response) -> bool:
    path = urlsplit(answer.url).path
    return not path.startswith(("/static/", "/events/")) and "html" in answer.headers.get("content-type", "")


class Tap:
    """Publishes records as a tap does."""

    def __init__(self, uid: str, redis_url: str) -> None:
        self.uid, self.number = uid, 0
        self.publisher = RecordPublisher(uid, SampleBuffer(uid, Redis.from_url(redis_url)))

    def publish(self, secret: str) -> None:
        self.number += 1
        data = {"reading": {"unit": f"unit-{secret}", secret: 21.6}, "who": secret}
        record = DataRecord(str(self.number), timezone.now(), secret, json.dumps(data).encode(), "shardId-000000000006")
        status, counts = TapStatus(shards=1), ReadCounts(timezone.now(), total=self.number)
        in_thread(lambda: self.publisher.publish(rows_of(record, ALLOWED), status, counts, monotonic_seconds()))


def watched(uid: str, audience: str) -> Callable[[], bool]:
    return lambda: live.watchers(f"stream:{uid}:{audience}") > 0


def test_a_masked_viewer_receives_no_byte_until_they_unmask_and_none_afterwards(
    population: Population, context: BrowserContext, address: str, clean_redis: str
) -> None:
    ours = population.ours
    in_thread(lambda: allow(population))
    tap = Tap(ours.live.uid, clean_redis)
    page = context.new_page()
    errors = browser_errors(page)
    wire = Wire(page)
    tap.publish("Zq7X-1")
    page.goto(address + reverse("stream", kwargs={"slug": ours.tenant.slug, "uid": ours.live.uid}))
    wait_for(watched(ours.live.uid, "masked"), 30, "the event stream")
    tap.publish("Zq7X-2")
    expect(page.locator("#records")).to_contain_text("unit-Zq7X-2")
    received = wire.received().replace("unit-Zq7X", "")
    assert "•••" in received
    assert "Zq7X" not in received
    page.get_by_role("link", name="Unmask records").click()
    page.get_by_label("Reason").fill("Ticket 4711")
    page.get_by_role("button", name="Unmask records").click()
    expect(page.get_by_text("Values are shown to you")).to_be_visible()
    wait_for(watched(ours.live.uid, "clear"), 30, "the event stream with values")
    tap.publish("shown-3")
    expect(page.locator("#records")).to_contain_text('"who": "shown-3"')
    after = Wire(page)
    page.get_by_role("button", name="Mask records again").click()
    expect(page.get_by_text("Values and names of fields are masked.")).to_be_visible()
    wait_for(watched(ours.live.uid, "masked"), 30, "the event stream without values")
    tap.publish("Zq7X-4")
    expect(page.locator("#records")).to_contain_text("unit-Zq7X-4")
    received = after.received().replace("unit-Zq7X", "").replace("unit-shown", "")
    assert "Zq7X" not in received
    assert "shown-3" not in received
    assert errors == []
    page.close()
    wait_for(lambda: in_thread(lambda: RecordRead.objects.filter(is_masked=False).exists()), 60, "the audit of reads")


def test_a_page_that_is_open_loads_again_when_the_act_ends_by_itself(
    population: Population, context: BrowserContext, address: str, clean_redis: str
) -> None:
    ours, person = population.ours, population.people["support"]
    in_thread(
        lambda: Unmasking.objects.create(
            tenant=ours.tenant, person=person, reason="x", ends_at=timezone.now() + timedelta(seconds=25)
        )
    )
    tap = Tap(ours.live.uid, clean_redis)
    tap.publish("shown-1")
    page = context.new_page()
    page.goto(address + reverse("stream", kwargs={"slug": ours.tenant.slug, "uid": ours.live.uid}))
    expect(page.get_by_text("Values are shown to you")).to_be_visible()
    expect(page.get_by_text("Values and names of fields are masked.")).to_be_visible(timeout=60_000)
    wire = Wire(page)
    wait_for(watched(ours.live.uid, "masked"), 30, "the event stream")
    tap.publish("Zq7X-2")
    expect(page.locator("#records > tr")).to_have_count(2)
    assert "Zq7X-2" not in (wire.received() + page.content()).replace("unit-Zq7X", "")


def allow(population: Population) -> None:
    allow_fields(
        tenant=population.ours.tenant,
        text="\n".join(ALLOWED),
        shows_partition_key=False,
        actor=population.people["admin"],
    )
