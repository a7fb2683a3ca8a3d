"""A filter over an hour of a full shard: when its first record is shown, how fast it reads, and how it is cancelled."""

import itertools
import json
import os
import subprocess
import sys
from typing import Any

from monitoring.records.read_turns import BYTES_PER_SECOND
from tests.bench.following import full_shards
from tests.bench.full_shards import RARE_FIRST, RECORD_BYTES
from tests.bench.machine import PROJECT, Machine
from tests.bench.measurements import Measurement, NotMeasured

HOUR = 3600.0


def searching(_machine: Machine, _seconds: float) -> list[Measurement]:
    """Search for a key that one of 60,000 records has, for BENCH_SEARCH_SECONDS (90), and cancel."""
    seconds = int(os.environ.get("BENCH_SEARCH_SECONDS", "90"))
    lines = _searched(seconds)
    seen, end = [line for line in lines if "phase" in line], lines[-1]
    first = next((line for line in seen if line["rows"]), None)
    if first is None:
        raise NotMeasured(f"nothing was found in {seen[-1]['bytes'] if seen else 0:,} bytes")
    last = [line for line in seen if line["phase"] == "reading"][-1]
    least, usual = RARE_FIRST * RECORD_BYTES / BYTES_PER_SECOND, last["bytes"] / BYTES_PER_SECOND
    counts = f"{last['searched']:,} records searched, {last['unsearched']:,} not; {last['rows']:,} found"
    steps = [later["at"] - earlier["at"] for earlier, later in itertools.pairwise(seen)]
    shown = f"shown {first['at']:.1f} s after the request"
    return [
        Measurement(
            "first record that is found, beyond the time of the bytes before it", first["at"] - least, 6, "s", shown
        ),
        Measurement("time of the search ÷ time in which history may read so much", last["at"] / usual, 1.1, "", counts),
        Measurement("longest time without progress on the page", max(steps), 6, "s"),
        Measurement("cancelled, until nothing more is read", end["ended"] - end["cancelled"], 1, "s"),
    ]


def _searched(seconds: float) -> list[dict[str, Any]]:
    from portal import live

    live.connect().flushdb()
    with full_shards(1, "json", HOUR) as endpoint:
        command = [sys.executable, "-m", "tests.bench.lone_search", endpoint, str(seconds)]
        found = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=seconds + 120, check=False)
    lines = [json.loads(line) for line in found.stdout.splitlines() if line.startswith("{")]
    if not lines:
        raise NotMeasured(f"nothing was searched: {found.stderr[-500:]}")
    return lines
