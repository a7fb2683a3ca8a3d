"""The pages of access to records: fields, rights, unmasking, and the download; each as its people see it."""

import json
import time

import pytest
from django.test import Client

from monitoring.field_catalogue import stored
from monitoring.models import RecordRead, Unmasking
from monitoring.records.allowed_fields import allowed_fields
from monitoring.records.selection import Selection
from onboarding.models.integration import Integration
from portal.tenancy import proof
from portal.tenancy.models import StaffRole, Tenant, User
from tests.markup import on_one_line
from tests.monitoring.conftest import person
from tests.monitoring.field_catalogue.test_stored import sampled
from tests.monitoring.test_views import give_record
from tests.monitoring.unmasking.test_acts import begin

pytestmark = pytest.mark.django_db
PAGE = "/t/northwind/record-access/"


@pytest.fixture(autouse=True)
def redis(clean_redis: str) -> str:
    return clean_redis


@pytest.fixture
def support(db: None) -> User:
    return person("support", is_staff=True, staff_role=StaffRole.SUPPORT)


@pytest.fixture
def stream(integration: Integration) -> str:
    return f"/t/northwind/streams/{integration.uid}/"


@pytest.fixture
def as_admin(client: Client, admin: User) -> Client:
    client.force_login(admin)
    return client


@pytest.fixture
def as_support(client: Client, support: User) -> Client:
    client.force_login(support)
    confirm(client)
    return client


def confirm(client: Client) -> None:
    session = client.session
    session[proof.CONFIRMED_AT] = time.time()
    session.save()


def test_fields_are_saved_and_shown(as_admin: Client, northwind: Tenant) -> None:
    answer = as_admin.post(PAGE, {"do": "fields", "paths": "b\na.c", "shows_partition_key": "on"}, follow=True)
    assert "Saved." in answer.content.decode()
    assert "a.c\nb</textarea>" in answer.content.decode()
    assert len(allowed_fields(northwind.pk)) == 3


@pytest.mark.parametrize("typed", ["a..b", "<script>.", "x" * 20_300])
def test_garbage_is_kept_with_its_reason_and_changes_nothing(as_admin: Client, northwind: Tenant, typed: str) -> None:
    answer = as_admin.post(PAGE, {"do": "fields", "paths": typed})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Error: Who sees records" in page
    assert "<script>." not in page
    assert typed.replace("<", "&lt;").replace(">", "&gt;") in page
    assert allowed_fields(northwind.pk) == frozenset()


def test_withholding_unmasking_masks_at_once(
    as_admin: Client, northwind: Tenant, support: User, integration: Integration
) -> None:
    act = begin(support, northwind, integration)
    page = on_one_line(as_admin.get(PAGE).content.decode())
    assert support.email in page
    assert "Reason: Ticket 4711" in page
    as_admin.post(PAGE, {"do": "rights", "download_records_admin": "on", "download_records_viewer": "on"})
    northwind.refresh_from_db()
    assert northwind.withheld_rights == ["support:download_records", "support:unmask"]
    act.refresh_from_db()
    assert act.ended_at is not None
    assert "Records are unmasked now" not in as_admin.get(PAGE).content.decode()


def test_an_admin_ends_an_act(as_admin: Client, northwind: Tenant, support: User) -> None:
    act = begin(support, northwind)
    as_admin.post(PAGE, {"do": "end", "uid": act.uid})
    as_admin.post(PAGE, {"do": "end", "uid": "unknown"})
    assert as_admin.post(PAGE, {"do": "garbage"}).status_code == 302
    act.refresh_from_db()
    assert act.ended_at is not None


