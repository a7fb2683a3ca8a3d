"""How much of AWS's daily limits for a stream's capacity is used."""

from dataclasses import dataclass

# https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html
MAX_SHARD_CHANGES = 10
# https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateStreamMode.html
MAX_MODE_SWITCHES = 2


@dataclass(frozen=True, slots=True)
class DailyUsage:
    """How often this integration changed its stream's capacity in the last 24 hours, and when the next change of each
    kind is possible, as people read a time. Changes that others made in the account are not counted."""

    mode_switches: int = 0
    shard_changes: int = 0
    next_mode_switch: str = ""
    next_shard_change: str = ""


NOTHING_USED = DailyUsage()
