import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from redis import Redis

from monitoring import series_store
from monitoring.decode.budget import MAX_RECORDS
from monitoring.models import HealthState, StateChange, StreamHealth
from monitoring.record_read_model import RecordRead
from monitoring.records.filter_counts import FilterCounts, store_filter_counts
from monitoring.records.read_counts import ReadCounts, store_counts
from monitoring.records.sample_buffer import SampleBuffer, monotonic_seconds
from monitoring.records.selection import MOST_SELECTIONS, Selection, remember
from monitoring.records.stream_topics import topic_of
from monitoring.records.tap_status import TapStatus, store_status
from monitoring.series import ShardSeries, StreamSeries
from onboarding.models.integration import Integration
from portal import live
from portal.aws.records import DataRecord
from portal.messages.message import Message
from portal.tenancy.models import Membership, Tenant, User
from tests.markup import on_one_line
from tests.monitoring.conftest import NOW, described, live_integration
from tests.monitoring.decode.test_decoder_chain import kpl
from tests.monitoring.poisoned import LONG_NUMBER, rows_of
from tests.onboarding.deliveries_examples import example

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty_redis(clean_redis: str) -> None:
    """Pages request a collection through it; there is no worker here to carry it out."""


def page(client: Client, user: User, integration: Integration, query: str = "") -> str:
    client.force_login(user)
    answer = client.get(address(integration) + query)
    assert answer.status_code == 200
    return on_one_line(answer.content.decode())


def address(integration: Integration) -> str:
    return reverse("stream", kwargs={"slug": integration.tenant.slug, "uid": integration.uid})


def give_record(
    integration: Integration, clean_redis: str, data: bytes = b'{"wet": "a secret"}', *, key: str = ""
) -> None:
    record = DataRecord("1", NOW, "bldg-7/leak", data, "shardId-000000000006")
    name = f"{integration.uid}:{key}" if key else integration.uid
    SampleBuffer(name, Redis.from_url(clean_redis)).add(rows_of(record), now=monotonic_seconds())


def give_health(integration: Integration, state: HealthState = HealthState.HEALTHY, **more: object) -> StreamHealth:
    measurements = {
        "records_per_second": 812.0,
        "write_usage_share": 0.41,
        "write_limit": {"unit": "records", "per_second": 2000},
        "busiest_shard": "",
        "iterator_age_seconds": 1.2,
        "deliveries": [
            {
                "name": "sluice-a-to-s3",
                "title": "S3",
                "freshness_seconds": 58,
                "success_share": 1,
                "delivered_records": 900,
            }
        ],
        "throttled_writes": 0,
        "last_record_at": NOW.isoformat(),
        "bytes_per_second": 830_000,
    }
    fields = {
        "message": Message("stream.receiving", records_per_second=812),
        "measurements": measurements,
        "sparkline": [1, 2, None, 3],
        "checked_at": timezone.now(),
    } | more
    return StreamHealth.objects.create(integration=integration, state=state, rank=state.rank, **fields)


def test_outsiders_find_nothing(client: Client, integration: Integration, outsider: User) -> None:
    client.force_login(outsider)
    for url in (address(integration), reverse("streams", kwargs={"slug": "northwind"}), reverse("board")):
        assert client.get(url).status_code == 404


def test_another_tenants_stream_is_not_found_under_ones_own_address(
    client: Client, integration: Integration, outsider: User
) -> None:
    client.force_login(outsider)
    assert client.get(reverse("stream", kwargs={"slug": "contoso", "uid": integration.uid})).status_code == 404


def test_visitors_are_asked_to_sign_in(client: Client, integration: Integration) -> None:
    for url in (address(integration), reverse("streams", kwargs={"slug": "northwind"}), reverse("board")):
        assert client.get(url).url.startswith("/accounts/login/")


