"""docs/stream-health.md shows the health rules as they are: their order, their limits and their states."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from monitoring.health import access_rules as access
from monitoring.health import consumer_rules as consumers
from monitoring.health import delivery_rules as deliveries
from monitoring.health import producer_rules as producer
from monitoring.health.assessment import Rule
from monitoring.health.inputs import (
    FAILING_SUCCESS_SHARE,
    PATIENT_DELIVERY_SECONDS,
    DeliveryInputs,
    HealthInputs,
    WriteLimit,
)
from monitoring.health.rule_order import RULES, assess
from monitoring.health.write_usage import HIGH_USAGE_SHARE
from monitoring.models import HealthState, state_label
from portal.messages.message import Message
from tests.architecture.tree import ROOT

LIMITS = WriteLimit("records", 1000)
FINE = HealthInputs(
    records_per_second=100.0, write_usage_share=0.1, write_limit=LIMITS, silent_seconds=60, stream_status="ACTIVE"
)
EMPTY = HealthInputs(stream_status="ACTIVE")
GAP = Message("stream.metrics_forbidden", metric="IncomingRecords")
Changes = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table: what it is applied by, and what applies it not."""

    name: str
    rule: Rule
    condition: str
    applies: tuple[Changes, ...]
    applies_not: tuple[Changes, ...] = ()
    base: HealthInputs = FINE

    def states(self) -> list[str]:
        found = [self.rule(replace(self.base, **changes)) for changes in self.applies]
        assert all(found), self.name
        labels = [str(state_label(HealthState(each.state), each.message)).lower() for each in found if each]
        return list(dict.fromkeys(labels))

    def text(self) -> str:
        return f"| {self.name} | {self.condition} | {', '.join(self.states())} |"


def delivering(**changes: Any) -> Changes:
    return {"deliveries": (DeliveryInputs("lobby-to-s3", "S3", **changes),)}


def percent(share: float) -> str:
    return f"{share * 100:g} %"


def minutes(seconds: float) -> str:
    return f"{seconds / 60:g} minutes"


def age(seconds: float, previous: str = "") -> Changes:
    return {"iterator_age_seconds": seconds, "previous": previous}


def used(share: float, previous: str = "") -> Changes:
    return {"write_usage_share": share, "previous": previous}


