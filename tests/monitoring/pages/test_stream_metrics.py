from dataclasses import replace

from monitoring.models import StreamHealth
from monitoring.pages.stream_metrics import MAX_SHARDS, stream_metrics
from tests.monitoring.pages.streams import END, ON_DEMAND, STREAM, minutes, series, shard


def captions(stream, found) -> list[str]:
    return [chart.caption for chart in stream_metrics(stream, None, found).charts]


def test_without_series_there_are_tiles_and_no_charts() -> None:
    found = stream_metrics(STREAM, StreamHealth(measurements={"records_per_second": 3}), None)
    assert found.tiles[0].value == "3.0"
    assert (found.charts, found.shards, found.until) == ((), (), None)


def test_throttled_writes_are_drawn_only_if_there_were_any() -> None:
    assert captions(STREAM, series(records=minutes(60), throttled_writes=minutes(0, 0))) == [
        "Incoming records, records/s",
        "Incoming data, KiB/s",
    ]
    assert captions(STREAM, series(throttled_writes=minutes(0, 3)))[-1] == "Throttled writes, records/min"


def test_the_unit_of_data_follows_from_the_highest_value() -> None:
    assert captions(STREAM, series(bytes=minutes(60 * 2**20)))[1] == "Incoming data, MiB/s"


def test_the_limit_of_a_stream_names_its_capacity() -> None:
    found = series(records=minutes(90_000))
    assert "limit of the stream (2 shards): 2,000 records/s" in stream_metrics(STREAM, None, found).charts[0].limit
    assert "current limit of the on-demand stream: 4,000" in stream_metrics(ON_DEMAND, None, found).charts[0].limit


def test_before_aws_described_the_stream_no_limit_is_drawn() -> None:
    unseen = replace(STREAM, shards=None)
    found = stream_metrics(unseen, None, series(records=minutes(90_000)))
    assert all("limit of the stream" not in chart.limit for chart in found.charts)
    assert [tile.note for tile in found.tiles[:2]] == ["mean of 5 min", "mean of 5 min"], "and no limit"


def test_shards_are_shown_in_the_order_of_their_ids_with_a_heatmap() -> None:
    found = stream_metrics(STREAM, None, series((shard(1, 60), shard(0, 60)), records=minutes(120)))
    assert [(card.name, card.keys) for card in found.shards] == [
        ("Shard 0000", "0% to 50% of hash keys"),
        ("Shard 0001", "50% to 100% of hash keys"),
    ]
    assert 'class="heatmap"' in str(found.heatmap)
    assert found.until == END


def test_one_shard_needs_no_heatmap() -> None:
    assert stream_metrics(STREAM, None, series((shard(0, 60),))).heatmap == ""


def test_shards_beyond_the_limit_are_counted() -> None:
    many = tuple(shard(number, number) for number in range(MAX_SHARDS + 3))
    found = stream_metrics(STREAM, None, series(many))
    assert (len(found.shards), found.omitted_shards) == (MAX_SHARDS, 3)