def test_a_stream_shows_the_history_of_its_states(client: Client, integration: Integration, admin: User) -> None:
    client.force_login(admin)
    page = client.get(address(integration)).content.decode()
    assert "The first check begins the history." in page
    for minutes, state in ((90, "failing"), (30, "healthy")):
        message = Message("stream.receiving", records_per_second=minutes)
        at = timezone.now() - timedelta(minutes=minutes)
        StateChange.objects.create(integration=integration, state=state, message=message, at=at)
    rows = client.get(address(integration), {"part": "states"}).content.decode()
    assert rows in client.get(address(integration)).content.decode()
    assert [text in rows for text in ("60 minutes", "until now", "Receiving 90 records/s.")] == [True] * 3


def test_pages_accept_no_post(client: Client, integration: Integration, admin: User) -> None:
    client.force_login(admin)
    assert client.post(address(integration)).status_code == 405


def test_the_board_of_all_is_for_staff(client: Client, integration: Integration, admin: User, operator: User) -> None:
    client.force_login(admin)
    assert client.get(reverse("board")).status_code == 404
    client.force_login(operator)
    assert "sluice-sensors" in client.get(reverse("board")).content.decode()


def test_the_tenants_own_people_see_records_and_staff_see_a_mask(
    client: Client, integration: Integration, admin: User, operator: User, clean_redis: str
) -> None:
    give_record(integration, clean_redis)
    for query in ("", "?part=records"):
        own = page(client, admin, integration, query)
        assert "a secret" in own
        assert "bldg-7/leak" in own
        staff = page(client, operator, integration, query)
        assert "a secret" not in staff
        assert "bldg-7/leak" not in staff
        assert "•••" in staff
    assert f"/events/stream/{integration.uid}/masked/" in page(client, operator, integration)
    assert f"/events/stream/{integration.uid}/clear/" in page(client, admin, integration)


def test_a_record_without_fields_is_withheld_from_staff_and_says_so(
    client: Client, integration: Integration, admin: User, operator: User, clean_redis: str
) -> None:
    give_record(integration, clean_redis, b"a secret in plain text")
    assert "a secret in plain text" in page(client, admin, integration, "?part=records")
    staff = page(client, operator, integration, "?part=records")
    assert "a secret" not in staff
    assert "Not shown: the record could not be split into fields" in staff


def test_a_record_lists_the_decoders_that_failed_with_their_reasons(
    client: Client, integration: Integration, admin: User, clean_redis: str
) -> None:
    give_record(integration, clean_redis, b"a secret in plain text")
    text = page(client, admin, integration, "?part=records")
    assert "<li>JSON: JSON does not start with this character.</li>" in text


def test_a_record_cannot_become_markup(client: Client, integration: Integration, admin: User, clean_redis: str) -> None:
    give_record(integration, clean_redis, b'{"x": "<script>alert(1)</script>"}')
    assert "<script>alert" not in page(client, admin, integration, "?part=records")


def test_opening_the_page_starts_the_tap_without_counting_a_viewer(
    client: Client, integration: Integration, admin: User
) -> None:
    page(client, admin, integration)
    assert live.watched("stream:") == {f"stream:{integration.uid}:clear"}
    assert live.watchers(f"stream:{integration.uid}:clear") == 0


def test_opening_the_page_requests_one_collection(
    client: Client, integration: Integration, admin: User, clean_redis: str
) -> None:
    page(client, admin, integration)
    page(client, admin, integration)
    assert Redis.from_url(clean_redis).llen("metrics") == 1


def test_an_empty_page_says_why_and_when(client: Client, integration: Integration, admin: User) -> None:
    text = page(client, admin, integration)
    assert "No metrics collected yet." in text
    assert "about two minutes" in text
    assert "No recent records" in text


def test_a_failing_page_says_what_to_do(client: Client, integration: Integration, admin: User) -> None:
    give_health(
        integration,
        HealthState.FAILING,
        message=Message("stream.metrics_unavailable", reason=Message("aws.access_denied", operation="sts:AssumeRole")),
    )
    text = page(client, admin, integration)
    assert "Couldn’t read the metrics of this stream: AWS denied sts:AssumeRole" in text
    assert "Cause: your AWS account." in text
    assert "is-failing" in text


