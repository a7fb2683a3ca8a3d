"""The shards whose metrics are read for a time range: those that a person chose, or the busiest. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from monitoring.shards.known_shard import KnownShard
from portal.messages.message import Message

# Each is four metrics, which CloudWatch bills.
BUSIEST, MOST = 4, 8
_NUMBER = re.compile(r"(?:shardId-)?0*(\d{1,12})")


@dataclass(frozen=True, slots=True)
class ShardChoice:
    """The IDs of the shards, what was typed, and why that cannot be shown."""

    shards: tuple[str, ...] = ()
    typed: str = ""
    problem: Message | None = None

    @property
    def numbers(self) -> str:
        """Return the shards as the address names them: "1 6"."""
        return " ".join(str(int(shard.rpartition("-")[2])) for shard in self.shards)


def chosen_shards(typed: str, listed: Sequence[KnownShard]) -> ShardChoice:
    """Return the shards with the typed numbers; without any, the four that use most of their write limit now."""
    typed = typed[:200].strip()
    if not typed:
        busiest = sorted(
            (shard for shard in listed if shard.is_open), key=lambda shard: (-(shard.usage or 0), shard.first)
        )
        return ShardChoice(tuple(sorted(shard.shard_id for shard in busiest[:BUSIEST])))
    known = {shard.shard_id for shard in listed}
    found = dict.fromkeys(_shard_id(word) for word in re.split(r"[\s,]+", typed))
    unknown = [shard for shard in found if shard not in known]
    if unknown:
        return ShardChoice((), typed, Message("range.unknown_shard", shard=unknown[0][:40]))
    if len(found) > MOST:
        return ShardChoice((), typed, Message("range.too_many_shards", most=MOST))
    return ShardChoice(tuple(found), typed)


def _shard_id(word: str) -> str:
    number = _NUMBER.fullmatch(word) if word.isascii() else None
    return f"shardId-{int(number[1]):012d}" if number else word
