"""The page of estimates: it works by its address alone, keeps what was typed, and is each tenant's own."""

from collections.abc import Mapping

import pytest
from django.test import Client
from django.urls import reverse

from portal.tenancy.models import Tenant
from tests.onboarding.pages import signed_in, tenant_with_admin
from tests.world import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> tuple[Tenant, Client]:
    return tenant_with_admin()


def page_of(client: Client, tenant: Tenant, typed: Mapping[str, str], *, htmx: bool = False) -> str:
    headers = {"HX-Request": "true"} if htmx else {}
    answer = client.get(reverse("estimate", kwargs={"slug": tenant.slug}), typed, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def typed(**numbers: str) -> dict[str, str]:
    return {"records_per_second": "1000", "region": "us-east-1", **numbers}


def test_before_anyone_types_nothing_is_estimated(admin: tuple[Tenant, Client]) -> None:
    tenant, client = admin
    page = page_of(client, tenant, {})
    assert "Enter the records per second to see the shards and the cost." in page
    assert 'value="1024"' in page


def test_the_address_is_the_estimate(admin: tuple[Tenant, Client]) -> None:
    tenant, client = admin
    page = page_of(client, tenant, typed(deliveries="1", retention_hours="48", shard_level_metrics="on"))
    for expected in (
        "<b>1 shard.</b>",
        "The number of records is the limit: 1,000 records/s; a shard accepts 1,000 records/s.",
        "10.95",
        "Shard-level metrics",
        "Extended retention",
        "Firehose",
        "Provisioned is cheaper at every rate of such records.",
        "by prices of 30 Nov 2026 for us-east-1",
        "and the metrics that Sluice reads",
        'hx-replace-url="true"',
    ):
        assert expected in page, expected
    assert "<b>2 shards.</b>" in page_of(client, tenant, typed(records_per_second="1001"))


def test_htmx_receives_the_estimate_alone(admin: tuple[Tenant, Client]) -> None:
    tenant, client = admin
    part = page_of(client, tenant, typed(), htmx=True)
    assert "<b>1 shard.</b>" in part
    assert "<form" not in part


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        (
            {"records_per_second": "1,500"},
            "“1,500” can mean 1500 or 1.5. For 1500, enter 1500 or 1\N{NO-BREAK SPACE}500. For 1.5, enter 1.5.",
        ),
        ({"records_per_second": "0"}, "The minimum is 0.001."),
        ({"records_per_second": "-3"}, "Enter a number that is not negative."),
        ({"records_per_second": "1e9"}, "This is not a number."),
        ({"records_per_second": "99999999999"}, "The maximum is 10,000,000."),
        ({"records_per_second": "9" * 61}, "at most 60 characters"),
        ({"record_bytes": "0"}, "The minimum is 1."),
        ({"fanout_consumers": "21"}, "The maximum is 20."),
        ({"retention_hours": "23"}, "The minimum is 24."),
        ({"deliveries": "21"}, "The maximum is 20."),
        ({"region": "mars-1"}, "mars-1 is not one of the available choices"),
    ],
)
def test_a_number_that_cannot_be_used_is_kept_and_explained(
    admin: tuple[Tenant, Client], numbers: dict[str, str], expected: str
) -> None:
    tenant, client = admin
    page = page_of(client, tenant, typed(**numbers))
    assert expected in page
    assert "shard.</b>" not in page
    part = page_of(client, tenant, typed(**numbers), htmx=True)
    for name, text in numbers.items():
        at_field = part.partition(f'hx-swap-oob="innerHTML:#id_{name}_live"')[2].partition("hx-swap-oob")[0]
        assert expected in at_field
        if name != "region":
            assert f'value="{text}"' in page


def test_both_ways_of_writing_a_fraction(admin: tuple[Tenant, Client]) -> None:
    tenant, client = admin
    for text in ("1 000,001", "1,000.001", "1.000,001", "1000.001", "1000,001"):
        assert "<b>2 shards.</b>" in page_of(client, tenant, typed(records_per_second=text)), text


def test_empty_fields_are_the_usual(admin: tuple[Tenant, Client]) -> None:
    tenant, client = admin
    names = (
        "record_bytes",
        "burst_factor",
        "average_percent",
        "shared_consumers",
        "fanout_consumers",
        "devices",
        "deliveries",
    )
    page = page_of(client, tenant, typed(**dict.fromkeys(names, ""), retention_hours=""))
    assert "<b>1 shard.</b>" in page


def test_a_region_without_a_source_says_so(admin: tuple[Tenant, Client]) -> None:
    tenant, client = admin
    page = page_of(client, tenant, typed(region="eu-north-1"))
    assert "No source for the prices of eu-north-1 was found. These are the prices of us-east-1" in page


def test_members_see_it_and_no_one_else_does(admin: tuple[Tenant, Client]) -> None:
    tenant, _ = admin
    viewer = signed_in(person("viewer@northwind.example", tenant, "viewer").email)
    assert "Enter the records per second" in page_of(viewer, tenant, {})
    _, outsider = tenant_with_admin("fabrikam")
    assert outsider.get(reverse("estimate", kwargs={"slug": tenant.slug})).status_code == 404
