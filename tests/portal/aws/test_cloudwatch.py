"""Metrics, in few calls."""

from datetime import UTC, datetime, timedelta

from botocore.stub import ANY, Stubber

from portal.aws.cloudwatch import MetricQuery, Series, SeriesGap, metric_series
from portal.aws.published_metrics import MetricDatum, put_metric_data
from portal.aws.session import AwsSession, portal_session

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
START, END = NOW - timedelta(hours=1), NOW


def query(key: str, name: str = "IncomingRecords", stream: str = "sluice-a") -> MetricQuery:
    return MetricQuery(key, "AWS/Kinesis", name, (("StreamName", stream),), "Sum", 60)


def test_what_is_published_is_read(aws: AwsSession) -> None:
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    dimensions = (("StreamName", "sluice-a"),)
    data = [
        MetricDatum("IncomingRecords", dimensions, value, "Count", now - timedelta(minutes=ago))
        for ago, value in ((5, 7.0), (3, 9.0))
    ]
    put_metric_data(aws, "AWS/Kinesis", data)
    series = metric_series(aws, [query("in"), query("none", "IncomingBytes")], start=now - timedelta(hours=1), end=now)
    assert series == {
        "in": Series("in", ((now - timedelta(minutes=5), 7.0), (now - timedelta(minutes=3), 9.0))),
        "none": Series("none", ()),
    }


def test_more_than_five_hundred_take_two_calls() -> None:
    aws = portal_session("eu-west-1")
    with Stubber(aws.client("cloudwatch")) as stub:
        for count in (500, 1):
            results = [{"Id": f"q{i}", "Timestamps": [NOW], "Values": [float(count)]} for i in range(count)]
            stub.add_response("get_metric_data", {"MetricDataResults": results})
        series = metric_series(aws, [query(f"k{i}") for i in range(501)], start=START, end=END)
        stub.assert_no_pending_responses()
    assert len(series) == 501
    assert (series["k0"].points, series["k500"].points) == (((NOW, 500.0),), ((NOW, 1.0),))


def test_pages_of_one_series_are_joined_in_order() -> None:
    aws = portal_session("eu-west-1")
    earlier = NOW - timedelta(minutes=1)
    first = {"MetricDataResults": [{"Id": "q0", "Timestamps": [NOW], "Values": [2.0]}], "NextToken": "more"}
    rest = {"MetricDataResults": [{"Id": "q0", "Timestamps": [earlier], "Values": [1.0]}]}
    asked = {"MetricDataQueries": ANY, "StartTime": START, "EndTime": END, "ScanBy": "TimestampAscending"}
    with Stubber(aws.client("cloudwatch")) as stub:
        stub.add_response("get_metric_data", first, asked)
        stub.add_response("get_metric_data", rest, asked | {"NextToken": "more"})
        series = metric_series(aws, [query("in")], start=START, end=END)
    assert series["in"].points == ((earlier, 1.0), (NOW, 2.0))


def result(status: str, values: list[float], place: int = 0) -> dict[str, object]:
    times = [NOW - timedelta(minutes=minute) for minute in range(len(values))]
    return {"Id": f"q{place}", "Timestamps": times, "Values": values, "StatusCode": status}


def test_a_metric_that_cloudwatch_withholds_is_not_silence() -> None:
    aws = portal_session("eu-west-1")
    denied = {"Code": "Forbidden", "Value": "not authorized to read this metric"}
    answer = {"MetricDataResults": [result("Forbidden", []) | {"Messages": [denied]}, result("InternalError", [], 1)]}
    with Stubber(aws.client("cloudwatch")) as stub:
        stub.add_response("get_metric_data", answer)
        series = metric_series(aws, [query("in"), query("out")], start=START, end=END)
    assert (series["in"].gap, series["in"].aws_text) == (SeriesGap.FORBIDDEN, "not authorized to read this metric")
    assert series["out"].gap is SeriesGap.INTERNAL_ERROR


def test_only_the_last_page_says_whether_a_series_is_complete() -> None:
    aws = portal_session("eu-west-1")
    for last, gap in (("Complete", None), ("PartialData", SeriesGap.PARTIAL)):
        with Stubber(aws.client("cloudwatch")) as stub:
            first = {"MetricDataResults": [result("PartialData", [1.0])], "NextToken": "more"}
            stub.add_response("get_metric_data", first)
            stub.add_response("get_metric_data", {"MetricDataResults": [result(last, [2.0])]})
            assert metric_series(aws, [query("in")], start=START, end=END)["in"].gap is gap


def test_a_query_is_asked_as_it_is_meant() -> None:
    aws = portal_session("eu-west-1")
    dimensions = [{"Name": "StreamName", "Value": "sluice-a"}]
    metric = {"Namespace": "AWS/Kinesis", "MetricName": "IncomingRecords", "Dimensions": dimensions}
    queries = [{"Id": "q0", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}}]
    with Stubber(aws.client("cloudwatch")) as stub:
        asked = {"MetricDataQueries": queries, "StartTime": START, "EndTime": END, "ScanBy": "TimestampAscending"}
        stub.add_response("get_metric_data", {"MetricDataResults": []}, asked)
        assert metric_series(aws, [query("in")], start=START, end=END)["in"].points == ()


def test_no_queries_are_no_call() -> None:
    aws = portal_session("eu-west-1")
    with Stubber(aws.client("cloudwatch")):
        assert metric_series(aws, [], start=START, end=END) == {}


def test_a_thousand_values_go_to_a_call() -> None:
    aws = portal_session("eu-west-1")
    with Stubber(aws.client("cloudwatch")) as stub:
        stub.add_response("put_metric_data", {})
        stub.add_response("put_metric_data", {})
        put_metric_data(aws, "AWS/Kinesis", [MetricDatum("m", (), 1.0, "Count", NOW)] * 1001)
        stub.assert_no_pending_responses()