def test_a_full_page_shows_tiles_charts_and_shards(client: Client, integration: Integration, admin: User) -> None:
    described(integration)
    give_health(integration)
    points = tuple((NOW.replace(second=0) - timedelta(minutes=minute), 6000.0) for minute in range(30, 0, -1))
    shards = tuple(
        ShardSeries(f"shardId-00000000000{number}", number / 2, (number + 1) / 2, (), {"records": points})
        for number in range(2)
    )
    series_store.store(
        integration.uid,
        StreamSeries(NOW - timedelta(hours=3), NOW, {"records": points, "bytes": points}, shards),
    )
    for query in ("", "?part=metrics"):
        text = page(client, admin, integration, query)
        assert "812" in text
        assert "limit of the stream (2 shards): 2,000 records/s" in text
        assert "0% to 50% of hash keys" in text
        assert 'class="heatmap"' in text
        assert "style=" not in text


def test_every_delivery_has_a_row(client: Client, integration: Integration, admin: User) -> None:
    integration.spec = {**integration.spec, "deliveries": [example("s3"), example("splunk"), example("http")]}
    integration.save(update_fields=["spec"])
    known = [
        {
            "name": example("s3")["name"],
            "title": "S3",
            "freshness_seconds": 58,
            "success_share": 1,
            "delivered_records": 900,
        },
        {"name": example("splunk")["name"], "title": "Splunk", "freshness_seconds": 4000, "success_share": 0.5},
    ]
    give_health(integration, measurements={"deliveries": known})
    shown = page(client, admin, integration)
    assert all(example(kind)["name"] in shown for kind in ("s3", "splunk", "http"))
    for part in (shown.split('id="readers"')[0], shown.split('id="readers"')[1]):
        shown_states = re.findall(r"<span>(Delivering|Failing|Late|No data)</span>", part)
        assert shown_states == ["Delivering", "Failing", "No data"]
    assert "oldest undelivered record, Splunk" in shown


def test_the_worst_stands_first(client: Client, northwind: Tenant, operator: User) -> None:
    for name, state in [
        ("b-well", HealthState.HEALTHY),
        ("c-bad", HealthState.FAILING),
        ("d-warn", HealthState.ATTENTION),
    ]:
        give_health(live_integration(northwind, name), state)
    live_integration(northwind, "a-new")
    client.force_login(operator)
    text = client.get(reverse("board")).content.decode()
    places = [text.index(f">{name}<") for name in ("c-bad", "d-warn", "a-new", "b-well")]
    assert places == sorted(places)
    assert "4 streams · 1 healthy · 1 attention · 1 failing · 1 unknown" in " ".join(text.split())


def test_a_board_is_watched_from_its_request_on(client: Client, northwind: Tenant, operator: User) -> None:
    client.force_login(operator)
    assert client.get(reverse("board")).status_code == 200
    assert live.watched("board:") == {"board:all"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=leak", {"leaks"}),
        ("q=NORTHWIND", {"leaks", "floors"}),
        ("q=us-east-1", {"floors"}),
        ("q=north+leak", {"leaks"}),
        ("q=111122223333", {"leaks", "floors"}),
        ("q=nowhere", set()),
        ("state=failing", {"leaks"}),
        ("state=unknown", {"floors"}),
        ("state=healthy", set()),
        ("state=odd", {"leaks", "floors"}),
    ],
)
def test_the_board_is_searched_by_its_address(
    client: Client, northwind: Tenant, operator: User, query: str, found: set[str]
) -> None:
    give_health(live_integration(northwind, "leaks"), HealthState.FAILING)
    live_integration(northwind, "floors", region="us-east-1")
    client.force_login(operator)
    text = client.get(f"{reverse('board')}?{query}").content.decode()
    assert {name for name in ("leaks", "floors") if f">{name}<" in text} == found


