"""The shard of partition keys that a person typed, or of explicit hash keys. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitoring.hot_keys.hash_keys import LONGEST_KEY, explicit_hash_key, hash_key_of, shard_of
from monitoring.shards.known_shard import KnownShard
from portal.messages.message import Message

MOST_KEYS = 20


@dataclass(frozen=True, slots=True)
class Placement:
    """A key with its hash key and its shard; the shard is None where no open shard with it is listed."""

    key: str
    hash_key: int
    shard: KnownShard | None
    is_explicit: bool = False

    @property
    def hash_hex(self) -> str:
        """Return the hash key in hexadecimal, as MD5 is usually written."""
        return f"{self.hash_key:032x}"


def problem_of(partition_keys: Sequence[str], hash_keys: Sequence[str]) -> Message | None:
    """Return what is wrong with typed keys, or None."""
    if not partition_keys and not hash_keys:
        return Message("shard_of.nothing")
    if len(partition_keys) + len(hash_keys) > MOST_KEYS:
        return Message("shard_of.too_many", most=MOST_KEYS)
    if any(not 0 < len(key) <= LONGEST_KEY for key in partition_keys):
        return Message("shard_of.key_too_long", most=LONGEST_KEY)
    if any(explicit_hash_key(typed) is None for typed in hash_keys):
        return Message("shard_of.not_a_hash_key")
    return None


def placements(
    partition_keys: Sequence[str], hash_keys: Sequence[str], shards: Sequence[KnownShard]
) -> list[Placement]:
    """Return the place of each key; explicit hash keys must be valid."""
    found = [(key, hash_key_of(key), False) for key in partition_keys]
    found += [(typed.strip(), int(typed), True) for typed in hash_keys]
    return [Placement(key, number, shard_of(number, shards), explicit) for key, number, explicit in found]
