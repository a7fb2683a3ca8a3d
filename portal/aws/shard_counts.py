"""AWS's rules for the number of shards of a data stream.

https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
"""

MOST_SHARDS = 10_000
# Of one shard, each second. AWS writes 1 MB and 2 MB; its own sizing formula divides KiB by 1,024 and 2,048.
RECORDS_PER_SHARD = 1_000
BYTES_PER_SHARD = 1024 * 1024
READ_BYTES_PER_SHARD = 2 * BYTES_PER_SHARD  # shared by all consumers without enhanced fan-out; for each one with it
READS_PER_SHARD = 5
MOST_FANOUT_CONSUMERS = 20  # registered consumers of a stream


def shard_counts(current: int, wanted: int) -> list[int]:
    """Return the steps from one shard count to another, each between half and twice the one before.

    Raises ValueError for fewer than one shard, from which no step leads.
    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html
    """
    if min(current, wanted) < 1:
        raise ValueError(f"no steps lead from {current} to {wanted} shards")
    counts: list[int] = []
    while current != wanted:
        current = min(current * 2, wanted) if wanted > current else max(-(-current // 2), wanted)
        counts.append(current)
    return counts