def test_the_board_is_sorted_by_a_click_on_a_heading(client: Client, northwind: Tenant, operator: User) -> None:
    for name in ("leaks", "floors"):
        give_health(live_integration(northwind, name))
    client.force_login(operator)
    first = client.get(reverse("board")).content.decode()
    assert "sorted by severity" in first
    assert 'href="?sort=stream"' in first
    assert 'href="?sort=-records"' in first, "the most first"
    text = client.get(reverse("board") + "?sort=stream&q=northwind").content.decode()
    assert text.index(">floors<") < text.index(">leaks<")
    assert 'aria-sort="ascending"' in text
    assert 'href="?q=northwind&amp;sort=-stream"' in text
    assert 'name="sort" value="stream"' in text, "a filter keeps the order"
    assert client.get(reverse("board") + "?sort=--stream<b>").status_code == 200


def test_all_charts_of_a_board_have_one_scale_that_the_page_names(
    client: Client, northwind: Tenant, operator: User
) -> None:
    for name, line in (("leaks", [430, 2]), ("floors", [0.5, None])):
        give_health(live_integration(northwind, name), sparkline=line)
    client.force_login(operator)
    shared = on_one_line(client.get(reverse("board")).content.decode())
    assert "All charts: 0 to 500 records/s." in shared
    assert re.findall(r'class="spark" viewBox="([^"]+)"', shared) == ["0 -530 100 560"] * 2
    own = on_one_line(client.get(reverse("board") + "?scale=row").content.decode())
    assert "Each chart has its own scale." in own
    assert len(set(re.findall(r'class="spark" viewBox="([^"]+)"', own))) == 2
    assert 'name="scale" value="row"' in own, "a filter keeps the scale"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ([], "no rates are known for the last 3 hours"),
        ([None, None], "no rates are known for the last 3 hours"),
        ([0, None, 0], "no records in the last 3 hours"),
    ],
)
def test_charts_without_records_have_no_scale_but_what_is_known(
    client: Client, northwind: Tenant, operator: User, line: list[float | None], expected: str
) -> None:
    give_health(live_integration(northwind), sparkline=line)
    client.force_login(operator)
    shown = on_one_line(client.get(reverse("board")).content.decode())
    assert f"Charts: {expected}." in shown
    assert "All charts: 0 to" not in shown


def test_the_counts_are_those_of_the_search(client: Client, northwind: Tenant, operator: User) -> None:
    give_health(live_integration(northwind, "leaks"), HealthState.FAILING)
    give_health(live_integration(northwind, "floors"))
    client.force_login(operator)
    text = on_one_line(client.get(reverse("board") + "?q=leaks").content.decode())
    assert "1 stream · 1 failing" in text
    assert "Failing (1)" in text
    assert "Healthy (0)" in text


def test_a_search_without_result_offers_the_way_back(client: Client, integration: Integration, admin: User) -> None:
    client.force_login(admin)
    text = client.get(reverse("streams", kwargs={"slug": "northwind"}) + "?q=nowhere").content.decode()
    assert "No matching streams" in text


def test_a_tenant_sees_its_own_streams_only(client: Client, integration: Integration, admin: User) -> None:
    other = Tenant.objects.create(slug="fabrikam", name="Fabrikam")
    live_integration(other, "theirs", account="444455556666")
    client.force_login(admin)
    text = client.get(reverse("streams", kwargs={"slug": "northwind"})).content.decode()
    assert "sluice-sensors" in text
    assert "theirs" not in text


def test_the_board_takes_as_many_queries_for_a_hundred_as_for_one(
    client: Client, northwind: Tenant, operator: User, django_assert_max_num_queries
) -> None:
    client.force_login(operator)
    give_health(live_integration(northwind, "first"))
    with django_assert_max_num_queries(20) as few:
        client.get(reverse("board"))
    for number in range(99):
        give_health(live_integration(northwind, f"s-{number}"))
    with django_assert_max_num_queries(20) as many:
        client.get(reverse("board"))
    assert len(many) == len(few)


