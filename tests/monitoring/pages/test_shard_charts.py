import re
from dataclasses import replace

from monitoring.pages.shard_charts import shard_cards, shard_heatmap
from tests.monitoring.pages.streams import series, shard


def test_cards_are_in_the_order_of_the_shards() -> None:
    cards = shard_cards(series((shard(1, 60), shard(0, 60))))
    assert [card.name for card in cards] == ["Shard 0000", "Shard 0001"]
    assert [card.keys for card in cards] == ["0% to 50% of hash keys", "50% to 100% of hash keys"]


def test_a_card_names_the_shards_that_it_came_from() -> None:
    merged = replace(shard(1, 60), parents=("shardId-000000000003", "shardId-000000000004"))
    split = replace(shard(0, 60), parents=("shardId-000000000003",))
    assert [card.parents for card in shard_cards(series((split, merged)))] == ["0003", "0003 and 0004"]
    assert shard_cards(series((shard(0, 60),)))[0].parents == ""


def colour_of(*records: float) -> str:
    (card,) = shard_cards(series((shard(0, *records),)))
    return re.findall(r"series-\d", card.chart.svg)[0]


def test_a_shard_above_80_percent_has_the_colour_of_a_problem() -> None:
    assert colour_of(6_000, 6_000) == "series-1"
    assert colour_of(48_000, 48_000) == "series-1"
    assert colour_of(6_000, 54_000) == "series-2"


def test_a_shard_that_was_busy_longer_ago_is_quiet_now() -> None:
    assert colour_of(54_000, *[600] * 4) == "series-2"
    assert colour_of(54_000, *[600] * 5) == "series-1"


def test_a_heatmap_needs_two_shards() -> None:
    assert shard_heatmap(series((shard(0, 60),))) == ""
    assert shard_heatmap(series(())) == ""
    assert "…0001" in shard_heatmap(series((shard(0, 60), shard(1, 60))))
