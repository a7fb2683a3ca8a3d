"""The page of a stream's metrics over a time range."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from monitoring.models import HealthState, StateChange
from monitoring.shards.stored import keep_shards
from monitoring.time_ranges import store
from monitoring.time_ranges.range_metrics import RangeMetrics
from monitoring.time_ranges.time_range import TimeRange, chosen
from onboarding.models.integration import Integration
from onboarding.models.states import RunKind, RunState
from portal import live
from portal.messages.message import Message
from portal.tenancy.models import User
from tests.markup import on_one_line
from tests.monitoring.conftest import described
from tests.monitoring.shards.listed import RESHARDED, shard_id

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_redis")]


def get(client: Client, user: User, integration: Integration, query: str = "", status: int = 200) -> str:
    client.force_login(user)
    url = reverse("time_range", kwargs={"slug": integration.tenant.slug, "uid": integration.uid})
    answer = client.get(url + query)
    assert answer.status_code == status
    return on_one_line(answer.content.decode())


def a_week() -> TimeRange:
    newest = timezone.now() - timedelta(seconds=settings.SLUICE_METRIC_DELAY_SECONDS)
    found = chosen({"range": "7d"}, now=newest).range
    assert found is not None
    return found


def test_a_range_that_was_not_read_yet_is_requested_and_appears_by_itself(
    client: Client, admin: User, integration: Integration
) -> None:
    html = get(client, admin, integration, "?range=7d")
    assert "Reading metrics" in html
    assert 'hx-get="?range=7d&amp;part=charts" hx-trigger="every 2s"' in html
    assert live.connect().exists(f"range_requested:{integration.uid}:{a_week().name}")


def test_everything_that_was_read_is_drawn_with_days_and_what_happened(
    client: Client, admin: User, integration: Integration
) -> None:
    week = a_week()
    at = week.start + timedelta(days=2)
    read = RangeMetrics(
        {
            "records": ((at, 7200.0), (at + timedelta(hours=1), 3600.0)),
            "bytes": ((at, 3600.0 * 1024 * 1024),),
            "put_success": ((at, 0.98),),
            "iterator_age": ((at, 90_000.0),),
            "freshness:sluice-sensors-to-s3": ((at, 61.0),),
            "success:sluice-sensors-to-s3": ((at, 1.0),),
        },
        withheld=("GetRecords.Success",),
    )
    store.keep(integration.uid, week, read)
    integration.runs.create(
        kind=RunKind.APPLY, state=RunState.DONE, spec=integration.spec, finished_at=at + timedelta(minutes=5)
    )
    StateChange.objects.create(
        integration=integration, state=HealthState.FAILING, message=Message("stream.not_checked"), at=at
    )
    html = get(client, admin, integration, "?range=7d")
    assert "Reading metrics" not in html
    assert f"{at:%-d %b, %H:%M} UTC: 2 records/s" in html, "a rate for each second of the hour"
    assert f"{at:%-d %b, %H:%M} UTC: 1 MiB/s" in html
    assert f"{at:%-d %b, %H:%M} UTC: 98 %" in html
    assert f"{at:%-d %b, %H:%M} UTC: 90 s" in html
    assert f"{at:%-d %b, %H:%M} UTC: 61 s" in html
    assert 'class="mark"' in html
    assert "Setup: done" in html
    assert "Failing: Sluice did not check the stream." in html
    assert "a value for each hour" in html
    assert "GetRecords.Success" in html
    part = get(client, admin, integration, "?range=7d&part=charts")
    assert "<html" not in part
    assert "every 2s" not in part


def test_bad_input_is_explained_at_its_field_keeps_what_was_typed_and_reads_nothing(
    client: Client, admin: User, integration: Integration
) -> None:
    html = get(client, admin, integration, "?from=%3Cscript%3E&to=2026-11-30T09:00", status=422)
    assert "Enter a date and time, such as 2026-11-28T06:00." in html
    assert 'value="&lt;script&gt;"' in html
    assert 'aria-describedby="from-error"' in html
    assert live.connect().keys("range_requested:*") == []


def test_a_problem_is_shown_with_what_to_do(client: Client, admin: User, integration: Integration) -> None:
    store.keep_problem(integration.uid, a_week(), Message("range.too_many", most=60))
    html = get(client, admin, integration, "?range=7d")
    assert "More than 60 time ranges of this stream were read within an hour." in html


def test_outsiders_find_nothing(client: Client, integration: Integration, outsider: User) -> None:
    client.force_login(outsider)
    for slug in ("northwind", "contoso"):
        assert client.get(reverse("time_range", kwargs={"slug": slug, "uid": integration.uid})).status_code == 404


def of_shards(integration: Integration, *numbers: int) -> dict[str, tuple]:
    """What CloudWatch has of these shards: the first is over its limit once."""
    week = a_week()
    times = [week.start + timedelta(seconds=week.period * step) for step in range(100)]
    return {
        f"shard:{shard_id(number)}:{name}": tuple((at, value * week.period) for at in times)
        for number in numbers
        for name, value in (("records", 1100 if number == numbers[0] else 3), ("bytes", 4096), ("throttled_writes", 1))
    }


def with_shards(integration: Integration) -> None:
    described(integration)
    keep_shards(integration.pk, RESHARDED, {shard_id(5): 0.97, shard_id(2): 0.1}, now=timezone.now())


def test_the_busiest_shards_have_panels_and_a_heatmap_whose_columns_are_periods(
    client: Client, admin: User, integration: Integration
) -> None:
    with_shards(integration)
    week, shards = a_week(), (shard_id(2), shard_id(5))
    store.keep(integration.uid, week, RangeMetrics(of_shards(integration, 5, 2)), shards)
    html = get(client, admin, integration, "?range=7d")
    assert 'value="2 5"' in html
    for name in ("Shard 0002", "Shard 0005"):
        panel = html.split(f'aria-label="{name}"')[1].split("</section>")[0]
        assert "Throttled writes" in panel
    busy = html.split('aria-label="Shard 0005"')[1].split("</section>")[0]
    assert busy.count("is-drawn") == 1, "the limit is reached"
    assert "is-drawn" not in html.split('aria-label="Shard 0002"')[1].split("</section>")[0]
    heat = html.split('class="heatmap"')[1].split("</svg>")[0]
    columns = (week.end - week.start).total_seconds() / week.period
    assert heat.count("<rect") == 2 * columns
    assert "110% of the write limit" in heat
    assert "A column for each hour" in html


def test_shards_that_were_chosen_are_requested_with_the_range(
    client: Client, admin: User, integration: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    requested: list[dict] = []
    monkeypatch.setattr("monitoring.tasks.read_range.apply_async", lambda kwargs, **_: requested.append(kwargs))
    with_shards(integration)
    html = get(client, admin, integration, "?range=7d&shards=0+5")
    [name] = [given["range_id"] for given in requested]
    assert store.of_name(name) == (a_week(), (shard_id(0), shard_id(5))), "a closed one too"
    assert "shards=0+5&amp;part=charts" in html
    html = get(client, admin, integration, "?range=7d&shards=77", status=422)
    assert "The stream has no shard shardId-000000000077." in html
    assert len(requested) == 1
    assert "Reading metrics" not in html


def test_a_stream_without_shard_level_metrics_has_no_choice(
    client: Client, admin: User, integration: Integration
) -> None:
    integration.spec["stream"]["shard_level_metrics"] = False
    integration.save()
    keep_shards(integration.pk, RESHARDED, {}, now=timezone.now())
    html = get(client, admin, integration, "?range=7d&shards=1")
    assert "id_shards" not in html
    assert "Reading metrics" in html
