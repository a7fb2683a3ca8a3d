"""A row that is opened: what each person is sent of it, on the wire; and what is said when it is no longer kept."""

import gzip
import json
import re
from collections.abc import Callable

import pytest
from django.test import Client
from redis import Redis

from monitoring.models import RecordRead
from monitoring.record_access_model import RecordAccess
from monitoring.records.kept_records import KeptRecords
from monitoring.records.record_row import RecordRow
from monitoring.records.sample_buffer import SampleBuffer
from onboarding.models.integration import Integration
from portal.aws.records import DataRecord
from portal.tenancy.models import StaffRole, Tenant, User
from portal.tenancy.rights import Right, Role, entry
from tests.markup import on_one_line
from tests.monitoring.conftest import NOW, person
from tests.monitoring.decode.test_decoder_chain import kpl
from tests.monitoring.poisoned import rows_of

pytestmark = pytest.mark.django_db
SECRET = "Zq7Xw"
AS_HTMX = {"HX-Request": "true"}


@pytest.fixture
def give(clean_redis: str, integration: Integration) -> Callable[..., RecordRow]:
    """What a tap does with a record; returns its last row."""

    def give(data: bytes, key: str = "bldg-7/leak", allowed: tuple[str, ...] = ()) -> RecordRow:
        redis = Redis.from_url(clean_redis)
        rows = rows_of(DataRecord("4959", NOW, key, data, "shardId-000000000006"), allowed)
        KeptRecords(integration.uid, redis).keep(rows, rows[-1:], now=0)
        SampleBuffer(integration.uid, redis).add([row.without_whole() for row in rows], now=0)
        return rows[-1]

    return give


def url(integration: Integration, row: RecordRow | str, part: str = "") -> str:
    key = row if isinstance(row, str) else row.key
    place = f"row={key}&shard=shardId-000000000006&at=4959"
    return f"/t/northwind/streams/{integration.uid}/record/{part}?{place}"


def opened(client: Client, user: User, integration: Integration, row: RecordRow | str) -> str:
    client.force_login(user)
    answer = client.get(url(integration, row), headers=AS_HTMX)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_row_opens_with_all_that_was_sent(client: Client, admin: User, integration: Integration, give) -> None:
    row = give(b'{"a": 1e400, "b": 1.10, "a": "\\u0007"}')
    html = opened(client, admin, integration, row)
    assert "<html" not in html
    for text in (
        "{\n  &quot;a&quot;: 1e400,\n  &quot;b&quot;: 1.10,\n  &quot;a&quot;: ",
        "00000000  7b 22 61 22 3a 20 31 65  34 30 30",
        "JSON, 38 bytes: valid JSON",
        "bldg-7/leak",
        "4959",
    ):
        assert text in html
    assert "All 38 bytes of the data record." in on_one_line(html)
    assert "/records/?from=AT_SEQUENCE_NUMBER&amp;sequence=4959&amp;shard=shardId-000000000006" in html


def test_without_javascript_it_is_a_page(client: Client, admin: User, integration: Integration, give) -> None:
    client.force_login(admin)
    html = client.get(url(integration, give(b'{"a": 1}'))).content.decode()
    assert "<html" in html
    assert html.count("<details") == 4 + html.split("<main")[0].count("<details")
    assert "How it was decoded" in html


def test_marks_are_shown_and_markup_is_text(client: Client, admin: User, integration: Integration, give) -> None:
    html = opened(client, admin, integration, give('{"x": "<script>\u202e\u001b"}'.encode()))
    assert "<script>" not in html
    assert "\u202e" not in html
    assert html.count("⟨U+202E⟩") >= 2


def test_a_record_inside_others_says_which_and_how_large_each_layer_is(
    client: Client, admin: User, integration: Integration, give
) -> None:
    inner = gzip.compress(b'{"n": 1}', mtime=0)
    data = kpl(("k", inner), ("k", inner))
    html = on_one_line(opened(client, admin, integration, give(data)))
    layer = f"<li>KPL aggregate, {len(data)} bytes: begins with F3 89 9A C2, and its MD5 digest is right."
    assert f"{layer} Record 2 of 2 in it</li>" in html
    assert f"<li>gzip, {len(inner)} bytes: begins with 1F 8B</li><li>JSON, 8 bytes: valid JSON</li>" in html
    assert "Sub-sequence number 1" in html
    assert f"inside a data record of {len(data)} bytes" in html


