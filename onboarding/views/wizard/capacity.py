"""What a capacity mode carries, in words. Limits: https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html"""

from portal.aws.shard_counts import MOST_SHARDS, RECORDS_PER_SHARD
from portal.numbers import whole

_ON_DEMAND = "Starts with 4 MB/s and 4,000 records/s in, 8 MB/s out. Scales up to twice the peak of the last 30 days."


def carries(mode: object, shards: object) -> str:
    """Return what so many shards take in and give out each second; `shards` as typed, in decimal digits."""
    if mode == "ON_DEMAND":
        return _ON_DEMAND
    count = whole(str(shards or "").strip())
    if count is None or not 1 <= count <= MOST_SHARDS:
        return "Enter a number of shards to see their capacity."
    flow = f"{count:,} MB/s and {count * RECORDS_PER_SHARD:,} records/s in, {2 * count:,} MB/s out"
    return f"{'One shard supports' if count == 1 else f'{count:,} shards support'} {flow}."
