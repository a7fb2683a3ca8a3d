"""From a partition key to its hash key and shard, as Kinesis computes them. Pure.

https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html
"""

import hashlib
from collections.abc import Iterable

from monitoring.shards.known_shard import HASH_KEYS, KnownShard

LONGEST_KEY = 256


def hash_key_of(partition_key: str) -> int:
    """Return the hash key: the MD5 digest of the partition key's UTF-8, as a number of 128 bits."""
    digest = hashlib.md5(partition_key.encode("utf-8", "surrogatepass"), usedforsecurity=False).digest()
    return int.from_bytes(digest, "big")


def explicit_hash_key(typed: str) -> int | None:
    """Return an explicit hash key that was typed, from 0 to 2^128 - 1, or None when it is not one."""
    text = typed.strip()
    if not text.isascii() or not text.isdigit() or len(text) > len(str(HASH_KEYS)):
        return None
    number = int(text)
    return number if number < HASH_KEYS else None


def shard_of(hash_key: int, shards: Iterable[KnownShard]) -> KnownShard | None:
    """Return the open shard whose hash keys contain this one, or None when it is not listed."""
    return next((shard for shard in shards if shard.is_open and shard.first <= hash_key <= shard.last), None)
