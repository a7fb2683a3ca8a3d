"""What a stream's alarms watch: the thresholds of the pages in CloudWatch's units, within CloudWatch's limits."""

from dataclasses import replace

import pytest

from monitoring.alarms.alarm import Condition
from monitoring.alarms.conditions import MOST_SHARDS, WITHOUT_METRIC, conditions_of
from monitoring.alert_models import AlertKind
from monitoring.alerts.rules import OF_STREAM, RULES
from monitoring.silence.stored import Expected
from portal.messages.catalogue import text_of
from tests.monitoring.alarms.conftest import ICEBERG_DELIVERY, S3_DELIVERY, SHARDS, contents, stream, thresholds


def of_kind(kind: AlertKind, *found: Condition) -> list[Condition]:
    return [condition for condition in found if condition.kind == kind]


def only(kind: AlertKind, value: float | None, part: str = "") -> Condition:
    found = conditions_of(stream(), SHARDS, thresholds(**{kind.value: value}))
    [condition] = [each for each in of_kind(kind, *found) if not part or each.part == part]
    return condition


def test_every_kind_is_watched_or_named_as_without_a_metric() -> None:
    watched = {condition.kind for condition in conditions_of(stream(), SHARDS, thresholds())}
    assert watched | set(WITHOUT_METRIC) == set(AlertKind)
    assert not watched & set(WITHOUT_METRIC)


@pytest.mark.parametrize("name", ["a", "x" * 128])
@pytest.mark.parametrize("end", ["least", "default", "most"])
def test_every_threshold_within_its_bounds_is_one_that_cloudwatch_accepts(name: str, end: str) -> None:
    chosen = thresholds(**{rule.kind.value: getattr(rule, end) for rule in OF_STREAM})
    delivery = replace(S3_DELIVERY, name="d" * 64)
    found = conditions_of(stream(name, deliveries=(delivery, ICEBERG_DELIVERY)), SHARDS, chosen)
    assert len({condition.name for condition in found}) == len(found) == len({each.label for each in found})
    for condition in found:
        seconds = condition.period * condition.periods
        assert condition.period % 60 == 0
        assert seconds <= (86_400 if condition.period < 3600 else 604_800)
        assert 1 <= condition.datapoints <= condition.periods
        assert 1 <= len(condition.metrics) <= 10
        assert len({metric.period for metric in condition.metrics}) == 1
        assert bool(condition.expression) == (len(condition.metrics) > 1)
        assert len(condition.name) <= 255


def test_thresholds_are_those_of_the_page_in_the_units_of_the_metrics() -> None:
    assert only(AlertKind.WRITES_THROTTLED, 3).threshold == 3
    assert only(AlertKind.ITERATOR_AGE, 2.5).threshold == 150_000
    assert only(AlertKind.FRESHNESS, 20, S3_DELIVERY.name).threshold == 1200
    assert only(AlertKind.DELIVERY_FAILING, 98.5, S3_DELIVERY.name).threshold == 0.985
    assert only(AlertKind.DELIVERY_FAILING, 98.5, ICEBERG_DELIVERY.name).threshold == 98.5


def test_a_delivery_is_not_late_within_twice_its_buffering_interval() -> None:
    assert only(AlertKind.FRESHNESS, 20, ICEBERG_DELIVERY.name).threshold == 1800
    assert only(AlertKind.FRESHNESS, 45, ICEBERG_DELIVERY.name).threshold == 2700


@pytest.mark.parametrize(
    ("minutes", "period", "periods"),
    [(5, 60, 5), (10.5, 60, 11), (60, 60, 60), (61, 300, 13), (1440, 300, 288), (1441, 3600, 25), (10080, 3600, 168)],
)
def test_silence_is_as_many_periods_as_its_minutes(minutes: float, period: int, periods: int) -> None:
    condition = only(AlertKind.SILENCE, minutes)
    assert (condition.period, condition.periods, condition.missing) == (period, periods, "breaching")
    assert (condition.comparison, condition.threshold) == ("LessThanThreshold", 1)


