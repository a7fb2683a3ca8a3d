"""The page that shows who was sent records, its file and its command."""

import csv
import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from monitoring.models import RecordRead
from monitoring.read_audit.notes import note_seen
from monitoring.record_read_model import ReadSource
from onboarding.models.integration import Integration
from portal.tenancy.models import User
from tests.markup import on_one_line
from tests.monitoring.read_audit.test_notes import reader, seen
from tests.monitoring.test_views import give_record

pytestmark = pytest.mark.django_db
PAGE, FILE = "/t/northwind/record-reads/", "/t/northwind/record-reads.csv"


@pytest.fixture(autouse=True)
def empty_redis(clean_redis: str) -> str:
    return clean_redis


@pytest.fixture
def reads(integration: Integration, admin: User, operator: User, client: Client) -> Client:
    note_seen(integration.uid, reader(admin, source=ReadSource.HISTORY, filter_text="=wet"), seen())
    note_seen(integration.uid, reader(operator, is_masked=True), seen())
    client.force_login(admin)
    return client


def shown(client: Client, query: str = "") -> str:
    return on_one_line(client.get(PAGE + query).content.decode())


def test_own_people_and_staff_are_listed(reads: Client, admin: User, operator: User) -> None:
    page = shown(reads)
    assert page.count("<tr>") == 3
    assert admin.email in page
    assert "Filter: =wet" in page
    assert f'{operator.email}</span> <small class="quiet">Vendor’s staff</small>' in page
    assert "shardId-000000000006: 7 to 9" in page


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("?who=operator", 1),
        ("?who=nobody", 0),
        ("?stream=SENSORS", 2),
        ("?stream=other", 0),
        ("?shown=masked", 1),
        ("?shown=clear", 1),
        ("?since=2026-01-01&until=2199-01-01", 2),
        ("?since=2199-01-01", 0),
        ("?until=2026-01-01", 0),
        ("?since=garbage", 0),
        ("?shown=garbage", 0),
        ("?before=garbage", 2),
        ("?before=99999999999999999999", 2),
        ("?who=%00", 0),
    ],
)
def test_filters_find_what_matches_and_garbage_finds_nothing(reads: Client, query: str, rows: int) -> None:
    page = shown(reads, query)
    assert page.count("<tr>") == (rows + 1 if rows else 0)
    if query == "?since=garbage":
        assert 'value="garbage"' in page  # what was typed stays in its field


def test_older_rows_are_on_further_pages(reads: Client, integration: Integration, admin: User) -> None:
    for number in range(60):
        note_seen(integration.uid, reader(admin, session=f"{number:016d}"), seen())
    page = shown(reads)
    assert page.count("<tr>") == 51
    older = page.split('href="?before=')[1].split('"')[0]
    assert shown(reads, f"?before={older}").count("<tr>") == 13


def test_the_file_has_what_the_filters_match_without_formulas(reads: Client, admin: User) -> None:
    answer = reads.get(FILE + "?shown=clear")
    rows = list(csv.DictReader(StringIO(b"".join(answer).decode())))
    assert [(row["person"], row["filter"], row["records"], row["masked"]) for row in rows] == [
        (admin.email, "'=wet", "3", "no")
    ]
    assert rows[0]["shards"] == "shardId-000000000006 7 9"
    assert reads.get(FILE + "?since=garbage").status_code == 404


def test_viewing_a_stream_is_noted_once_a_session(
    client: Client, integration: Integration, admin: User, clean_redis: str
) -> None:
    client.force_login(admin)
    stream = f"/t/northwind/streams/{integration.uid}/"
    client.get(stream)
    assert not RecordRead.objects.exists()  # nothing was sent
    give_record(integration, clean_redis)
    client.get(stream)
    client.get(f"{stream}?part=records")
    client.get(f"{stream}?part=metrics")
    client.head(stream)
    row = RecordRead.objects.get()
    assert (row.records, row.source, row.is_masked) == (2, "live", False)
    assert row.shards == {"shardId-000000000006": ["1", "1"]}
    assert "a secret" not in json.dumps(row.shards)


def test_only_admins_open_it_and_a_stream_leads_to_it(reads: Client, integration: Integration, operator: User) -> None:
    stream = f"/t/northwind/streams/{integration.uid}/"
    link = f"{PAGE}?stream={integration.uid}"
    assert link in reads.get(stream).content.decode()
    assert PAGE in reads.get("/t/northwind/activity/").content.decode()
    reads.force_login(operator)
    assert link not in reads.get(stream).content.decode()
    assert reads.get(PAGE).status_code == 403


def test_the_command_prints_the_same(reads: Client, operator: User, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("stream", "reads", "--tenant", "northwind", "--person", "operator")
    printed = capsys.readouterr().out
    assert operator.email in printed
    assert "3 records, masked" in printed
    RecordRead.objects.update(started_at=timezone.now() - timedelta(days=9), last_at=timezone.now() - timedelta(days=9))
    call_command("stream", "reads", "--tenant", "northwind", "--since", f"{timezone.now():%Y-%m-%d}", "--json")
    assert json.loads(capsys.readouterr().out) == {"reads": []}
