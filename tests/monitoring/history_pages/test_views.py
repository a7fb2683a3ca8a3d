"""The page of a stream's history: requested once, read by a worker, shown to the person who requested it only."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from monitoring.history import cursor, store
from monitoring.history.opened import OpenedStream
from monitoring.history.reading import read_turn
from monitoring.record_access_model import RecordAccess
from monitoring.record_read_model import ReadSource, RecordRead
from monitoring.records.access import Audience
from monitoring.shards.stored import keep_shards
from onboarding.models.connection import Connection
from onboarding.models.integration import Integration
from portal import live
from portal.aws.session import AwsSession
from portal.tenancy.models import TenantRole, User
from tests.markup import on_one_line
from tests.monitoring.conftest import live_integration, person
from tests.monitoring.shards.listed import RESHARDED

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]


def address(integration: Integration, query: str = "") -> str:
    return reverse("records", kwargs={"slug": integration.tenant.slug, "uid": integration.uid}) + query


def get(client: Client, user: User, url: str, status: int = 200) -> str:
    client.force_login(user)
    answer = client.get(url)
    assert answer.status_code == status, answer.content
    return on_one_line(answer.content.decode())


def started(client: Client, user: User, integration: Integration, query: str = "?from=LATEST") -> str:
    """The address of the first page of records."""
    client.force_login(user)
    answer = client.get(address(integration, query))
    assert answer.status_code == 302
    return str(answer["Location"])


def cursor_in(url: str) -> str:
    return parse_qs(urlsplit(url).query)["cursor"][0]


@pytest.fixture
def kinesis_read(monkeypatch: pytest.MonkeyPatch, kinesis, aws: AwsSession):
    monkeypatch.setattr(OpenedStream, "session", lambda _: aws)
    return kinesis


def read(url: str) -> None:
    """What a worker does."""
    while read_turn(cursor.name_of(cursor_in(url))):
        pass


def test_the_page_asks_where_to_start_and_reads_nothing(client: Client, admin: User, integration: Integration) -> None:
    keep_shards(integration.pk, RESHARDED, {}, now=timezone.now())
    html = get(client, admin, address(integration))
    assert "Newest records (LATEST)" in html
    assert "Choose where to start, then choose Show." in html
    assert "<details" not in html.partition("data-history-form")[0].rpartition("Where to start")[2]
    assert "Records are kept for 24 hours." in html
    assert "hash keys 0% to" in html
    assert "closed before" in html
    assert live.connect().keys("history*") == []


def test_a_page_is_requested_shows_how_far_it_is_and_then_its_records(
    client: Client, admin: User, integration: Integration, kinesis_read
) -> None:
    kinesis_read.put_record(StreamName="sluice-sensors", Data=b'{"zone": "<b>3.02</b>"}', PartitionKey="k")
    url = started(
        client, admin, integration, "?from=AT_TIMESTAMP&time=" + f"{timezone.now() - timedelta(hours=1):%Y-%m-%dT%H:%M}"
    )
    html = get(client, admin, url)
    assert "Waiting for a worker." in html
    assert 'hx-trigger="every 1s"' in html
    assert 'http-equiv="refresh"' in html
    read(url)
    html = get(client, admin, url)
    assert "1 record found" in html
    assert "Start again: At a time (AT_TIMESTAMP)" in html
    assert "&lt;b&gt;3.02&lt;/b&gt;" in html
    assert "every 1s" not in html
    assert "Check for newer records" in html
    assert 'rel="prev"' in html
    read_by = RecordRead.objects.get()
    assert (read_by.person, read_by.source, read_by.records, read_by.is_masked) == (admin, ReadSource.HISTORY, 1, False)
    part = get(client, admin, url + "&part=page")
    assert part.startswith("<section")


def test_staff_see_masked_values(client: Client, operator: User, integration: Integration, kinesis_read) -> None:
    kinesis_read.put_record(StreamName="sluice-sensors", Data=b'{"name": "Alice"}', PartitionKey="badge-4711")
    client.force_login(operator)
    client.post(reverse("staff_visit", kwargs={"slug": "northwind"}), {"reason": "Ticket 4711: no data", "next": "/"})
    answer = client.get(address(integration, "?from=LATEST"))
    url = str(answer["Location"])
    client.get(url)
    read(url)
    html = client.get(url).content.decode()
    assert "Values and names of fields are masked." in html
    assert "•••" in html
    assert "Alice" not in html
    assert "badge-4711" not in html


def test_a_cursor_is_its_persons_its_tenants_and_its_streams(
    client: Client, admin: User, outsider: User, integration: Integration
) -> None:
    url = started(client, admin, integration)
    viewer = person("viewer", integration.tenant, TenantRole.VIEWER)
    foreign = "created for another person or stream, or was changed"
    assert foreign in get(client, viewer, url, 422)
    assert foreign in get(
        client, admin, address(live_integration(integration.tenant, "other"), f"?cursor={cursor_in(url)}"), 422
    )
    assert foreign in get(client, admin, url[:-2], 422)
    assert get(client, outsider, url, 404)
    assert get(client, outsider, url.replace("northwind", "contoso"), 404)
    assert live.connect().keys("history*") == [], "nothing was requested"


def test_an_expired_cursor_says_so(
    client: Client, admin: User, integration: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = started(client, admin, integration)
    later = signing.time.time() + cursor.VALID_SECONDS + 5
    monkeypatch.setattr(signing.time, "time", lambda: later)
    client.force_login(admin)
    assert "This link to a page of records has expired." in on_one_line(client.get(url).content.decode())


def test_the_oldest_record_is_read_after_a_confirmation(client: Client, admin: User, integration: Integration) -> None:
    html = get(client, admin, address(integration, "?from=TRIM_HORIZON"))
    assert "GetRecords.IteratorAgeMilliseconds" in html
    assert "the age of the oldest record that it still has, at most 24 hours" in html
    assert "Read from the oldest record" in html
    assert live.connect().keys("history*") == []
    answer = client.post(address(integration, "?from=TRIM_HORIZON"), {"do": "confirm"})
    assert answer.status_code == 302
    assert "cursor=" in answer["Location"]
    assert "Waiting for a worker." in get(client, admin, answer["Location"])


def test_reading_can_be_cancelled(client: Client, admin: User, integration: Integration, kinesis_read) -> None:
    url = started(client, admin, integration)
    get(client, admin, url)
    answer = client.post(url, {"do": "cancel"})
    assert answer["Location"] == url
    read(url)
    html = get(client, admin, url)
    assert "Cancelled." in html
    assert "Continue" in html


def test_bad_input_is_explained_at_its_field_and_keeps_what_was_typed(
    client: Client, admin: User, integration: Integration
) -> None:
    html = get(client, admin, address(integration, "?from=AT_SEQUENCE_NUMBER&sequence=%3Cb%3E"))
    assert "Enter a sequence number: up to 129 digits." in html
    assert 'value="&lt;b&gt;"' in html
    assert "Choose the shard of the sequence number." in html
    assert live.connect().keys("history*") == []


def test_a_connection_without_samples_shows_how_to_turn_them_on(
    client: Client, admin: User, integration: Integration
) -> None:
    Connection.objects.update(allow_sampling=False)
    assert "Record samples are turned off" in get(client, admin, address(integration, "?from=LATEST"))


def test_a_person_may_request_so_many_pages_a_minute(
    client: Client, admin: User, integration: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    from portal import rate_limits

    monkeypatch.setattr(rate_limits, "HISTORY", rate_limits.Limit("history", 60, 1, 1))
    url = started(client, admin, integration)
    get(client, admin, url)
    get(client, admin, url)
    other = started(client, admin, integration, "?from=LATEST&limit=25")
    get(client, admin, other, 429)


def test_a_worker_that_does_not_begin_is_named(client: Client, admin: User, integration: Integration) -> None:
    url = started(client, admin, integration)
    get(client, admin, url)
    live.connect().expire(f"history:{cursor.name_of(cursor_in(url))}", store.KEPT_SECONDS - 30)
    assert "workers have not started to read" in get(client, admin, url)


def test_a_page_with_a_filter_is_noted_with_it(
    client: Client, admin: User, integration: Integration, kinesis_read
) -> None:
    for zone in ("3.02", "3.03"):
        kinesis_read.put_record(StreamName="sluice-sensors", Data=b'{"zone": "%s"}' % zone.encode(), PartitionKey="k")
    url = started(client, admin, integration, "?from=LATEST&filter=zone+%3D+3.02")
    get(client, admin, url)
    read(url)
    page = get(client, admin, url)
    assert "3.02" in page
    assert "{&quot;zone&quot;: &quot;3.03&quot;}" not in page
    assert "1 record found in 2 that were searched, " in page
    assert 'value="zone = 3.02"' in page
    assert RecordRead.objects.get().filter_text == "zone = 3.02"


def test_a_text_that_is_no_filter_is_explained_at_its_field(
    client: Client, admin: User, integration: Integration
) -> None:
    page = get(client, admin, address(integration, "?from=LATEST&filter=zone+%3D+north"))
    assert "The filter, at character 8: Put text in quotes" in page
    assert 'value="zone = north"' in page


def test_whoever_sees_records_masked_cannot_search_for_values(
    client: Client, admin: User, operator: User, integration: Integration
) -> None:
    page = get(client, operator, address(integration, "?from=LATEST&filter=zone+%3D+3"))
    assert "You see records masked" in page
    started(client, operator, integration, "?from=LATEST&filter=%40size+%3E+3")
    RecordAccess.objects.create(tenant=integration.tenant, fields=["zone"])
    started(client, operator, integration, "?from=LATEST&filter=zone+%3D+3")
    assert "not masked" in get(client, operator, address(integration, "?from=LATEST&filter=door+%3D+3"))


def test_a_link_with_a_filter_is_refused_once_its_person_sees_records_masked(
    client: Client, admin: User, integration: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = started(client, admin, integration, "?from=LATEST&filter=zone+%3D+3")
    monkeypatch.setattr("monitoring.history_pages.request.audience_of", lambda *_: Audience.MASKED)
    assert "You see records masked" in get(client, admin, url.replace("filter=", "x="), 422)


def test_a_row_opens_whole_with_its_bytes_and_is_noted(
    client: Client, admin: User, operator: User, integration: Integration, kinesis_read
) -> None:
    data = b'{"long": "' + b"x" * 5_000 + b'", "end": "zz-last"}'
    kinesis_read.put_record(StreamName="sluice-sensors", Data=data, PartitionKey="k")
    url = started(client, admin, integration)
    get(client, admin, url)
    read(url)
    html = get(client, admin, url)
    assert "zz-last" not in html
    link = url + "&row=" + html.split("&amp;row=")[1].split("&amp;")[0]
    RecordRead.objects.all().delete()
    opened = client.get(link, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in opened
    assert "&quot;end&quot;: &quot;zz-last&quot;" in opened
    assert f"The first 2,048 of {len(data):,} bytes" in on_one_line(opened)
    assert client.get(f"{link}&part=bytes").content == data
    assert [(seen.source, seen.records) for seen in RecordRead.objects.all()] == [(ReadSource.HISTORY, 2)]
    assert "<html" in get(client, admin, link)
    gone = f"{link}0&shard=shardId-000000000001&at=4959"
    assert "no longer kept" in get(client, admin, gone)
    assert "sequence=4959" in get(client, admin, gone)
    assert "no longer kept" in get(client, operator, link)  # a cursor of someone else


def test_staff_open_a_row_masked_and_get_no_bytes(
    client: Client, operator: User, integration: Integration, kinesis_read
) -> None:
    support = person("support", is_staff=True, staff_role="support")
    kinesis_read.put_record(StreamName="sluice-sensors", Data=b'{"a": "Zq7Xw"}', PartitionKey="Zq7Xw")
    url = started(client, support, integration)
    get(client, support, url)
    read(url)
    key = get(client, support, url).split("&amp;row=")[1].split("&amp;")[0]
    opened = get(client, support, f"{url}&row={key}")
    assert "•••" in opened
    assert "Zq7Xw" not in opened
    assert b"Zq7Xw".hex(" ") not in opened
    assert "Zq7Xw" not in get(client, support, f"{url}&row={key}&part=bytes", status=403)


def test_columns_are_shown_without_another_read_and_kept_in_every_link(
    client: Client, admin: User, integration: Integration, kinesis_read
) -> None:
    kinesis_read.put_record(StreamName="sluice-sensors", Data=b'{"zone": "3.02", "n": 1.50}', PartitionKey="k")
    url = started(client, admin, integration, "?from=LATEST&columns=n")
    get(client, admin, url)
    read(url)
    page = get(client, admin, url)
    assert '<td data-label="n" class="break">1.50</td>' in page
    assert "columns=n&amp;" in page or "columns=n" in page
    assert '<td data-label="zone" class="break">3.02</td>' in get(client, admin, f"{url}&columns=zone")
    assert "Choose at most 8 columns" in get(client, admin, f"{url}&columns=a,b,c,d,e,f,g,h,i")


def test_a_schema_that_cannot_be_read_is_named_with_what_cures_it(
    client: Client, admin: User, operator: User, integration: Integration, kinesis_read
) -> None:
    kinesis_read.put_record(StreamName="sluice-sensors", Data=b"\x00\x00\x00\x00\x2a\x06wet", PartitionKey="k")
    for user in (admin, operator):
        url = started(client, user, integration)
        get(client, user, url)
        read(url)
        html = get(client, user, url)
        assert "Records are shown as bytes, because their schema could not be read." in html
        assert "The address of the Confluent Schema Registry is not known." in html
        assert "An admin can enter it under Monitoring settings of the stream." in html