HALF_A_DAY = FINE.retention_hours * 1800
BEHIND, NEAR = "stream.consumer_behind", "stream.near_write_limit"
QUIET = {"records_per_second": 0.0, "silent_seconds": producer.SILENCE_SECONDS}
REJECTED = {"records_per_second": 0.0, "put_success_share": 0.0}
A_DAY = producer.UNUSED_KEY_SECONDS
ROWS = (
    Row(
        "connection degraded",
        access.connection_degraded,
        "the role no longer passes its test",
        ({"connection_problem": GAP},),
    ),
    Row(
        "data stream deleted",
        access.stream_missing,
        "DescribeStreamSummary answered that there is no such stream",
        ({"missing_stream": "sluice-sensors"},),
    ),
    Row(
        "data stream being deleted",
        access.stream_deleting,
        "its status in AWS is DELETING",
        ({"stream_status": "DELETING"},),
        ({"stream_status": "UPDATING"},),
    ),
    Row(
        "access denied",
        access.metrics_unavailable,
        "AWS denies the role, or reading the metrics",
        ({"metrics_error": GAP},),
    ),
    Row(
        "delivery failing",
        deliveries.delivery_failing,
        f"a Firehose stream's success ratio is below {percent(FAILING_SUCCESS_SHARE)}; the worst one is named",
        (delivering(success_share=FAILING_SUCCESS_SHARE - 0.001),),
        (delivering(success_share=FAILING_SUCCESS_SHARE), delivering()),
    ),
    Row(
        "no records",
        producer.silent,
        "no record for longer than the stream's usual pauses ([expected hours](#expected-hours)), or while these are "
        f"unknown for {minutes(producer.SILENCE_SECONDS)}, in a stream that received some before; none was throttled "
        "or rejected, and CloudWatch returned every metric",
        (QUIET, {**QUIET, "silent_seconds": 60, "is_overdue": True}),
        (
            {**QUIET, "silent_seconds": producer.SILENCE_SECONDS - 1},
            {**QUIET, "is_overdue": False},
            {**QUIET, "throttled_writes": 1.0},
            {**QUIET, "put_success_share": 0.0},
            {**QUIET, "metrics_gap": GAP},
            {"records_per_second": 0.0, "silent_seconds": None},
        ),
    ),
    Row(
        "writes rejected",
        producer.writes_rejected,
        "every PutRecords call failed in five minutes, and none was throttled",
        (REJECTED,),
        ({**REJECTED, "throttled_writes": 1.0}, {**REJECTED, "put_success_share": 0.01}),
    ),
    Row(
        "throttled writes",
        producer.writes_throttled,
        f"any in five minutes; failing above {percent(producer.THROTTLED_SHARE)} of the records, or if all records "
        "were throttled; without the number of records, attention",
        (
            {"throttled_writes": producer.THROTTLED_SHARE * 300 * 100.0},
            {"throttled_writes": 1.0, "records_per_second": None, "metrics_gap": GAP},
            {"throttled_writes": producer.THROTTLED_SHARE * 300 * 100.0 + 1},
            {"throttled_writes": 1.0, "records_per_second": 0.0},
        ),
        ({"throttled_writes": 0.0},),
    ),
    Row(
        "reader behind",
        consumers.consumer_behind,
        f"iterator age of {minutes(consumers.LATE_CONSUMER_SECONDS)} or more that [Sluice's own reading](#records) "
        "does not explain; failing above half the retention period",
        (age(consumers.LATE_CONSUMER_SECONDS), age(HALF_A_DAY), age(HALF_A_DAY + 1)),
        (age(consumers.LATE_CONSUMER_SECONDS - 1),),
    ),
    Row(
        "near capacity",
        producer.near_write_limit,
        f"more than {percent(HIGH_USAGE_SHARE)} of the write limit",
        (used(HIGH_USAGE_SHARE + 0.001),),
        (used(HIGH_USAGE_SHARE),),
    ),
    Row(
        "delivery late",
        deliveries.delivery_late,
        f"its oldest undelivered record is older than {minutes(PATIENT_DELIVERY_SECONDS)} and older than twice the "
        "buffering interval",
        (delivering(freshness_seconds=PATIENT_DELIVERY_SECONDS + 1),),
        (
            delivering(freshness_seconds=PATIENT_DELIVERY_SECONDS),
            delivering(freshness_seconds=PATIENT_DELIVERY_SECONDS + 1, buffering_seconds=PATIENT_DELIVERY_SECONDS),
        ),
    ),
    Row(
        "delivery retrying",
        deliveries.delivery_retrying,
        f"a success ratio from {percent(FAILING_SUCCESS_SHARE)} to below {percent(1)}: Firehose tries again",
        (delivering(success_share=FAILING_SUCCESS_SHARE),),
        (delivering(success_share=1.0),),
    ),
    Row("throttled reads", consumers.reads_throttled, "any in five minutes", ({"throttled_reads": 1.0},), ({},)),
    Row(
        "metrics incomplete",
        producer.metrics_incomplete,
        "CloudWatch answered `Forbidden`, `InternalError` or `PartialData` for a metric, which is named",
        ({"metrics_gap": GAP},),
    ),
    Row(
        "access key never used",
        producer.key_unused,
        f"ready for more than {A_DAY / 3600:g} hours and no record yet; before that, no data yet",
        ({"unused_key_seconds": A_DAY + 1}, {"unused_key_seconds": A_DAY}),
        ({"unused_key_seconds": A_DAY + 1, "silent_seconds": 60},),
        base=EMPTY,
    ),
    Row(
        "no data yet",
        producer.no_metrics,
        f"no metrics; unknown if there are none {minutes(producer.METRICS_DELAY_SECONDS)} after the stream was created",
        ({"live_seconds": producer.METRICS_DELAY_SECONDS - 1}, {"live_seconds": producer.METRICS_DELAY_SECONDS}),
        ({"silent_seconds": 60},),
        base=EMPTY,
    ),
)


def health_rules() -> str:
    return (ROOT / "docs" / "stream-health.md").read_text().split("\n## Health rules\n")[1].split("\n### ")[0]


def test_the_table_has_the_rules_of_the_code_in_their_order() -> None:
    shown = [line for line in health_rules().splitlines() if line.startswith("| ")][1:]
    assert shown == [row.text() for row in ROWS]
    assert [row.rule for row in ROWS] == list(RULES)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name.replace(" ", "-"))
def test_a_rule_applies_from_its_limit_on(row: Row) -> None:
    assert all(row.rule(replace(row.base, **changes)) is None for changes in row.applies_not)
    assert row.rule(row.base) is None or row.base is EMPTY
    assert assess(FINE).state == "healthy"


def test_a_rule_that_applied_ends_below_the_lower_limit_that_is_named() -> None:
    lower, caught_up = producer.LOWER_USAGE_SHARE, consumers.CAUGHT_UP_SECONDS
    assert f"the write limit at {percent(lower)} or less, a reader at less than five minutes" in health_rules()
    assert caught_up == 5 * 60
    assert producer.near_write_limit(replace(FINE, **used(lower + 0.001, NEAR))) is not None
    assert producer.near_write_limit(replace(FINE, **used(lower, NEAR))) is None
    assert consumers.consumer_behind(replace(FINE, **age(caught_up, BEHIND))) is not None
    assert consumers.consumer_behind(replace(FINE, **age(caught_up - 1, BEHIND))) is None
