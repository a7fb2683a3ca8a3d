"""The part of a stream's page that says who reads it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from monitoring.models import StreamHealth, StreamReaders
from monitoring.readers.reader import Reader, ReaderKind
from monitoring.readers.stored import MOST_READERS, keep
from monitoring.tasks import collect_connection, read_readers
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from portal import live
from portal.messages.message import Message
from portal.tenancy.models import TenantRole, User
from tests.markup import on_one_line
from tests.monitoring.conftest import REGION, person

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture(autouse=True)
def empty_redis(clean_redis: str) -> None:
    """Pages request a collection through it; there is no worker here to carry it out."""


def part(client: Client, user: User, integration: Integration) -> str:
    client.force_login(user)
    address = reverse("stream", kwargs={"slug": "northwind", "uid": integration.uid})
    return on_one_line(client.get(f"{address}?part=readers").content.decode())


def allowed(**given: Any) -> None:
    Connection.objects.update(allow_readers=True, **given)


def test_without_the_permission_the_page_says_so_with_the_link_that_opens_it(
    client: Client, admin: User, integration: Integration
) -> None:
    html = part(client, admin, integration)
    assert "not known. The role may not list consumers." in html
    [link] = [text.split('"')[0] for text in html.split('<a href="')[1:]]
    page = on_one_line(client.get(link).content.decode())
    [group] = [part for part in page.split("<details ") if "id_allow_readers" in part]
    assert group.startswith('class="more" open')
    assert link.endswith("#id_allow_readers")
    [other] = [part for part in page.split("<details ") if "id_allow_search" in part]
    assert " open" not in other.split(">")[0]


def test_a_person_who_may_not_connect_gets_no_link(client: Client, northwind: Any, integration: Integration) -> None:
    html = part(client, person("viewer", northwind, TenantRole.VIEWER), integration)
    assert "The role may not list consumers." in html
    assert "<a " not in html


def test_deliveries_and_the_slowest_of_all_are_known_without_it(
    client: Client, admin: User, integration: Integration
) -> None:
    StreamHealth.objects.create(integration=integration, measurements={"iterator_age_seconds": 1200, "deliveries": []})
    html = part(client, admin, integration)
    assert "sluice-sensors-to-s3" in html
    assert "All that call GetRecords" in html
    assert "20 minutes" in html
    assert "Behind" in html


def test_sluice_itself_is_never_the_slowest_reader(client: Client, admin: User, integration: Integration) -> None:
    measured = {"iterator_age_seconds": None, "iterator_age_at_most_seconds": 3600, "deliveries": []}
    StreamHealth.objects.create(integration=integration, measurements=measured)
    html = part(client, admin, integration)
    assert "All others that call GetRecords" in html
    assert "≤ 60 minutes" in html
    assert "<span>Behind</span>" not in html
    assert "Sluice’s own reading can explain the metric" in html


def test_each_reader_has_its_state_and_lag(client: Client, admin: User, integration: Integration) -> None:
    allowed()
    readers = [
        Reader(ReaderKind.CONSUMER, "analytics", "ACTIVE", lag_ms=1_200_000, lag_at=NOW),
        Reader(ReaderKind.FUNCTION, "alarms", "Enabled", "OK", lag_ms=4_000, lag_at=NOW),
        Reader(ReaderKind.FUNCTION, "exports", "Enabled", "PROBLEM: <b>Function call failed</b>"),
        Reader(ReaderKind.FUNCTION, "old", "Disabled"),
        Reader(ReaderKind.APPLICATION, "dashboard", leases=2, leases_without_owner=1, workers=1),
        Reader(ReaderKind.APPLICATION, "quiet", leases=2, workers=1),
    ]
    keep(integration.pk, readers, {"table:gone": Message("readers.role_outdated", action="dynamodb:Scan")}, now=NOW)
    html = part(client, admin, integration)
    rows = {text.split("<")[0]: text.split("</tr>")[0] for text in html.split('<th scope="row" class="break">')[1:]}
    seen = {name: [word for word in STATES if f"<span>{word}</span>" in row] for name, row in rows.items()}
    assert seen == {
        "sluice-sensors-to-s3": ["No data"],
        "analytics": ["Behind"],
        "alarms": ["Reading"],
        "exports": ["Failing"],
        "old": ["Disabled"],
        "dashboard": ["No worker"],
        "quiet": ["No metric"],
    }
    assert "20 minutes" in rows["analytics"]
    assert "OK, lag across all streams that the function reads" in rows["alarms"]
    assert "2 shards, 1 worker, 1 shard without a worker" in rows["dashboard"]
    assert "&lt;b&gt;Function call failed" in rows["exports"]
    assert "Not known: The role may not call dynamodb:Scan yet" in html


STATES = ("No data", "Behind", "Reading", "Failing", "Disabled", "No worker", "No metric")


def test_at_most_a_hundred_are_kept_and_the_rest_is_counted(
    client: Client, admin: User, integration: Integration
) -> None:
    allowed()
    keep(integration.pk, [Reader(ReaderKind.CONSUMER, f"c{number}", "ACTIVE") for number in range(103)], {}, now=NOW)
    assert len(StreamReaders.objects.get().readers) == MOST_READERS
    assert "At least 3 more readers are not listed here." in part(client, admin, integration)
    keep(integration.pk, [Reader(ReaderKind.CONSUMER, f"c{number}", "ACTIVE") for number in range(101)], {}, now=NOW)
    assert "At least 1 more reader is not listed here." in part(client, admin, integration)


def test_what_was_not_read_of_a_lease_table_is_not_claimed(
    client: Client, admin: User, integration: Integration
) -> None:
    allowed()
    application = {"kind": ReaderKind.APPLICATION, "workers": 3, "lag_ms": 0.0, "lag_at": NOW, "is_partial": True}
    listed = [Reader(name="large", leases=900, **application), Reader(ReaderKind.APPLICATION, "other", is_partial=True)]
    keep(integration.pk, listed, {}, now=NOW)
    large, other = part(client, admin, integration).split("</tr>")[-3:-1]
    assert "900 shards, 3 workers, lag of the first 10 shards, the table has more rows, which were not read" in large
    assert "Not known" in other
    assert "No leases" not in other


def test_a_list_that_aws_did_not_answer_has_no_time(client: Client, admin: User, integration: Integration) -> None:
    allowed()
    keep(integration.pk, [], {"consumer": Message("aws.throttled")}, now=NOW, is_answered=False)
    html = part(client, admin, integration)
    assert "Not listed yet." in html
    assert "AWS is asked within a minute" not in html
    assert "Listed at" not in html


def test_readers_are_requested_by_a_collection_while_someone_watches(
    integration: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    requested: list[dict[str, int]] = []
    monkeypatch.setattr(read_readers, "apply_async", lambda kwargs, **_: requested.append(kwargs))
    monkeypatch.setattr("monitoring.collection.collector.collect", lambda **_: 0)
    collect = {"connection_id": integration.connection_id, "region": REGION}
    allowed()
    collect_connection(**collect)
    assert requested == [], "no one watches"
    live.hold({f"stream:{integration.uid}:clear": 0}, process="page")
    collect_connection(**collect)
    assert requested == [{"integration_id": integration.pk}]
    StreamReaders.objects.create(integration=integration, asked_at=timezone.now() - timedelta(minutes=4))
    collect_connection(**collect)
    assert len(requested) == 1, "they were listed four minutes ago"
    Connection.objects.update(allow_readers=False)
    StreamReaders.objects.all().delete()
    collect_connection(**collect)
    assert len(requested) == 1, "the client does not allow it"
