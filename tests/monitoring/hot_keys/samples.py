"""Records with chosen partition keys."""

import math
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from random import Random

from portal.aws.records import DataRecord
from tests.monitoring.conftest import NOW


def record(key: str, *, size: int = 100, at: datetime = NOW, shard: str = "shardId-000000000000") -> DataRecord:
    return DataRecord("1", at, key, b"x" * size, shard)


def records(keys: Iterable[str], *, per_second: int = 1000, size: int = 100) -> list[DataRecord]:
    return [record(key, size=size, at=NOW + timedelta(seconds=place / per_second)) for place, key in enumerate(keys)]


def zipf(count: int, *, keys: int = 5000, exponent: float = 1.2, seed: int = 1) -> list[str]:
    """Return keys of which the n-th is drawn with a weight of 1 / n^exponent; the heaviest is "device-1"."""
    weights = [1 / math.pow(rank, exponent) for rank in range(1, keys + 1)]
    names = [f"device-{rank}" for rank in range(1, keys + 1)]
    return Random(seed).choices(names, weights, k=count)


def true_share(keys: list[str], key: str) -> float:
    return Counter(keys)[key] / len(keys)