def test_a_long_record_is_shown_in_part_and_downloaded_whole(
    client: Client, admin: User, integration: Integration, give
) -> None:
    data = json.dumps({"text": "x" * (10 * 1024 * 1024 - 12)}).encode()
    row = give(data)
    html = on_one_line(opened(client, admin, integration, row))
    assert len(html) < 300_000
    assert "The first 65,536 of 10,485,760 characters." in html
    assert "The first 2,048 of 10,485,760 bytes of the data record." in html
    answer = client.get(url(integration, row, "bytes/"))
    assert answer.content == data
    assert answer["Content-Type"] == "application/octet-stream"
    assert [read.source for read in RecordRead.objects.order_by("pk")] == ["live", "download"]


def test_what_is_inside_a_compressed_record_is_shown_beyond_its_row(
    client: Client, admin: User, integration: Integration, give
) -> None:
    row = give(gzip.compress(json.dumps({"text": "x" * 5_000, "end": "reached"}).encode()))
    assert "reached" not in row.clear.text
    assert "&quot;end&quot;: &quot;reached&quot;" in opened(client, admin, integration, row)


def test_bytes_that_no_decoder_read_are_shown_in_hex(
    client: Client, admin: User, integration: Integration, give
) -> None:
    html = opened(client, admin, integration, give(b"\xff\xd8\xff\xe0\x9c\xed"))
    assert "No decoder could read this record." in html
    assert re.search(r"open>\s*<summary>Bytes", html)
    assert "ff d8 ff e0 9c ed" in html


@pytest.mark.parametrize(
    "data",
    [
        json.dumps({SECRET: SECRET, "long": SECRET * 1_000}).encode(),
        gzip.compress(json.dumps({SECRET: SECRET * 1_000}).encode()),
        f"text with {SECRET}".encode(),
        b"\x00\xff" + SECRET.encode(),
        kpl((SECRET, json.dumps({SECRET: SECRET}).encode()), (SECRET, SECRET.encode())),
    ],
    ids=["json", "gzip", "text", "binary", "kpl"],
)
def test_a_masked_viewer_is_sent_no_byte_of_a_value(
    client: Client, operator: User, integration: Integration, give, data: bytes
) -> None:
    row = give(data, SECRET)
    html = opened(client, operator, integration, row)
    for text in (SECRET, SECRET.encode().hex(" "), SECRET.encode().hex()):
        assert text not in html
    assert "the bytes have values, and you see this client’s records masked" in html
    assert "the text as it was sent has values" in html
    assert "record/bytes/" not in html
    assert RecordRead.objects.get().is_masked


def test_masked_staff_who_may_download_get_no_bytes(client: Client, integration: Integration, give) -> None:
    client.force_login(person("support", is_staff=True, staff_role=StaffRole.SUPPORT))
    answer = client.get(url(integration, give(f"a {SECRET}".encode()), "bytes/"))
    assert answer.status_code == 403
    assert SECRET not in answer.content.decode()


def test_what_was_masked_by_another_list_of_fields_is_withheld(
    client: Client, operator: User, integration: Integration, northwind: Tenant, give
) -> None:
    row = give(b'{"a": "' + SECRET.encode() + b'"}', allowed=("a",))
    assert SECRET not in opened(client, operator, integration, row)
    RecordAccess.objects.create(tenant=northwind, fields=["a"])
    assert SECRET in opened(client, operator, integration, row)


def test_a_row_that_is_no_longer_kept_is_offered_in_the_history(
    client: Client, admin: User, integration: Integration, clean_redis: str
) -> None:
    html = on_one_line(opened(client, admin, integration, "f" * 16))
    assert "This record is no longer kept on the server." in html
    assert "?from=AT_SEQUENCE_NUMBER&amp;sequence=4959&amp;shard=shardId-000000000006" in html
    assert not RecordRead.objects.exists()
    answer = client.get(url(integration, "f" * 16, "bytes/"))
    assert answer.status_code == 302
    assert "This record is no longer kept" in client.get(answer["Location"]).content.decode()
    garbage = f"/t/northwind/streams/{integration.uid}/record/?row=%00&shard=<b>&at=" + "9" * 500
    assert "history</a>" not in client.get(garbage, headers=AS_HTMX).content.decode()


def test_another_tenants_record_is_not_found(client: Client, outsider: User, integration: Integration, give) -> None:
    row = give(b'{"a": 1}')
    client.force_login(outsider)
    for part in ("", "bytes/"):
        assert client.get(url(integration, row, part)).status_code == 404
        assert client.get(url(integration, row, part).replace("northwind", "contoso")).status_code == 404


def test_who_may_not_download_sees_bytes_and_no_link(
    client: Client, admin: User, integration: Integration, northwind: Tenant, give
) -> None:
    northwind.withheld_rights = [entry(Role.ADMIN, Right.DOWNLOAD_RECORDS)]
    northwind.save()
    row = give(b'{"a": 1}')
    html = opened(client, admin, integration, row)
    assert "00000000  7b 22" in html
    assert "record/bytes/" not in html
    assert client.get(url(integration, row, "bytes/")).status_code == 403
