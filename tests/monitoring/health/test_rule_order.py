from dataclasses import replace

import pytest

from monitoring.health.inputs import DeliveryInputs, HealthInputs, WriteLimit
from monitoring.health.rule_order import assess
from monitoring.silence.calendar import Calendar
from monitoring.silence.expectation import Expectation
from portal.messages.catalogue import advice_of, text_of
from portal.messages.message import Message

HEALTHY = HealthInputs(
    records_per_second=812,
    bytes_per_second=830_000,
    write_usage_share=0.41,
    write_limit=WriteLimit("records", 1000),
    throttled_writes=0,
    throttled_reads=0,
    iterator_age_seconds=1.2,
    deliveries=(DeliveryInputs("lobby-to-s3", "S3", freshness_seconds=58, success_share=1),),
    silent_seconds=60,
    live_seconds=90_000,
)
DENIED = Message("aws.access_denied", operation="cloudwatch:GetMetricData")


def delivering(*more: DeliveryInputs, **changed: object) -> dict[str, object]:
    healthy = HEALTHY.deliveries[0]
    return {"deliveries": (healthy, replace(healthy, name="lobby-to-splunk", title="Splunk", **changed), *more)}


def assessed(**changed: object) -> tuple[str, str]:
    found = assess(replace(HEALTHY, **changed))
    return found.state, text_of(found.message)


def test_a_healthy_stream_says_how_much_arrives() -> None:
    assert assessed() == ("healthy", "Receiving 812 records/s. The busiest minute used 41% of the write limit.")
    assert assessed(write_usage_share=None) == ("healthy", "Receiving 812 records/s.")


@pytest.mark.parametrize(
    ("changed", "state", "text"),
    [
        ({"connection_problem": DENIED}, "failing", "The connection to the AWS account is degraded: AWS denied"),
        (
            {"metrics_error": DENIED},
            "failing",
            "Couldn’t read the metrics of this stream: AWS denied cloudwatch",
        ),
        (delivering(success_share=0.5), "failing", "lobby-to-splunk delivered only 50% of its records to Splunk."),
        ({"silent_seconds": 600}, "failing", "No records have arrived for 10 minutes"),
        ({"throttled_writes": 120.0}, "attention", "throttled 120 records"),
        ({"throttled_writes": 1.0}, "attention", "throttled 1 record in"),
        ({"throttled_writes": 120_000.0}, "failing", "throttled 120,000 records"),
        ({"throttled_writes": 9.0, "busiest_shard": "shardId-000000000006"}, "attention", "The busiest is shard 0006."),
        ({"iterator_age_seconds": 4 * 3600}, "attention", "4 hours behind"),
        ({"iterator_age_seconds": 13 * 3600}, "failing", "Kinesis deletes records after 24 hours."),
        ({"write_usage_share": 0.81}, "attention", "The stream uses 81% of its write limit (1,000 records/s)."),
        (
            {
                "write_usage_share": 0.81,
                "write_limit": WriteLimit("bytes", 1024**2),
                "busiest_shard": "shardId-000000000001",
            },
            "attention",
            "Shard 0001 uses 81% of its write limit (1 MiB/s).",
        ),
        (delivering(freshness_seconds=901), "attention", "not yet delivered to Splunk is 15 minutes old"),
        ({"throttled_reads": 3.0}, "attention", "throttled 3 reads"),
        ({"missing_stream": "hq"}, "failing", "The data stream hq no longer exists in AWS."),
        ({"stream_status": "DELETING"}, "failing", "AWS is deleting the data stream."),
    ],
)
def test_each_problem_has_a_sentence_and_advice(changed: dict[str, object], state: str, text: str) -> None:
    found = assess(replace(HEALTHY, **changed))
    assert found.state == state
    assert text in text_of(found.message)
    assert advice_of(found.message)


def test_that_the_stream_is_active_is_said_only_where_aws_was_asked() -> None:
    silent = replace(HEALTHY, silent_seconds=900)
    assert "The stream is active in AWS." in advice_of(assess(replace(silent, stream_status="ACTIVE")).message)
    assert "Check the stream’s status in AWS." in advice_of(assess(silent).message)


MONDAYS = Expectation(Calendar("Europe/Oslo"), frozenset(range(24)), 795, 540, 7200, weeks=4)


