from dataclasses import replace

from monitoring.charts.line_chart import Chart
from monitoring.pages.stream_charts import stream_charts
from tests.monitoring.pages.streams import ON_DEMAND, STREAM, minutes, series


def titles(charts: tuple[Chart, ...]) -> list[str]:
    return [chart.caption.split(",")[0] for chart in charts]


def test_records_and_data_have_a_chart_each() -> None:
    charts = stream_charts(STREAM, series(records=minutes(60, 120), bytes=minutes(6_000, 6_000)))
    assert [chart.caption.split(",")[0] for chart in charts] == ["Incoming records", "Incoming data"]


def test_throttled_writes_have_a_chart_only_if_there_were_any() -> None:
    assert len(stream_charts(STREAM, series(throttled_writes=minutes(0, 0)))) == 2
    charts = stream_charts(STREAM, series(throttled_writes=minutes(0, 3)))
    assert charts[2].caption.split(",")[0] == "Throttled writes"


def test_a_stream_without_data_still_has_its_charts() -> None:
    assert [chart.caption.split(",")[0] for chart in stream_charts(STREAM, series())] == [
        "Incoming records",
        "Incoming data",
    ]


def test_a_stream_that_aws_has_not_described_has_no_limit() -> None:
    rates = series(records=minutes(110_000, 110_000))
    known = stream_charts(STREAM, rates)[0]
    unknown = stream_charts(replace(STREAM, shards=None), rates)[0]
    assert "2,000 records/s" in str(known)
    assert "records/s" in str(unknown)
    assert "2,000 records/s" not in str(unknown)


def test_the_limit_of_an_on_demand_stream_is_called_current() -> None:
    charts = stream_charts(ON_DEMAND, series(records=minutes(230_000)))
    assert "current limit of the on-demand stream: 4,000 records/s" in str(charts[0])
