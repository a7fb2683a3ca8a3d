from monitoring.pages.tiles import Tile, tiles_of
from tests.monitoring.pages.streams import ON_DEMAND, STREAM

MEASURED = {
    "records_per_second": 812.4,
    "bytes_per_second": 2_500_000,
    "write_usage_share": 0.41,
    "write_limit": {"unit": "records", "per_second": 2000},
    "iterator_age_seconds": 7200,
    "deliveries": [{"name": "sensors-to-s3", "title": "S3", "freshness_seconds": 1000}],
}


def tile(label: str, measurements: dict[str, object], stream=STREAM) -> Tile:
    return next(tile for tile in tiles_of(stream, measurements) if tile.label == label)


def test_each_measurement_has_its_unit_and_note() -> None:
    assert tiles_of(STREAM, MEASURED) == (
        Tile("Incoming records", "812", "records/s", "mean of 5 min, 2 shards"),
        Tile("Incoming data", "2.4", "MiB/s", "mean of 5 min, limit 2 MiB/s"),
        Tile("Write limit used", "41", "%", "busiest of 5 min, of 2,000 records/s"),
        Tile("Iterator age", "2", "hours", "slowest consumer", "attention"),
        Tile("Data freshness", "17", "minutes", "oldest undelivered record", "attention"),
    )


def test_without_measurements_there_are_dashes_not_zeros() -> None:
    assert {tile.value for tile in tiles_of(STREAM, {})} == {"–"}


def test_the_busiest_shard_is_named_and_high_usage_needs_attention() -> None:
    busy = {**MEASURED, "write_usage_share": 0.95, "busiest_shard": "shardId-000000000006"}
    assert tile("Write limit used", busy) == Tile(
        "Write limit used", "95", "%", "Shard 0006, busiest of 5 min, of 2,000 records/s", "attention"
    )


def test_an_iterator_age_that_sluice_can_have_caused_is_only_a_limit_and_never_a_slow_consumer() -> None:
    found = tile("Iterator age", {"iterator_age_seconds": None, "iterator_age_at_most_seconds": 7200})
    assert found == Tile("Iterator age", "≤ 2", "hours", "at most: Sluice reads too")


def test_an_on_demand_stream_says_so() -> None:
    assert tile("Incoming records", MEASURED, ON_DEMAND).note == "mean of 5 min, on demand"


def test_the_worst_of_several_deliveries_is_named() -> None:
    other = {"name": "sensors-to-splunk", "title": "Splunk", "freshness_seconds": 4000}
    found = tile("Data freshness", {"deliveries": [*MEASURED["deliveries"], other]})
    assert (found.value, found.unit, found.note) == ("67", "minutes", "oldest undelivered record, Splunk")