def test_a_second_page_of_streams_can_be_reached(client: Client, northwind: Tenant, operator: User) -> None:
    for number in range(101):
        live_integration(northwind, f"s-{number:03}")
    client.force_login(operator)
    assert "101 to 101 of 101" in on_one_line(client.get(reverse("board") + "?page=2").content.decode())


def test_a_draft_has_no_page_yet(client: Client, integration: Integration, admin: User) -> None:
    Integration.objects.filter(pk=integration.pk).update(state="draft")
    client.force_login(admin)
    assert client.get(address(integration)).status_code == 404


def test_who_leaves_the_tenant_loses_the_page(client: Client, integration: Integration, admin: User) -> None:
    client.force_login(admin)
    assert client.get(address(integration)).status_code == 200
    Membership.objects.filter(user=admin).delete()
    assert client.get(address(integration)).status_code == 404


def test_the_admin_shows_health_and_changes_nothing(client: Client, integration: Integration, operator: User) -> None:
    health = give_health(integration, HealthState.FAILING, message=Message("stream.silent", silent_seconds=1140))
    client.force_login(operator)
    listed = reverse("admin:monitoring_streamhealth_changelist")
    assert "No records have arrived for 19 minutes." in client.get(listed).content.decode()
    assert "No records have arrived" in client.get(listed, {"q": "stream.silent"}).content.decode()
    assert "No records have arrived" not in client.get(listed, {"q": "stream.receiving"}).content.decode()
    change = reverse("admin:monitoring_streamhealth_change", args=[health.pk])
    shown = client.get(change).content.decode()
    assert "Ask the vendor whether the sensors are sending." in shown
    assert "stream.silent" in shown
    assert client.post(change, {"state": "healthy"}).status_code == 403


@pytest.mark.parametrize(
    ("count", "expected"), [(1, "Configuration drift: 1 difference."), (3, "Configuration drift: 3 differences.")]
)
def test_a_stream_that_differs_from_what_was_set_up_says_so_with_the_way_there(
    client: Client, integration: Integration, admin: User, count: int, expected: str
) -> None:
    assert "Configuration drift" not in page(client, admin, integration)
    Integration.objects.update(drift_count=count)
    shown = page(client, admin, integration)
    at = reverse("integration", kwargs={"slug": integration.tenant.slug, "uid": integration.uid})
    assert expected in shown
    assert f'href="{at}#drift"' in shown


def test_without_javascript_the_page_says_how_many_records_it_does_not_list(
    client: Client, admin: User, integration: Integration, clean_redis: str
) -> None:
    aggregate = kpl(*[("k", b'{"inside": 1}')] * 1_000)
    give_record(integration, clean_redis, aggregate)
    store_counts(integration.uid, ReadCounts(NOW, total=1_010, skipped=10))
    shown = page(client, admin, integration)
    assert shown.count('id="r-') == 100
    text = re.sub(r"<[^>]+>", "", shown)
    assert (
        "Shows 100 of 1,010 records that arrived since 16:00:30 (UTC), 910 not listed. 10 of them were not decoded"
        in text
    )
    assert shown.count(f'data-since="{ReadCounts(NOW).since_key}"') == 101


def test_an_aggregate_does_not_push_the_others_off_the_page(
    client: Client, admin: User, integration: Integration, clean_redis: str
) -> None:
    buffer = SampleBuffer(integration.uid, Redis.from_url(clean_redis))
    single = DataRecord("1", NOW, "k", b'{"single": 1}', "shardId-000000000006")
    large = DataRecord("2", NOW + timedelta(seconds=1), "k", kpl(*[("k", b"{}")] * 200), "shardId-000000000006")
    buffer.add([*rows_of(large), *rows_of(single)], now=monotonic_seconds())
    assert "&quot;single&quot;" in page(client, admin, integration)