def test_use_of_the_write_limit_is_the_busier_of_records_and_bytes_of_the_stream_and_each_shard() -> None:
    found = of_kind(AlertKind.WRITE_USAGE, *conditions_of(stream(), SHARDS, thresholds()))
    assert [condition.part for condition in found] == ["", *SHARDS]
    assert found[0].expression == "MAX([100*records/120000, 100*bytes/125829120])"
    assert found[1].expression == "MAX([100*records/60000, 100*bytes/62914560])"
    assert found[0].metrics[0].dimensions == (("StreamName", "sluice-sensors"),)
    assert found[1].metrics[0].dimensions == (("StreamName", "sluice-sensors"), ("ShardId", SHARDS[0]))


def test_a_delivery_is_named_by_its_own_dimension() -> None:
    found = only(AlertKind.DELIVERY_FAILING, 99, ICEBERG_DELIVERY.name)
    assert {metric.dimensions for metric in found.metrics} == {(("DeliveryStreamName", ICEBERG_DELIVERY.name),)}
    assert [metric.name for metric in found.metrics] == [
        "DeliveryToIceberg.SuccessfulRowCount",
        "DeliveryToIceberg.FailedRowCount",
    ]


@pytest.mark.parametrize(
    ("more", "shards"),
    [
        ({"shards": None}, ()),
        ({"has_shard_metrics": False}, SHARDS),
        ({}, ("shardId-000000000000",)),
        ({}, tuple(f"shardId-{number:012}" for number in range(MOST_SHARDS + 1))),
    ],
)
def test_shards_have_no_alarms_where_they_are_unknown_unpublished_alone_or_many(
    more: dict[str, object], shards: tuple[str, ...]
) -> None:
    found = of_kind(AlertKind.WRITE_USAGE, *conditions_of(stream(**more), shards, thresholds()))
    assert [condition.part for condition in found] == ([] if "shards" in more else [""])


def test_what_is_off_has_no_alarm_and_is_named() -> None:
    found = contents(chosen=thresholds(silence=None, freshness=None))
    assert {AlertKind.SILENCE, AlertKind.FRESHNESS}.isdisjoint(alarm.kind for alarm in found.alarms)
    [note] = [note for note in found.notes if note.code == "alarm.turned_off"]
    assert note.params["kinds"] == ["Silence", "Delivery late"]


def test_what_is_off_for_many_streams_is_one_note() -> None:
    [only] = contents(chosen=thresholds(silence=None), shards=()).streams
    only = replace(only, shards=None, listed_shards=MOST_SHARDS + 1)
    found = replace(contents(), streams=tuple(replace(only, name=f"sluice-{number}") for number in range(700)))
    notes = [note for note in found.notes if "name" in note.params]
    assert [note.code for note in notes] == ["alarm.turned_off", "alarm.shards_unknown", "alarm.too_many_shards"]
    assert text_of(notes[0]).startswith("sluice-0, sluice-1, sluice-2, sluice-3, sluice-4 and 695 more: no alarm")


def test_a_stream_whose_silence_is_never_reported_has_no_alarm_for_it() -> None:
    found = contents(stream(expected=Expected("off")))
    assert AlertKind.SILENCE not in {alarm.kind for alarm in found.alarms}


def test_what_alarms_cannot_express_is_said() -> None:
    codes = {note.code for note in contents().notes}
    assert codes == {
        "alarm.without_metric",
        "alarm.without_expected_hours",
        "alarm.without_causes",
        "alarm.without_damping",
        "alarm.limits_of_shards",
    }
    unknown = contents(stream(shards=None), shards=())
    assert "alarm.shards_unknown" in {note.code for note in unknown.notes}
    many = contents(shards=[f"shardId-{number:012}" for number in range(MOST_SHARDS + 1)])
    assert "alarm.too_many_shards" in {note.code for note in many.notes}


def test_a_stream_that_two_integrations_watch_has_each_alarm_once() -> None:
    [first] = contents().streams
    found = replace(contents(), streams=(first, replace(first, uid="another")))
    assert found.alarms == contents().alarms


def test_the_price_counts_every_metric_of_every_alarm() -> None:
    found = contents()
    assert found.alarm_metrics == 1 + 1 + 1 + 3 * 2 + 2 + 1 + 2
    assert found.usd_a_month == pytest.approx(1.4 + 3)
    assert len(RULES) == len(AlertKind)
