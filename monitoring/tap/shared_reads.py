"""What the readers of a stream leave to history, which reads the same shards within one budget for both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from monitoring.records.read_turns import CHECK_SECONDS, SECONDS_BESIDE_TAP, ReadTurns
from monitoring.tap.read_budget import ReadBudget
from monitoring.tap.shard_reader import USUAL_SECONDS, ShardReader


@dataclass(slots=True)
class SharedReads:
    """Asks twice a second which shards history reads."""

    turns: ReadTurns
    _check_at: float = 0.0

    def check_soon(self) -> None:
        """Ask with the next step: there are new readers."""
        self._check_at = 0.0

    def apply(self, readers: Mapping[str, ShardReader], now: float) -> None:
        """Let readers leave a part of their budget where history reads their shard; raises RedisError."""
        if now < self._check_at or not readers:
            return
        self._check_at = now + CHECK_SECONDS
        shared = self.turns.announced(list(readers))
        for shard_id, reader in readers.items():
            if shard_id in shared and not reader.has_answer and reader.due_at == 0.0:
                reader.due_at = now + USUAL_SECONDS  # history alone reads faster, until it has seen that a tap is here
            reader.budget.is_shared = shard_id in shared


def with_history(budgets: Sequence[ReadBudget]) -> dict[str, Any]:
    """Return what a status says of history, while it reads some of the shards too."""
    shared = sum(budget.is_shared for budget in budgets)
    if not shared:
        return {}
    calls = 1 / max(SECONDS_BESIDE_TAP, *(budget.interval for budget in budgets))
    sums = [1 / budget.interval + budget.is_shared * calls for budget in budgets]
    return {"history_shards": shared, "history_calls": calls, "least_calls": min(sums), "most_calls": max(sums)}