@pytest.mark.parametrize(
    ("expectation", "text"),
    [
        (MONDAYS, "In hours like this one, no pause was longer than 9 minutes in the last 4 weeks."),
        (replace(MONDAYS, regular=frozenset()), "The longest pause of the last 4 weeks was 2 hours."),
        (replace(MONDAYS, weeks=0), "in the hours in which they are expected (set for this stream, time zone Europe/"),
    ],
)
def test_silence_is_judged_by_the_usual_pauses_which_are_cited(expectation: Expectation, text: str) -> None:
    state, reason = assessed(expectation=expectation, is_overdue=True, silent_seconds=900)
    assert (state, text in reason) == ("failing", True)
    quiet = assessed(expectation=expectation, is_overdue=False, silent_seconds=9000, records_per_second=0)
    assert (quiet[0], quiet[1].startswith("No records have arrived for 2 hours")) == ("healthy", True)


def test_silence_that_no_one_wants_to_hear_of_is_none() -> None:
    found = assessed(is_overdue=False, silent_seconds=9000, records_per_second=0)
    assert found == ("healthy", "The last record arrived 2 hours ago.")


def states(name: str, values: list[float]) -> list[str]:
    """The states of one collection after another, each knowing the one before."""
    previous, found = "", []
    for value in values:
        assessment = assess(replace(HEALTHY, previous=previous, **{name: value}))
        previous = assessment.message.code
        found.append(assessment.state)
    return found


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("write_usage_share", [0.79, 0.81, 0.79, 0.72, 0.70, 0.79]),
        ("iterator_age_seconds", [599, 600, 599, 301, 299, 599]),
    ],
)
def test_a_value_near_its_limit_does_not_change_the_state_to_and_fro(name: str, values: list[float]) -> None:
    assert states(name, values) == ["healthy", "attention", "attention", "attention", "healthy", "healthy"]


def test_a_stream_between_two_records_says_when_the_last_one_arrived() -> None:
    found = assessed(records_per_second=0, write_usage_share=0.0, silent_seconds=420)
    assert found == ("healthy", "The last record arrived 7 minutes ago.")


def test_without_the_count_of_records_a_throttled_one_is_no_share_of_them() -> None:
    gap = Message("stream.metrics_partial", metric="IncomingRecords")
    unknown = {"records_per_second": None, "metrics_gap": gap}
    assert assessed(throttled_writes=5.0, **unknown)[0] == "attention"
    assert assessed(throttled_writes=5.0, records_per_second=0)[0] == "failing"
    assert assessed(put_success_share=0.0, throttled_writes=0.0, **unknown)[0] == "unknown"


NO_RECORDS = {"records_per_second": None, "write_usage_share": None, "silent_seconds": 1200}
FORBIDDEN = Message("stream.metrics_forbidden", metric="IncomingRecords")


def test_total_throttling_is_throttling_and_not_silence() -> None:
    found = assess(replace(HEALTHY, **NO_RECORDS, throttled_writes=9_000.0))
    assert (found.state, text_of(found.message)) == (
        "failing",
        "Kinesis throttled all records in the last 5 minutes (9,000).",
    )
    assert "sensors are sending" not in advice_of(found.message)
    assert "throttled all records" in assessed(**NO_RECORDS | {"silent_seconds": None}, throttled_writes=9.0)[1]


def test_writes_that_all_fail_are_rejected_and_not_silence() -> None:
    found = assess(replace(HEALTHY, **NO_RECORDS, put_success_share=0.0))
    assert (found.state, "rejects every PutRecords call" in text_of(found.message)) == ("failing", True)
    assert "KMS key" in advice_of(found.message)


@pytest.mark.parametrize(("share", "state"), [(1.0, "healthy"), (0.998, "attention"), (0.99, "attention")])
def test_a_few_failed_deliveries_need_attention(share: float, state: str) -> None:
    assert assessed(**delivering(success_share=share))[0] == state


def test_a_share_below_one_never_reads_as_all() -> None:
    assert "99.8% of the deliveries" in assessed(**delivering(success_share=0.998))[1]
    assert "only 98.9% of its records" in assessed(**delivering(success_share=0.9891))[1]


