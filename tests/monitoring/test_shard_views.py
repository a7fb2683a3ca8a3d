"""The page of a stream's shards."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from monitoring.models import StreamShards
from monitoring.shards.stored import MAX_KEPT, keep_shards, listed_shards
from onboarding.models.integration import Integration
from portal import live
from portal.tenancy.models import User
from tests.markup import on_one_line
from tests.monitoring.shards.listed import RESHARDED, shard, shard_id

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture(autouse=True)
def empty_redis(clean_redis: str) -> None:
    """Pages request a collection through it; there is no worker here to carry it out."""


@pytest.fixture
def resharded(integration: Integration) -> Integration:
    keep_shards(integration.pk, [shard(0, 0, 8)], {}, now=NOW - timedelta(hours=1))
    keep_shards(integration.pk, RESHARDED, {shard_id(5): 0.97, shard_id(2): 0.1}, now=NOW)
    return integration


def page(client: Client, user: User, integration: Integration, query: str = "") -> str:
    client.force_login(user)
    answer = client.get(reverse("shards", kwargs={"slug": integration.tenant.slug, "uid": integration.uid}) + query)
    assert answer.status_code == 200
    return on_one_line(answer.content.decode())


def order(html: str) -> list[str]:
    return [part.split("<")[0][-1] for part in html.split('<th scope="row" class="mono nowrap">')[1:]]


def test_before_the_first_list_nothing_is_claimed_and_one_is_requested(
    client: Client, admin: User, integration: Integration
) -> None:
    html = page(client, admin, integration)
    assert "Shards not read yet" in html
    assert " open" not in html.split("<main")[1].split("Open and closed")[0]
    assert live.connect().exists(f"collection_requested:{integration.uid}")
    assert [topic for topic in live.watched("stream:") if integration.uid in topic] != []


def test_open_and_closed_shards_have_their_relatives_times_and_use(
    client: Client, admin: User, resharded: Integration
) -> None:
    html = page(client, admin, resharded)
    assert "2 open, 4 closed" in html
    rows = {part[:20]: part.split("</tr>")[0] for part in html.split('<th scope="row" class="mono nowrap">')[1:]}
    merged, first, split = (rows[shard_id(number)] for number in (5, 0, 1))
    assert "97 %" in merged
    assert "0003, 0004" in merged
    assert "is-attention" in merged
    assert "0 % to 50 %" in merged
    assert f"{2**127 - 1}" in merged
    closed = NOW + timedelta(hours=resharded.spec["stream"]["retention_hours"])
    assert f"readable until {closed:%-d %b, %H:%M} UTC at the latest" in first
    assert f"between {NOW - timedelta(hours=1):%-d %b, %H:%M} and" in first
    assert f"before {NOW:%-d %b, %H:%M}" in split, "it was never seen open"
    assert 'class="lineage"' in html


def test_the_table_is_sorted_and_filtered_by_its_address(client: Client, admin: User, resharded: Integration) -> None:
    assert order(page(client, admin, resharded, "?sort=shard")) == list("012345")
    assert order(page(client, admin, resharded, "?sort=-shard&state=open")) == list("52")
    assert order(page(client, admin, resharded, "?sort=-usage&state=open")) == list("52")
    assert order(page(client, admin, resharded, "?sort=usage&state=closed")) == list("0134")
    assert order(page(client, admin, resharded, "?sort=nonsense&state=nonsense&page=none")) == list("013542")
    keep_shards(resharded.pk, [shard(9, 0, 8)], {}, now=NOW + timedelta(minutes=1))
    assert "No such shards" in page(client, admin, resharded, "?state=closed")
    assert "lineage" not in page(client, admin, resharded, "?part=shards").replace("lineage-closed", "")


def test_a_stream_of_500_shards_has_pages_and_no_drawing(client: Client, admin: User, integration: Integration) -> None:
    many = [shard(number, 0, 8) for number in range(500)]
    keep_shards(integration.pk, many, {shard_id(number): number / 500 for number in range(500)}, now=NOW)
    html = page(client, admin, integration, "?sort=-usage&page=2")
    assert "101 to 200 of 500" in html
    assert html.count('<th scope="row" class="mono nowrap">') == 100
    assert 'class="lineage"' not in html


def test_a_late_list_replaces_no_newer_one_and_open_shards_are_kept_first(integration: Integration) -> None:
    keep_shards(integration.pk, [shard(0, 0, 8)], {}, now=NOW)
    keep_shards(integration.pk, RESHARDED, {}, now=NOW - timedelta(seconds=1))
    assert [each.shard_id for each in _kept(integration)] == [shard_id(0)]
    many = [shard(number, 0, 8, is_open=number < 10) for number in range(MAX_KEPT + 20)]
    keep_shards(integration.pk, many, {}, now=NOW + timedelta(seconds=1))
    kept = _kept(integration)
    assert (len(kept), sum(each.is_open for each in kept)) == (MAX_KEPT, 10)
    assert kept[10].shard_id == shard_id(30), "of the closed ones the oldest are left out"
    assert StreamShards.objects.get().omitted == 20


def test_outsiders_find_nothing(client: Client, resharded: Integration, outsider: User) -> None:
    client.force_login(outsider)
    for slug in ("northwind", "contoso"):
        assert client.get(reverse("shards", kwargs={"slug": slug, "uid": resharded.uid})).status_code == 404


def _kept(integration: Integration) -> tuple:
    listed = listed_shards(integration.pk)
    assert listed is not None
    return listed.shards
