from dataclasses import replace

import pytest

from monitoring.pages.labels import NO_VALUE, capacity, or_dash, shard_name, whole_number
from tests.monitoring.pages.streams import ON_DEMAND, STREAM


@pytest.mark.parametrize(
    ("stream", "text"),
    [
        (STREAM, "2 shards"),
        (replace(STREAM, shards=1), "1 shard"),
        (replace(STREAM, shards=None), ""),
        (ON_DEMAND, "on demand"),
        (replace(ON_DEMAND, shards=None), "on demand"),
    ],
)
def test_the_capacity_is_what_aws_described(stream, text: str) -> None:
    assert capacity(stream) == text


def test_no_value_is_a_dash_and_zero_is_a_value() -> None:
    assert or_dash(None, str) == NO_VALUE
    assert or_dash(0, whole_number) == "0"
    assert or_dash(1234.4, whole_number) == "1,234"


def test_a_shard_is_called_by_the_end_of_its_id() -> None:
    assert shard_name("shardId-000000000006") == "Shard 0006"
