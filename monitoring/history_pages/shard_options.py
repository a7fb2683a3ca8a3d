"""The shards that can be chosen, each with its hash keys, and a closed one with when it was closed. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from monitoring.series import shard_number
from monitoring.shards.known_shard import KnownShard

_PERCENT = 100


@dataclass(frozen=True, slots=True)
class ShardOption:
    """A shard of the select: its value in the address, and its label."""

    value: str
    label: str


def shard_options(shards: Sequence[KnownShard], typed: str) -> list[ShardOption]:
    """Return the open shards by their hash keys, then the closed ones, the newest first; and what was typed."""
    opened = sorted((shard for shard in shards if shard.is_open), key=lambda shard: shard.first)
    closed = sorted((shard for shard in shards if not shard.is_open), key=lambda shard: shard.shard_id, reverse=True)
    found = [ShardOption(str(_number(shard)), _label(shard)) for shard in (*opened, *closed)]
    is_listed = not typed or any(option.value == typed for option in found)
    return found if is_listed else [ShardOption(typed, typed), *found]


def _number(shard: KnownShard) -> int:
    return int(shard.shard_id.rpartition("-")[2])


def _label(shard: KnownShard) -> str:
    first, last = _percent(shard.first_share), _percent(shard.first_share + shard.width)
    keys = _("%(shard)s: hash keys %(first)s%% to %(last)s%%") % {
        "shard": shard_number(shard.shard_id),
        "first": first,
        "last": last,
    }
    if shard.closed_before is None:
        return keys
    closed = f"{shard.closed_before:%-d %b, %H:%M}"
    return _("%(keys)s, closed before %(closed)s UTC") % {"keys": keys, "closed": closed}


def _percent(share: float) -> str:
    return f"{_PERCENT * share:.1f}".removesuffix(".0")
