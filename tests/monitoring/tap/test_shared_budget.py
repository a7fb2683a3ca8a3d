"""History and the tap read the same shard within one budget, and the page says the sum."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from django.template.loader import render_to_string
from redis import Redis

from monitoring.records import read_turns
from monitoring.records.read_turns import BYTES_PER_SECOND, CHECK_SECONDS, ReadTurns
from monitoring.records.tap_status import TapStatus, store_status, tap_status
from monitoring.tap import read_budget
from monitoring.tap.read_budget import MOST_CALLS, ReadBudget
from monitoring.tap.tap import Tap
from portal import live
from tests.markup import on_one_line
from tests.monitoring.tap.conftest import CLEAR, Moment, go, put

SHARD = "shardId-000000000000"


@dataclass
class Minutes:
    """What of Redis the turns use, on a clock of its own."""

    now: float = 0.0
    until: dict[str, float] = field(default_factory=dict)

    def set(self, key: str, _value: str, *, px: int, nx: bool = False, get: bool = False) -> object:
        before = "1" if self.exists(key) else None
        if nx and before:
            return None
        self.until[key] = self.now + px / 1000
        return before if get else True

    def exists(self, key: str) -> bool:
        return self.until.get(key, 0.0) > self.now

    def mget(self, keys: list[str]) -> list[str | None]:
        return ["1" if self.exists(key) else None for key in keys]

    def pttl(self, key: str) -> int:
        return round(1000 * (self.until[key] - self.now))


@dataclass
class Simulated:
    """A tap that is far behind in a shard, which a page of history reads from its tenth to its fortieth second."""

    redis: Any = field(default_factory=Minutes)
    budget: ReadBudget = field(default_factory=ReadBudget)
    tap: list[float] = field(default_factory=list)
    history: list[float] = field(default_factory=list)
    status: TapStatus = field(default_factory=TapStatus)

    def run(self, *, tap_from: float = 0.0) -> None:
        turns, due, checked, wait = ReadTurns("abc", self.redis), tap_from, 0.0, 0.0
        for step in range(6_000):
            now = self.redis.now = step / 100
            if now >= tap_from:
                if now >= checked:
                    checked, self.budget.is_shared = now + CHECK_SECONDS, bool(turns.announced([SHARD]))
                    self.status = TapStatus(interval_seconds=self.budget.interval)
                if now >= due:
                    self.tap.append(now)
                    self.budget.note_read(60.0)
                    due = now + self.budget.interval
            if 10 <= now < 40 and now >= wait:
                seconds = turns.wait_for(SHARD)
                if not seconds:
                    self.history.append(now)
                wait = now + seconds

    def most_in_a_second(self) -> int:
        reads = sorted([*self.tap, *self.history])
        return max(sum(began <= read < began + 1 for read in reads) for began in reads)


@pytest.fixture
def simulated(monkeypatch: pytest.MonkeyPatch) -> Simulated:
    found = Simulated()
    monkeypatch.setattr(read_turns, "tap_status", lambda _: found.status)
    return found


def test_together_they_never_make_more_calls_than_the_budget_has(simulated: Simulated) -> None:
    simulated.run()
    assert simulated.most_in_a_second() == MOST_CALLS
    shared = [read for read in simulated.tap if 12 <= read < 40]
    assert len(shared) == pytest.approx(28, abs=1)
    assert len(simulated.history) == pytest.approx(28, abs=2)
    after = [read for read in simulated.tap if 50 <= read < 60]
    assert len(after) == pytest.approx(20, abs=1), "the tap has its whole budget again"


def test_history_slows_down_with_a_tap_that_kinesis_throttles(simulated: Simulated) -> None:
    simulated.budget.note_throttled()
    simulated.budget.note_throttled()
    simulated.run()
    assert simulated.most_in_a_second() <= MOST_CALLS
    slow = TapStatus(interval_seconds=4.0)
    simulated.status, simulated.redis.now = slow, 100.0
    turns = ReadTurns("abc", simulated.redis)
    assert turns.wait_for("other") == pytest.approx(read_turns.SETTLING_SECONDS)
    simulated.redis.now += read_turns.SETTLING_SECONDS
    assert turns.wait_for("other") == 0.0
    assert turns.wait_for("other") == pytest.approx(4.0)


def test_together_they_read_no_more_bytes_than_a_shard_answers() -> None:
    budget = ReadBudget(is_shared=True)
    live_pace = 10 * 1024 * 1024 / budget.pause_after(10 * 1024 * 1024)
    assert live_pace + BYTES_PER_SECOND <= read_budget.BYTES_PER_SECOND


@pytest.mark.usefixtures("clean_redis")
def test_only_the_shards_that_history_reads_are_announced(clean_redis: str) -> None:
    redis = Redis.from_url(clean_redis)
    turns = ReadTurns("abc", redis)
    assert turns.announced(["a", "b"]) == frozenset()
    assert turns.wait_for("a") == 0.0
    assert turns.announced(["a", "b"]) == {"a"}
    assert ReadTurns("other", redis).announced(["a", "b"]) == frozenset()
    store_status("abc", TapStatus(), heard_at=datetime.now(UTC))
    assert turns.wait_for("b") > 1.0, "the tap is given time to leave its part"


def test_the_page_says_what_both_use_together(tap: Tap, redis: Redis, moment: Moment, kinesis) -> None:
    live.hold({CLEAR: 1})
    put(kinesis, b"{}")
    go(tap, moment, 3)
    status = tap_status("abc")
    assert status is not None
    assert (status.calls_per_second, status.history_calls_per_second) == ("1", "")
    ReadTurns("abc", redis).wait_for(SHARD)
    go(tap, moment, 3)
    status = tap_status("abc")
    assert status is not None
    assert (status.calls_per_second, status.history_calls_per_second, status.history_shards) == ("1–2", "1", 1)
    shown = on_one_line(render_to_string("monitoring/_tap_status.html", {"tap_status": status}))
    assert "Reads 1–2 of 5 calls/s per shard, 1 of them for the history of 1 shard" in shown
