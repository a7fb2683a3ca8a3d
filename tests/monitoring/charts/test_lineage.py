"""The drawing of reshards: one box for each shard, where its hash keys and its generation are."""

import re
from datetime import UTC, datetime

from monitoring.charts.lineage import lineage_chart
from monitoring.shards.known_shard import merged
from monitoring.shards.lineage import descents
from tests.monitoring.shards.listed import RESHARDED, shard_id

NOON = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
BOX = re.compile(r'<rect class="([\w-]+)" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"')


def test_boxes_cover_every_hash_key_in_each_generation_and_open_ones_reach_the_right_edge() -> None:
    svg = lineage_chart(descents(merged([], RESHARDED, {shard_id(5): 0.97}, now=NOON)))
    boxes = {place: (box[0], *map(float, box[1:])) for place, box in enumerate(BOX.findall(svg))}
    looks = [box[0] for box in boxes.values()]
    assert looks == ["lineage-closed", "lineage-closed", "h-none", "lineage-closed", "lineage-closed", "h9"]
    assert [round(box[1] / 300) for box in boxes.values()] == [0, 1, 1, 2, 2, 3]
    assert [round((box[1] + box[3]) / 300) for box in boxes.values()] == [1, 2, 4, 3, 3, 4]
    for column in range(4):
        crossed = [box for box in boxes.values() if box[1] <= 300 * column + 1 and box[1] + box[3] > 300 * column + 1]
        assert round(sum(box[4] + 3 for box in crossed)) == 132, "gaps of three between boxes"


def test_a_box_is_explained_and_one_too_low_for_text_has_none() -> None:
    svg = lineage_chart(descents(merged([], RESHARDED, {shard_id(5): 0.97}, now=NOON)))
    assert "shardId-000000000005, open, 97% of the write limit" in svg
    assert "shardId-000000000000, closed" in svg
    assert ">0005</text>" in svg
