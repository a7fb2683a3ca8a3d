"""Hot keys on the stream's page, and the page and command that compute the shard of a key."""

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from monitoring.hot_keys.report import KeyShare, Report, ShardReport
from monitoring.hot_keys.stored import store_report
from monitoring.record_read_model import RecordRead
from monitoring.shards.known_shard import HASH_KEYS
from monitoring.shards.stored import keep_shards
from onboarding.models.integration import Integration
from portal.tenancy.models import User
from tests.markup import on_one_line
from tests.monitoring.shards.listed import RESHARDED

pytestmark = pytest.mark.django_db
NOW = timezone.now()
HOT = Report(
    stream_name="sluice-sensors",
    since=NOW,
    until=NOW,
    records=2000,
    bytes=40_000,
    uncounted=0,
    shard_count=2,
    is_on_demand=False,
    shards=(
        ShardReport(
            "shardId-000000000002",
            (0, HASH_KEYS // 2 - 1),
            1800,
            36_000,
            1000,
            20_000,
            (KeyShare("<b>gateway-7</b>", (1500, 1600), (30_000, 32_000)),),
            (1, 2, 3),
        ),
    ),
)


@pytest.fixture(autouse=True)
def empty_redis(clean_redis: str) -> None:
    """Reports are stored in it."""


def address(name: str, integration: Integration) -> str:
    return reverse(name, kwargs={"slug": integration.tenant.slug, "uid": integration.uid})


def test_the_tenants_people_see_the_hot_key_with_its_bounds(
    client: Client, admin: User, integration: Integration
) -> None:
    store_report(integration.uid, HOT)
    client.force_login(admin)
    html = on_one_line(client.get(address("stream", integration)).content.decode())
    assert "One partition key carries at least 83%, at most 89% of the shard’s records" in html
    assert "&lt;b&gt;gateway-7&lt;/b&gt;" in html
    assert "<b>gateway-7" not in html
    assert "splitting the shard does not help" in html
    assert "Based on 2,000 records" in html


def test_staff_see_its_rank_only(client: Client, operator: User, integration: Integration) -> None:
    store_report(integration.uid, HOT)
    client.force_login(operator)
    for query in ("", "?part=hot_keys"):
        html = on_one_line(client.get(address("stream", integration) + query).content.decode())
        assert "Key 1 (masked)" in html
        assert "gateway-7" not in html


def test_who_is_sent_keys_is_noted_and_who_is_sent_ranks_is_not(
    client: Client, admin: User, operator: User, integration: Integration
) -> None:
    store_report(integration.uid, HOT)
    for person in (operator, admin):
        client.force_login(person)
        for query in ("", "?part=hot_keys"):
            client.get(address("stream", integration) + query)
        client.head(address("stream", integration))
    noted = RecordRead.objects.values_list("email", "source", "is_masked", "records", "shards")
    assert list(noted) == [(admin.email, "keys", False, 2, {})]


def test_before_anything_was_counted_nothing_is_claimed(client: Client, admin: User, integration: Integration) -> None:
    client.force_login(admin)
    html = client.get(address("stream", integration), {"part": "hot_keys"}).content.decode()
    assert "Nothing counted yet" in html


def test_the_shard_of_each_typed_key_is_shown_without_a_script(
    client: Client, admin: User, integration: Integration
) -> None:
    keep_shards(integration.pk, RESHARDED, {}, now=NOW)
    client.force_login(admin)
    answer = client.post(address("shard_of", integration), {"keys": "abc\r\n<i>\r\n", "hash_key": "0"})
    html = on_one_line(answer.content.decode())
    assert answer.status_code == 200
    assert "MD5 900150983cd24fb0d6963f7d28e17f72" in html
    assert "&lt;i&gt;" in html
    assert html.count("shardId-") == 3


def test_before_the_first_list_the_shard_is_not_known(client: Client, admin: User, integration: Integration) -> None:
    client.force_login(admin)
    html = client.post(address("shard_of", integration), {"keys": "abc"}).content.decode()
    assert "Not known: the shards are not listed yet" in html


def test_what_is_wrong_is_said_at_the_field_and_input_is_kept(
    client: Client, admin: User, integration: Integration
) -> None:
    client.force_login(admin)
    answer = client.post(address("shard_of", integration), {"keys": "k" * 257})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "A partition key has 1 to 256 characters." in html
    assert "k" * 257 in html


def printed(*arguments: str) -> str:
    out = io.StringIO()
    call_command("stream", "shard-of", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_prints_the_shard_of_each_key(integration: Integration) -> None:
    with pytest.raises(CommandError, match="not listed yet"):
        printed("sluice-sensors", "abc", "--tenant", "northwind")
    keep_shards(integration.pk, RESHARDED, {}, now=NOW)
    top = str(HASH_KEYS - 1)
    found = json.loads(printed("sluice-sensors", "abc", "--explicit-hash-key", top, "--tenant", "northwind", "--json"))
    assert [each["key"] for each in found["keys"]] == ["abc", top]
    assert all(each["shard_id"].startswith("shardId-") for each in found["keys"])
    line = printed("sluice-sensors", "abc", "--tenant", "northwind").strip().split("\t")
    assert line == ["abc", found["keys"][0]["shard_id"], str(int("900150983cd24fb0d6963f7d28e17f72", 16))]
    with pytest.raises(CommandError, match="Enter at least one"):
        printed("sluice-sensors", "--tenant", "northwind")
