"""What a capacity mode carries, in words. Limits: https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html"""

RECORDS_PER_SHARD = 1000
MOST_SHARDS = 10_000
_ON_DEMAND = (
    "To begin with 4 MB/s and 4,000 records/s in, 8 MB/s out. Grows to twice the highest flow of the last 30 days."
)


def carries(mode: object, shards: object) -> str:
    """Return what so many shards take in and give out each second; `shards` as typed, in decimal digits."""
    if mode == "ON_DEMAND":
        return _ON_DEMAND
    number = str(shards or "").strip()
    if not number.isdecimal() or not 1 <= int(number) <= MOST_SHARDS:
        return "Type a number of shards to see what they carry."
    count = int(number)
    flow = f"{count:,} MB/s and {count * RECORDS_PER_SHARD:,} records/s in, {2 * count:,} MB/s out"
    return f"{'One shard carries' if count == 1 else f'{count:,} shards carry'} {flow}."