def test_the_counts_can_be_polled_as_a_part(
    client: Client, admin: User, integration: Integration, clean_redis: str
) -> None:
    assert page(client, admin, integration, "?part=counts").strip() == ""
    store_counts(integration.uid, ReadCounts(NOW, total=1))
    part = page(client, admin, integration, "?part=counts")
    assert 'data-record-total="1"' in part
    assert "1 record that arrived since" in part


def test_a_refused_record_is_shown_with_its_reason_to_both_audiences(
    client: Client, admin: User, operator: User, integration: Integration, clean_redis: str
) -> None:
    give_record(integration, clean_redis, LONG_NUMBER)
    for person in (admin, operator):
        shown = page(client, person, integration)
        assert "Refused: A number has more than 1,000 digits." in shown
        assert ">refused</span>" in shown
        assert "Not shown: the record could not be split" not in shown


def test_an_aggregate_says_how_many_of_its_records_are_not_listed(
    client: Client, admin: User, integration: Integration, clean_redis: str
) -> None:
    record = DataRecord("1", NOW, "k", kpl(*[("k", b"{}")] * (MAX_RECORDS + 3)), "shardId-000000000006")
    SampleBuffer(integration.uid, Redis.from_url(clean_redis)).add(rows_of(record)[-1:], now=monotonic_seconds())
    assert "3 more records inside this data record are not listed." in page(client, admin, integration)


def test_rows_of_another_version_are_left_out(
    client: Client, admin: User, integration: Integration, clean_redis: str
) -> None:
    give_record(integration, clean_redis)
    redis = Redis.from_url(clean_redis)
    redis.lpush(f"rows:{integration.uid}", b'{"key": "of an older version"}', b"not JSON", b"[]")
    redis.set(f"tap_status:{integration.uid}", b'{"shards": 1, "of_another_version": true}')
    assert page(client, admin, integration).count('id="r-') == 1


def test_shards_that_cannot_be_read_and_lateness_are_said(
    client: Client, admin: User, integration: Integration
) -> None:
    reason = Message("aws.unreachable")
    store_status(
        integration.uid,
        TapStatus(8, failing_shards=2, failing_reason=reason, behind_seconds=34),
        heard_at=timezone.now(),
    )
    shown = page(client, admin, integration)
    assert "2 of 8 shards cannot be read: Sluice could not reach AWS." in shown
    assert "Records appear 34 s late" in shown
    assert "must start another tap" in shown


def test_a_page_loaded_after_a_tap_stopped_shows_how_old_its_status_is(
    client: Client, admin: User, integration: Integration
) -> None:
    heard_at = timezone.now() - timedelta(seconds=10)
    store_status(integration.uid, TapStatus(2), heard_at=heard_at)
    shown = page(client, admin, integration)
    assert f'<time datetime="{heard_at.isoformat()}"' in shown, "as old as what the tap said, not as the page"
    assert 'class="is-expired" data-expiring="page"><span data-expires' in shown
    store_status(integration.uid, TapStatus(2), heard_at=timezone.now())
    assert 'class="is-expired" data-expiring="page"><span data-expires' not in page(client, admin, integration)