def test_support_unmasks_after_a_confirmation_and_ends_it(
    as_support: Client, stream: str, integration: Integration, redis: str
) -> None:
    give_record(integration, redis)
    assert "a secret" not in as_support.get(stream).content.decode()
    typed = {"reason": "Ticket 4711", "scope": "stream", "minutes": "15"}
    session = as_support.session
    session[proof.CONFIRMED_AT] = 0
    session.save()
    assert "/accounts/confirm/?why=unmask" in as_support.post(f"{stream}unmask/", typed)["Location"]
    assert not Unmasking.objects.exists()
    confirm(as_support)
    assert as_support.post(f"{stream}unmask/", typed)["Location"] == stream
    page = on_one_line(as_support.get(stream).content.decode())
    assert "a secret" in page
    assert "Values are shown to you, and the client was notified." in page
    assert "events/stream/" + integration.uid + "/clear/" in page
    session = as_support.session
    session[proof.CONFIRMED_AT] = 0
    session.save()
    as_support.post(f"{stream}unmask/", {"do": "end"})  # needs no confirmation
    assert "a secret" not in as_support.get(stream).content.decode()
    assert set(RecordRead.objects.values_list("is_masked", flat=True)) == {True, False}


@pytest.mark.parametrize(
    "typed",
    [{}, {"reason": "", "scope": "stream", "minutes": "15"}, {"reason": "x", "scope": "all", "minutes": "15"},
     {"reason": "x", "scope": "tenant", "minutes": "600"}],
)  # fmt: skip
def test_an_act_that_is_not_valid_is_refused(as_support: Client, stream: str, typed: dict) -> None:
    answer = as_support.post(f"{stream}unmask/", typed)
    assert answer.status_code == 422
    assert not Unmasking.objects.exists()


def test_an_open_page_loads_again_when_unmasking_begins_and_ends(
    as_support: Client, stream: str, northwind: Tenant, support: User
) -> None:
    def refreshes(audience: str, **headers: str) -> bool:
        answer = as_support.get(f"{stream}?part=records&as={audience}", headers=headers)
        return answer.get("HX-Refresh") == "true"

    assert not refreshes("masked", **{"HX-Request": "true"})
    begin(support, northwind)
    assert refreshes("masked", **{"HX-Request": "true"})
    assert not refreshes("clear", **{"HX-Request": "true"})
    assert not refreshes("masked")  # a page that was opened as such is not blank
    Unmasking.objects.update(ended_at="2026-01-01T00:00Z")
    assert refreshes("clear", **{"HX-Request": "true"})


def lines(client: Client, stream: str) -> list[dict]:
    answer = client.get(f"{stream}newest-records.jsonl")
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith('attachment; filename="sluice-sensors-')
    return [json.loads(line) for line in b"".join(answer).decode().splitlines()]


def test_a_download_is_as_the_person_sees_it_and_is_noted(
    client: Client, admin: User, support: User, stream: str, integration: Integration, redis: str
) -> None:
    give_record(integration, redis)
    client.force_login(admin)
    [line] = lines(client, stream)
    assert line == {
        "shard_id": "shardId-000000000006",
        "sequence_number": "1",
        "partition_key": "bldg-7/leak",
        "arrived_at": "2026-11-21T16:00:30+00:00",
        "decoded_as": "JSON",
        "size_bytes": 19,
        "data_record_bytes": 19,
        "omitted_records": 0,
        "is_masked": False,
        "is_withheld": False,
        "is_refused": False,
        "is_whole": True,
        "omitted_size": 0,
        "omitted_reason": "",
        "data": '{"wet": "a secret"}',
        "bytes_base64": "",
    }
    client.force_login(support)
    [masked] = lines(client, stream)
    assert (masked["data"], masked["partition_key"], masked["is_masked"]) == ('{"•••1": "•••"}', "•••", True)
    reads = RecordRead.objects.filter(source="download").order_by("pk")
    assert [(read.email, read.is_masked, read.records) for read in reads] == [
        (admin.email, False, 1),
        (support.email, True, 1),
    ]


