"""The page of a stream's fields: full, empty, by kind, masked for the vendor's staff."""

import re
from html import unescape
from io import StringIO
from typing import Any
from urllib.parse import unquote

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from monitoring.field_catalogue import stored
from monitoring.field_catalogue.kind_services import choose_kind_field
from monitoring.field_model import FieldCatalogue
from monitoring.record_access_model import RecordAccess
from monitoring.record_read_model import ReadSource, RecordRead
from onboarding.models.integration import Integration
from portal.tenancy.models import User
from tests.markup import on_one_line
from tests.monitoring.field_catalogue.test_stored import DOOR, THERMOMETER, sampled

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty_redis(clean_redis: str) -> None:
    """The page holds its topic in it."""


def address(integration: Integration, query: str = "") -> str:
    return reverse("fields", kwargs={"slug": integration.tenant.slug, "uid": integration.uid}) + query


def page(client: Client, user: User, integration: Integration, query: str = "") -> str:
    client.force_login(user)
    answer = client.get(address(integration, query))
    assert answer.status_code == 200
    return on_one_line(answer.content.decode())


def paths(html: str) -> list[str]:
    rows = re.findall(r'<td class="mono cell-wide">.*?</td>', html)
    return [unescape(re.sub(r"<[^>]*>", "", row)).strip() for row in rows]


def learned(integration: Integration, records: list[Any], by: tuple[str, ...] = ()) -> None:
    stored.add(integration.pk, sampled(records, by=by).kinds, by)


def test_a_stream_without_a_sample_says_why_and_what_to_do(
    client: Client, admin: User, integration: Integration
) -> None:
    html = page(client, admin, integration)
    assert "No fields seen yet" in html
    assert "Keep it open" in html
    assert 'id="kinds"' not in html


def test_a_connection_that_allows_no_samples_is_named(client: Client, admin: User, integration: Integration) -> None:
    connection = integration.connection
    assert connection is not None
    connection.allow_sampling = False
    connection.save()
    html = page(client, admin, integration)
    assert "Record samples are turned off" in html
    assert "No fields seen yet" not in html


def test_fields_with_types_and_shares(client: Client, admin: User, integration: Integration) -> None:
    learned(integration, [{"reading": {"celsius": 1.5}, "tags": ["a"], "zone name": None}, {"reading": {"celsius": 2}}])
    html = page(client, admin, integration)
    assert paths(html) == ["reading", "reading.celsius", "tags", "`zone name`"]
    assert "2 records were sampled since" in html
    assert ">integer, number<" in html
    assert ">array of string<" in html
    assert ">50%<" in html
    assert "12 Jan 1970, 13:46" in html


def test_a_field_leads_to_the_search_for_it(client: Client, admin: User, integration: Integration) -> None:
    learned(integration, [{"zone name": 1, "a": {"6f1f3f9e-6f0e-4a57-9d5f-0c2f6a1b2c3d": 1}}])
    html = page(client, admin, integration)
    links = [unquote(link) for link in re.findall(r"records/\?filter=([^\"]+)", html)]
    assert links == ["a exists", "`zone name` exists"]
    answer = client.get(reverse("records", kwargs={"slug": "northwind", "uid": integration.uid}), {"filter": links[1]})
    assert 'value="`zone name` exists"' in answer.content.decode()


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("", ["a", "b", "c"]),
        ("-field", ["c", "b", "a"]),
        ("share", ["c", "a", "b"]),
        ("-share", ["b", "a", "c"]),
        ("nonsense", ["a", "b", "c"]),
    ],
)
def test_the_table_is_sorted(
    client: Client, admin: User, integration: Integration, sort: str, expected: list[str]
) -> None:
    learned(integration, [{"a": 1, "b": 1}, {"b": 1, "c": 1}, {"b": 1, "a": 1}])
    assert paths(page(client, admin, integration, f"?sort={sort}")) == expected


def test_controls_and_markup_in_names_are_shown(client: Client, admin: User, integration: Integration) -> None:
    learned(integration, [{"<script>\x1b\u202e": 1}])
    html = page(client, admin, integration)
    assert paths(html) == ["`<script>␛⟨U+202E⟩`"]
    assert "&lt;script&gt;" in html


def test_each_kind_has_its_fields(client: Client, admin: User, integration: Integration) -> None:
    choose_kind_field(integration_id=integration.pk, path=("type",), actor=admin)
    learned(integration, [THERMOMETER, DOOR, DOOR], ("type",))
    html = page(client, admin, integration)
    kinds = dict(re.findall(r'\?kind=(\d+)&amp;sort=field"[^>]*>([^<]+)<', html))
    assert list(kinds.values()) == ["All records", "door", "thermometer"]
    door = next(key for key, label in kinds.items() if label == "door")
    html = page(client, admin, integration, f"?kind={door}&part=fields")
    assert paths(html) == ["open", "type"]
    assert "2 records were sampled" in html