def test_a_filter_of_the_live_records_is_in_the_address_and_its_rows_are_noted_with_it(
    client: Client, integration: Integration, admin: User, clean_redis: str
) -> None:
    text = 'wet = "a secret"'
    typed = f"?{urlencode({'filter': text})}"
    assert "Searching the newest records" in page(client, admin, integration, typed)
    key = Selection(text).key(integration.uid)
    assert live.watched(f"stream:{integration.uid}:") == {f"stream:{integration.uid}:clear:{key}"}
    give_record(integration, clean_redis, b'{"wet": "not found"}')
    give_record(integration, clean_redis, key=key)
    store_filter_counts(integration.uid, key, FilterCounts(NOW, read=4310, matched=12, unsearched=2))
    shown = page(client, admin, integration, typed)
    assert "12 of 4,310 records matched" in shown
    assert "2 were not searched" in shown
    assert ["a secret&quot;}" in shown, "not found" in shown] == [True, False]
    assert 'value="wet = &quot;a secret&quot;"' in shown
    assert f'sse-connect="/events/stream/{integration.uid}/clear/{key}/"' in shown
    assert "12 of 4,310" in page(client, admin, integration, f"{typed}&part=counts")
    assert "a secret" in page(client, admin, integration, f"{typed}&part=records")
    assert {read.filter_text for read in RecordRead.objects.all()} == {text}


@pytest.mark.parametrize("part", ["", "&part=records", "&part=counts"])
def test_whoever_sees_records_masked_finds_no_value_by_a_filter(
    client: Client, integration: Integration, admin: User, operator: User, clean_redis: str, part: str
) -> None:
    text = 'wet = "a secret"'
    key = remember(integration.uid, Selection(text))
    give_record(integration, clean_redis, key=key)
    store_filter_counts(integration.uid, key, FilterCounts(NOW, read=41, matched=17))
    client.force_login(operator)
    answer = client.get(address(integration), {"filter": text, "part": part.removeprefix("&part=")})
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert ["17 of" in shown, "bldg-7" in shown, 'id="r-' in shown, key in shown] == [False] * 4
    assert part or "You see records masked" in shown


def test_what_is_no_filter_is_explained_at_the_field_and_kept(
    client: Client, integration: Integration, admin: User, clean_redis: str
) -> None:
    give_record(integration, clean_redis)
    client.force_login(admin)
    answer = client.get(address(integration), {"filter": "wet = \x1b<b>"})
    shown = on_one_line(answer.content.decode())
    assert answer.status_code == 200
    assert "The filter, at character 7:" in shown
    assert 'aria-invalid="true"' in shown
    assert "&lt;b&gt;" in shown
    assert "a secret" not in shown


def test_a_page_with_one_filter_too_many_says_so_and_offers_the_history(
    client: Client, integration: Integration, admin: User
) -> None:
    for number in range(MOST_SELECTIONS):
        live.hold({topic_of(integration.uid, "clear", remember(integration.uid, Selection(f"n = {number}"))): 1})
    shown = page(client, admin, integration, "?filter=n+%3D+99")
    assert "Too many different filters are in use." in shown
    assert f'href="{address(integration)}records/?from=LATEST&amp;filter=n+%3D+99"' in shown
    assert 'id="records"' not in shown
    assert 'id="records"' in page(client, admin, integration, "?filter=n+%3D+1")


def test_columns_are_in_the_address_and_in_the_table(
    client: Client, integration: Integration, admin: User, operator: User, clean_redis: str
) -> None:
    give_record(integration, clean_redis, b'{"wet": "a secret", "zone": {"floor": 3}}')
    shown = page(client, admin, integration, "?columns=zone.floor,+wet")
    assert '<th scope="col" class="break">zone.floor</th>' in shown
    assert '<td data-label="zone.floor" class="break">3</td>' in shown
    assert '<td data-label="wet" class="break">a secret</td>' in shown
    assert 'href="?filter=&amp;columns=wet#records-title"' in shown
    assert "arrived since" not in shown or "records matched" not in shown
    plain = page(client, admin, integration)
    assert 'href="?filter=&amp;columns=zone.floor#records-title"' in plain
    masked = page(client, operator, integration, "?columns=wet")
    assert '<td data-label="wet" class="break">•••</td>' in masked
    assert "a secret" not in masked
    client.force_login(admin)
    wrong = client.get(address(integration), {"columns": "wet wet"})
    assert wrong.status_code == 200
    assert "The columns, at character 5: Separate fields with commas." in on_one_line(wrong.content.decode())
