from dataclasses import replace

import pytest

from monitoring.alert_models import AlertKind
from monitoring.alerts.observation import Measured
from monitoring.alerts.stream_conditions import measure
from monitoring.health.inputs import DeliveryInputs, HealthInputs, WriteLimit
from portal.messages.message import Message

GAP = Message("stream.metrics_partial", metric="IncomingRecords")
BUSY = HealthInputs(
    records_per_second=900,
    write_usage_share=0.9,
    write_limit=WriteLimit("records", 1000),
    iterator_age_seconds=1200,
    silent_seconds=0,
    deliveries=(DeliveryInputs("to-s3", "S3", freshness_seconds=1800, success_share=0.5),),
)


def value(inputs: HealthInputs, kind: AlertKind) -> float | None:
    return measured(inputs, kind).value


def measured(inputs: HealthInputs, kind: AlertKind) -> Measured:
    [found] = [each for each in measure(inputs) if each.kind is kind]
    return found


def test_each_kind_is_measured_in_the_unit_of_its_rule() -> None:
    found = {each.kind: each.value for each in measure(BUSY)}
    assert found == {
        AlertKind.WRITES_THROTTLED: 0,
        AlertKind.WRITE_USAGE: 90,
        AlertKind.SILENCE: 0,
        AlertKind.ITERATOR_AGE: 20,
        AlertKind.FRESHNESS: 30,
        AlertKind.DELIVERY_FAILING: 50,
        AlertKind.KEY_UNUSED: 0,
    }
    assert measured(BUSY, AlertKind.ITERATOR_AGE).evidence == Message("stream.consumer_behind", age_seconds=1200)


@pytest.mark.parametrize(
    "inputs",
    [
        replace(BUSY, metrics_error=Message("stream.missing")),
        replace(BUSY, connection_problem=Message("trust.denied_since")),
    ],
)
def test_of_a_stream_that_could_not_be_read_nothing_is_known(inputs: HealthInputs) -> None:
    assert measure(inputs) == []


def test_what_cloudwatch_withheld_is_not_known_to_be_good() -> None:
    found = measure(HealthInputs(metrics_gap=GAP, deliveries=(DeliveryInputs("a", "S3", success_share=1),)))
    assert all(each.value is None or each.is_lower_bound for each in found)
    partial = replace(BUSY, throttled_writes=4, metrics_gap=GAP)
    assert value(partial, AlertKind.WRITES_THROTTLED) == 4, "what was returned was throttled, whatever else was"


def test_throttled_writes_explain_the_use_of_the_limit() -> None:
    assert value(replace(BUSY, throttled_writes=12), AlertKind.WRITE_USAGE) is None


def test_a_consumer_that_no_longer_reads_has_not_caught_up() -> None:
    assert value(replace(BUSY, iterator_age_seconds=None), AlertKind.ITERATOR_AGE) is None


@pytest.mark.parametrize(
    ("changed", "minutes"),
    [
        ({"silent_seconds": 1200}, 20),
        ({"silent_seconds": 1200, "is_overdue": False}, 0),
        ({"silent_seconds": 1200, "throttled_writes": 3}, 0),
        ({"silent_seconds": None}, None),
        ({"silent_seconds": 1200, "metrics_gap": GAP}, None),
        ({"silent_seconds": 60, "missing_stream": "sluice-sensors"}, 1),
    ],
)
def test_silence_is_that_of_the_health_rules(changed: dict[str, object], minutes: float | None) -> None:
    assert value(replace(HealthInputs(), **changed), AlertKind.SILENCE) == minutes


def test_a_deleted_stream_is_the_evidence_of_its_silence() -> None:
    inputs = HealthInputs(silent_seconds=1200, missing_stream="sluice-sensors")
    assert measured(inputs, AlertKind.SILENCE).evidence == Message("stream.deleted_in_aws", stream="sluice-sensors")


@pytest.mark.parametrize(
    ("deliveries", "freshness", "success"),
    [
        ((), 0, 100),
        ((DeliveryInputs("a", "S3"),), None, None),
        ((DeliveryInputs("a", "S3", buffering_seconds=900, freshness_seconds=1200, success_share=1),), 0, 100),
        ((DeliveryInputs("a", "S3", success_share=0.25), DeliveryInputs("b", "S3", success_share=1)), None, 25),
    ],
)
def test_deliveries_are_judged_by_the_worst_and_by_their_own_buffering(
    deliveries: tuple[DeliveryInputs, ...], freshness: float | None, success: float | None
) -> None:
    inputs = HealthInputs(deliveries=deliveries)
    assert (value(inputs, AlertKind.FRESHNESS), value(inputs, AlertKind.DELIVERY_FAILING)) == (freshness, success)


def test_an_access_key_is_unused_only_without_any_record() -> None:
    assert value(HealthInputs(unused_key_seconds=90_000), AlertKind.KEY_UNUSED) == 25
    assert value(HealthInputs(unused_key_seconds=90_000, silent_seconds=5), AlertKind.KEY_UNUSED) == 0
    assert value(HealthInputs(unused_key_seconds=90_000, metrics_gap=GAP), AlertKind.KEY_UNUSED) is None
