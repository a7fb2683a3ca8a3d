"""What is on the wire of an event stream while support unmasks records, and after the end: not one byte of a value."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

import httpx
import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from monitoring.models import RecordRead, Unmasking
from monitoring.unmasking import acts
from onboarding.models.integration import Integration
from portal import event_access, live
from portal.events import EventStreams
from portal.tenancy.models import StaffRole, Tenant, User
from tests.monitoring.conftest import NOW, live_integration, person
from tests.waiting import wait_for
from tests.web_process import served

pytestmark = pytest.mark.django_db(transaction=True)
NOTE = {
    "records": 1,
    "shards": {"shardId-000000000006": ["1", "1"]},
    "arrived": [NOW.isoformat(), NOW.isoformat()],
    "has_more_shards": False,
}


@pytest.fixture
def url(clean_redis: str) -> Iterator[str]:
    events = EventStreams(access=event_access, redis_url=clean_redis, most=50, each_person=50, heartbeat=0.5)
    with served(events) as address:
        yield address


@pytest.fixture
def support(db: None) -> User:
    return person("support", is_staff=True, staff_role=StaffRole.SUPPORT)


@pytest.fixture
def integration(db: None) -> Integration:
    return live_integration(Tenant.objects.create(slug="northwind", name="Northwind Estates"))


class Reader:
    """A browser's event stream: everything that was received, and whether it ended."""

    def __init__(self, url: str, person: User, topic: str) -> None:
        client = Client()
        client.force_login(person)
        self._cookies = {settings.SESSION_COOKIE_NAME: str(client.session.session_key)}
        self._url = f"{url}/events/{topic.replace(':', '/')}/"
        self.status, self.received, self.has_ended = 0, "", threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        wait_for(lambda: self.status, 30, "an answer")

    def _read(self) -> None:
        with (
            suppress(httpx.RemoteProtocolError),  # at the end of the test the server stops
            httpx.Client(timeout=60, cookies=self._cookies) as client,
            client.stream("GET", self._url) as answer,
        ):
            self.status = answer.status_code
            for text in answer.iter_text():
                self.received += text
        self.has_ended.set()


def publish(integration: Integration, number: int) -> None:
    for audience, html in (("clear", f"value-{number}"), ("masked", f"masked-{number}")):
        live.publish(f"stream:{integration.uid}:{audience}", "records", html, note=NOTE)


def test_open_event_streams_change_over_at_the_start_and_at_the_end(
    url: str, support: User, integration: Integration
) -> None:
    masked, clear = (f"stream:{integration.uid}:{audience}" for audience in ("masked", "clear"))
    before = Reader(url, support, masked)
    assert Reader(url, support, clear).status == 404
    publish(integration, 1)
    wait_for(lambda: "masked-1" in before.received, 30, "a masked event")
    act = acts.begin(
        person=support, tenant=integration.tenant, integration=integration, reason="Ticket 4711", minutes=15
    )
    assert before.has_ended.wait(30)
    assert Reader(url, support, masked).status == 404  # so that the page loads again
    during = Reader(url, support, clear)
    publish(integration, 2)
    wait_for(lambda: "value-2" in during.received, 30, "an unmasked event")
    acts.end(tenant=integration.tenant, uid=act.uid, actor=support)
    assert during.has_ended.wait(30)
    publish(integration, 3)
    assert Reader(url, support, clear).status == 404
    after = Reader(url, support, masked)
    wait_for(lambda: "masked-3" in after.received, 30, "a masked event")
    assert "value" not in before.received + after.received
    assert "value-3" not in during.received
    wait_for(lambda: RecordRead.objects.count() >= 2, 30, "the notes of the streams that ended")
    assert set(RecordRead.objects.values_list("is_masked", "is_staff")) == {(True, True), (False, True)}


def test_an_event_stream_ends_with_its_act_by_itself(url: str, support: User, integration: Integration) -> None:
    acts.begin(person=support, tenant=integration.tenant, integration=None, reason="Ticket 4711", minutes=15)
    Unmasking.objects.update(ends_at=timezone.now() + timedelta(seconds=8))
    clear = f"stream:{integration.uid}:clear"
    reader = Reader(url, support, clear)
    assert reader.status == 200
    publish(integration, 1)
    wait_for(lambda: "value-1" in reader.received, 30, "an unmasked event")
    assert reader.has_ended.wait(30)
    publish(integration, 2)
    assert Reader(url, support, clear).status == 404
    assert "value-2" not in reader.received
