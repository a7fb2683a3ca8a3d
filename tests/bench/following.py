"""Shards at their write limit: whether a reader keeps up with one, catches up a backlog, and what ten of them cost."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any

from portal.local.ports import free_port
from tests.bench.machine import HOST, PROJECT, Machine
from tests.bench.measurements import Measurement, NotMeasured

LOOK_BACK = 60.0  # where a tap begins: it reads this as a backlog first
BACKLOG = 150.0
SHARDS = 10
THROUGHPUT_SECONDS = 40
FILTERS = [
    'device = "room-0007"',
    "samples.co2 > 8000",
    '"room-0011"',
    'where.floor = 3 and where.room startswith "3."',
    '@key = "rare"',
    "samples[0].t > 28.5 or samples[1].h < 40",
    'device in ("room-0021", "room-0022")',
    "not note exists",
]
_PUBLISHED_LATE = 2


def following(_machine: Machine, _seconds: float) -> list[Measurement]:
    """Follow a full shard (BENCH_FOLLOW_SECONDS, 120; the issue's 1800), and then read a backlog."""
    seconds = int(os.environ.get("BENCH_FOLLOW_SECONDS", "120"))
    followed = _followed(1, "json", 0.0, seconds)
    caught = _followed(1, "json", BACKLOG, 200)
    return [
        Measurement(
            f"a shard at its write limit followed for {seconds} s, highest lag",
            max(line["lag"] for line in followed if line.get("lag") is not None),
            2,
            "s",
            f"{followed[-1]['total']:,} records, {followed[-1]['undecoded']:,} not decoded, {_skips(followed)} skips",
        ),
        Measurement(
            "then a minute of backlog, at AWS's 2 MB/s, until it is caught up",
            _caught_up(caught),
            LOOK_BACK + 15,
            "s",
            f"a second gains a second at most; {_skips(caught)} skips",
        ),
    ]


def throughput(_machine: Machine, _seconds: float) -> list[Measurement]:
    """Follow 10,000 records of 1 KB a second, of ten shards: JSON, gzip, and in KPL aggregates."""
    return [line for kind in ("json", "gzip", "kpl") for line in _throughput(kind)]


def filtering(_machine: Machine, _seconds: float) -> list[Measurement]:
    """Follow 10,000 records of JSON a second while pages with a filter are open: with one, and with all eight."""
    return [line for count in (1, len(FILTERS)) for line in _filtered(FILTERS[:count])]


def _filtered(filters: list[str]) -> list[Measurement]:
    lines = _followed(SHARDS, "json", 0.0, THROUGHPUT_SECONDS, filters)
    known = [line for line in lines if "searched" in line][10:]
    if not known:
        raise NotMeasured("no filter was in use")
    first, last = known[0], known[-1]
    seconds, cpu = last["at"] - first["at"], last["cpu"] - first["cpu"]
    read, searched = last["total"] - first["total"], last["searched"] - first["searched"]
    missed = last["unsearched"] - first["unsearched"]
    lag = max(line["lag"] or 0 for line in known)
    rates = f"{read / seconds:,.0f} records/s read, {(searched - missed) / seconds:,.0f} searched"
    note = f"{rates}, {last['matched']:,} found, lag {lag} s at most"
    named = f"{len(filters)} {'filter' if len(filters) == 1 else 'filters'}"
    return [
        Measurement(
            f"processor time of 10,000 records, JSON, with {named}",
            10_000 * cpu / max(1, searched - missed),
            2,
            "s",
            note,
        ),
        Measurement(f"records not searched at 10,000 a second, {named}", 100 * missed / max(1, searched), 0, "%"),
    ]


def _throughput(kind: str) -> list[Measurement]:
    lines = _followed(SHARDS, kind, 0.0, THROUGHPUT_SECONDS)
    known = [line for line in lines if "total" in line][10:]
    first, last = known[0], known[-1]
    seconds, records = last["at"] - first["at"], last["total"] - first["total"]
    undecoded = last["undecoded"] - first["undecoded"]
    lag = max(line["lag"] or 0 for line in known)
    note = f"{records / seconds:,.0f} records/s read, {undecoded:,} not decoded, lag {lag} s at most"
    processor = (last["cpu"] - first["cpu"]) / max(1, records - undecoded)
    return [
        Measurement(f"processor time of 10,000 records, {kind}, read and decoded", 10_000 * processor, 2, "s", note),
        Measurement(f"records not decoded at 10,000 a second, {kind}", 100 * undecoded / max(1, records), 0, "%"),
    ]


def _skips(lines: list[dict[str, Any]]) -> int:
    return int(lines[-1].get("skips", 0))


def _caught_up(lines: list[dict[str, Any]]) -> float:
    began = next((line["at"] for line in lines if (line.get("lag") or 0) > _PUBLISHED_LATE), None)
    if began is None:
        raise NotMeasured("there was no backlog")
    last = max(line["at"] for line in lines if line.get("lag") is None or line["lag"] > _PUBLISHED_LATE)
    if last >= lines[-3]["at"]:
        raise NotMeasured(f"it has not caught up after {len(lines)} s")
    return float(last - began)


def _followed(
    shards: int, kind: str, backlog: float, seconds: float, filters: Sequence[str] = ()
) -> list[dict[str, Any]]:
    from portal import live

    live.connect().flushdb()
    with full_shards(shards, kind, backlog) as endpoint:
        command = [sys.executable, "-m", "tests.bench.lone_tap", endpoint, str(seconds), *filters]
        found = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=seconds + 120, check=False)
    lines = [json.loads(line) for line in found.stdout.splitlines() if line.startswith("{")]
    if not any("total" in line for line in lines):
        raise NotMeasured(f"nothing was followed: {found.stderr[-500:]}")
    return lines


@contextlib.contextmanager
def full_shards(shards: int, kind: str, backlog: float) -> Iterator[str]:
    """Run shards that receive as much as they accept inside the block; gives their endpoint."""
    port = free_port(HOST)
    command = [sys.executable, "-m", "tests.bench.full_shards", str(port), str(shards), kind, str(backlog)]
    process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    try:
        if process.stdout is None or "ready" not in process.stdout.readline():
            raise NotMeasured("the shards do not listen")
        time.sleep(1)
        yield f"http://{HOST}:{port}"
    finally:
        process.terminate()
        process.wait(10)