def test_a_withheld_download_is_refused_and_not_offered(
    as_admin: Client, northwind: Tenant, stream: str, integration: Integration, redis: str
) -> None:
    assert "newest-records.jsonl" in as_admin.get(stream).content.decode()
    Tenant.objects.update(withheld_rights=["admin:download_records"])
    assert "newest-records.jsonl" not in as_admin.get(stream).content.decode()
    assert as_admin.get(f"{stream}newest-records.jsonl").status_code == 403


def test_a_download_has_what_the_filter_of_the_page_found_and_is_noted_with_it(
    as_admin: Client, stream: str, integration: Integration, redis: str
) -> None:
    give_record(integration, redis)
    typed = "?filter=wet+%3D+%22dry%22&columns=wet"
    not_in_use = as_admin.get(f"{stream}newest-records.jsonl{typed}")
    assert not_in_use["Location"].startswith(f"{stream}?filter=wet")
    html = on_one_line(as_admin.get(f"{stream}{typed}").content.decode())
    assert 'newest-records.jsonl?filter=wet+%3D+%22dry%22&amp;columns=wet"' in html
    assert b"".join(as_admin.get(f"{stream}newest-records.jsonl{typed}")) == b""
    key = Selection('wet = "dry"', "wet").key(integration.uid)
    give_record(integration, redis, b'{"wet": "dry"}', key=key)
    answer = as_admin.get(f"{stream}newest-records.jsonl{typed}")
    assert [json.loads(line)["data"] for line in b"".join(answer).splitlines()] == ['{"wet": "dry"}']
    assert [read.filter_text for read in RecordRead.objects.filter(source="download")] == ['wet = "dry"']


@pytest.mark.parametrize("typed", ["?filter=wet+%3D", "?filter=wet+%3D+%22a+secret%22"])
def test_a_refused_filter_downloads_nothing_and_leads_to_its_reason(
    as_support: Client, stream: str, integration: Integration, redis: str, typed: str
) -> None:
    give_record(integration, redis)
    give_record(integration, redis, key=Selection('wet = "a secret"').key(integration.uid))
    answer = as_support.get(f"{stream}newest-records.jsonl{typed}")
    assert (answer.status_code, answer["Location"]) == (302, f"{stream}{typed}&columns=#records-title")
    assert "newest-records.jsonl" not in as_support.get(f"{stream}{typed}").content.decode()
    assert not RecordRead.objects.exists()


def test_the_reason_why_staff_cannot_search_is_with_the_error(as_support: Client, stream: str) -> None:
    html = on_one_line(as_support.get(f"{stream}?filter=wet+%3D+1").content.decode())
    assert "@size and @decoder. Values could be found out by searching for them.</span>" in html


@pytest.mark.parametrize("address", ["", "records/"])
def test_a_field_that_no_record_has_is_said_below_the_filter(
    client: Client, admin: User, support: User, stream: str, integration: Integration, address: str
) -> None:
    stored.add(integration.pk, sampled([{"reading": {"celsius": 20}}] * 100).kinds, ())
    client.force_login(admin)
    html = on_one_line(client.get(f"{stream}{address}?filter=celsius+%3E+30&columns=floor").content.decode())
    assert "Such as <code>reading.celsius &gt; 0</code>, or text in quotes" in html
    assert "the field celsius. Did you mean reading.celsius?" in html
    assert "the field floor." in html
    client.force_login(support)
    masked = on_one_line(client.get(f"{stream}{address}?filter=&columns=floor,celsius").content.decode())
    assert "Such as <code>@size &gt; 100 and @decoder = &quot;JSON&quot;</code>." in masked
    assert "No record sampled so far" not in masked
    assert "reading.celsius &gt;" not in masked


def test_a_page_with_a_filter_says_once_that_nothing_was_read_yet(as_admin: Client, stream: str) -> None:
    assert "No records read yet" in as_admin.get(stream).content.decode()
    html = as_admin.get(f"{stream}?filter=wet+%3D+1").content.decode()
    assert ("No records read yet" in html, "No matching records yet" in html) == (False, True)