def test_whoever_is_sent_the_values_that_name_kinds_is_noted(
    client: Client, admin: User, operator: User, integration: Integration
) -> None:
    learned(integration, [THERMOMETER, DOOR])
    page(client, admin, integration)
    assert not RecordRead.objects.exists(), "without a field that names kinds no value is shown"
    choose_kind_field(integration_id=integration.pk, path=("type",), actor=admin)
    learned(integration, [THERMOMETER, DOOR], ("type",))
    page(client, operator, integration)
    assert not RecordRead.objects.exists(), "they are masked"
    page(client, admin, integration)
    page(client, admin, integration, "?part=fields")
    RecordAccess.objects.create(tenant=integration.tenant, fields=["type"])
    page(client, operator, integration)
    noted = list(RecordRead.objects.order_by("pk").values_list("email", "source", "records", "is_masked", "shards"))
    assert noted == [
        (admin.email, ReadSource.KINDS, 4, False, {}),
        (operator.email, ReadSource.KINDS, 2, True, {}),
    ]


def test_an_admin_chooses_the_field_of_kinds_and_a_viewer_does_not(
    client: Client, admin: User, operator: User, integration: Integration
) -> None:
    learned(integration, [THERMOMETER])
    client.force_login(admin)
    assert "type (proposed)" in client.get(address(integration)).content.decode()
    assert client.post(address(integration), {"kind_field": "celsius"}).status_code == 422
    assert client.post(address(integration), {"kind_field": "type"}).status_code == 302
    assert FieldCatalogue.objects.get().kind_field == ["type"]
    assert stored.kind_field(integration.pk) == ("type",)
    assert '<option value="type" selected>' in client.get(address(integration)).content.decode()
    client.force_login(operator)
    assert client.post(address(integration), {"kind_field": ""}).status_code == 403


def test_staff_see_only_the_names_that_the_client_allows(
    client: Client, admin: User, operator: User, integration: Integration
) -> None:
    choose_kind_field(integration_id=integration.pk, path=("type",), actor=admin)
    learned(integration, [{**THERMOMETER, "reading": {"celsius": 1, "Alice": 2}, "a.b": 1}], ("type",))
    html = page(client, operator, integration)
    assert set(paths(html)) == {"•••"}
    for word in ("celsius", "Alice", "thermometer", "a.b"):
        assert word not in html, word
    assert "Kind 1" in html
    assert "The field that names it is masked." in html
    RecordAccess.objects.create(tenant=integration.tenant, fields=["reading.celsius", "type"])
    html = page(client, operator, integration)
    assert paths(html) == ["reading", "reading.celsius", "type", "•••", "•••", "•••"]
    assert "3 names are masked" in html
    assert "thermometer" in html
    assert re.findall(r"records/\?filter=([^\"]+)", html) == ["reading.celsius%20exists", "type%20exists"]
    assert "Alice" not in html


def test_the_kinds_of_a_name_with_a_dot_stay_masked(
    client: Client, admin: User, operator: User, integration: Integration
) -> None:
    """`{"a.kind": …}` is not the allowed field a.kind, which is `{"a": {"kind": …}}`."""
    choose_kind_field(integration_id=integration.pk, path=("a.kind",), actor=admin)
    learned(integration, [{"a.kind": "badge 4711"}], ("a.kind",))
    RecordAccess.objects.create(tenant=integration.tenant, fields=["a.kind"])
    html = page(client, operator, integration)
    assert "Kind 1" in html
    assert "badge" not in html
    out = StringIO()
    call_command("stream", "fields", integration.uid, "--tenant", "northwind", stdout=out)
    assert "badge" not in out.getvalue()


def test_another_tenant_finds_nothing(client: Client, outsider: User, integration: Integration) -> None:
    client.force_login(outsider)
    assert client.get(address(integration)).status_code == 404


def test_any_name_is_explained_where_a_path_has_it(client: Client, admin: User, integration: Integration) -> None:
    learned(integration, [{"zone": "north"}])
    assert "any name. Names that are data" not in page(client, admin, integration)
    learned(integration, [{"devices": {"123456789": 1}}])
    html = page(client, admin, integration)
    assert "devices.*" in paths(html)
    assert "any name. Names that are data" in html