def test_metrics_that_cloudwatch_withholds_are_unknown_with_the_reason() -> None:
    reason = {"metrics_gap": FORBIDDEN}
    assert assessed(**reason, **NO_RECORDS) == ("unknown", "CloudWatch denied reading the metric IncomingRecords.")
    assert assess(HealthInputs(live_seconds=3000, metrics_gap=FORBIDDEN)).state == "unknown"
    assert assess(HealthInputs(unused_key_seconds=3 * 86400, metrics_gap=FORBIDDEN)).state == "unknown"
    assert assessed(**reason)[0] == "unknown", "a healthy verdict needs every metric"
    assert assessed(**reason, throttled_writes=90_000.0)[0] == "failing", "what was read still counts"


def test_an_on_demand_stream_is_never_advised_to_add_shards() -> None:
    for changed in ({"write_usage_share": 0.9}, {"throttled_writes": 9.0}, NO_RECORDS | {"throttled_writes": 9.0}):
        found = assess(replace(HEALTHY, **changed, is_on_demand=True))
        assert "add shards" not in advice_of(found.message)
        assert "on-demand" in advice_of(found.message)


def test_several_failing_deliveries_are_counted() -> None:
    also = DeliveryInputs("lobby-to-http", "HTTP endpoint", success_share=0.9)
    assert "1 other delivery is failing too." in assessed(**delivering(also, success_share=0.5))[1]
    both = (also, replace(also, name="lobby-to-snowflake"))
    assert "2 other deliveries are failing too." in assessed(**delivering(*both, success_share=0.5))[1]


def test_a_failing_bucket_names_the_usual_causes_of_buckets() -> None:
    bucket = DeliveryInputs("lobby-to-s3", "S3", success_share=0.5)
    assert "bucket policy" in advice_of(assess(replace(HEALTHY, deliveries=(bucket,))).message)
    assert "bucket policy" not in advice_of(assess(replace(HEALTHY, **delivering(success_share=0.5))).message)


def test_the_advice_of_an_aws_error_is_passed_on() -> None:
    assert advice_of(assess(replace(HEALTHY, metrics_error=DENIED)).message) == advice_of(DENIED) != ""


@pytest.mark.parametrize(
    "changed",
    [
        {"write_usage_share": 0.8},
        {"silent_seconds": 599},
        {"iterator_age_seconds": 599},
        delivering(freshness_seconds=900),
        {"throttled_writes": None},
        {"iterator_age_seconds": None},
        delivering(freshness_seconds=None, success_share=None),
    ],
)
def test_at_the_threshold_and_without_a_measurement_the_stream_is_healthy(changed: dict[str, object]) -> None:
    assert assessed(**changed)[0] == "healthy"


def test_a_long_buffering_interval_allows_a_later_delivery() -> None:
    assert assessed(**delivering(freshness_seconds=1_700, buffering_seconds=900))[0] == "healthy"
    assert assessed(**delivering(freshness_seconds=1_900, buffering_seconds=900))[0] == "attention"


def test_the_worst_problem_is_the_one_that_is_shown() -> None:
    assert "AWS denied" in assessed(write_usage_share=0.95, throttled_writes=90_000.0, metrics_error=DENIED)[1]
    assert "throttled 90,000" in assessed(write_usage_share=0.95, throttled_writes=90_000.0)[1]


def test_no_data_yet_is_unknown_and_says_when_to_expect_it() -> None:
    found = assess(HealthInputs(live_seconds=30))
    assert found.state == "unknown"
    assert "two minutes after the first record" in advice_of(found.message)
    assert "Ask the vendor" in advice_of(assess(HealthInputs(live_seconds=3000)).message)


def test_an_unused_access_key_needs_attention_after_a_day() -> None:
    assert assess(HealthInputs(unused_key_seconds=3600)).state == "unknown"
    found = assess(HealthInputs(unused_key_seconds=3 * 86400))
    assert (found.state, text_of(found.message)) == (
        "attention",
        "The access key has been ready for 3 days and has never been used.",
    )


def test_a_stream_in_use_says_nothing_about_its_access_key() -> None:
    assert assessed(unused_key_seconds=3 * 86400)[0] == "healthy"


def test_a_row_stores_measurements_without_messages() -> None:
    stored = replace(HEALTHY, metrics_error=DENIED).as_json()
    assert stored["write_limit"] == {"unit": "records", "per_second": 1000}
    assert "metrics_error" not in stored
