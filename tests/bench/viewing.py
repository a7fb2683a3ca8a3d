"""People who look: what more of them cost, how soon a record reaches them, and how many one web process holds."""

import contextlib
import json
import random
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

from django.db import connection as database
from django.template.loader import render_to_string
from django.utils import timezone

from monitoring.collection.collector import collect
from monitoring.tap.shard_reader import USUAL_SECONDS
from onboarding.models.connection import Connection
from portal import live
from portal.aws.records import put_record
from portal.local.processes import ChildProcess
from portal.tenancy.models import Tenant
from tests.bench import estate
from tests.bench.counted_tap import COUNTER
from tests.bench.machine import PROJECT, WEB_NAME, Machine
from tests.bench.measurements import Measurement, NotMeasured, p95

CROWD = 1000
STREAMS = 5000
WINDOW_SECONDS = 10.0
MARKS = 40


class Crowd:
    """Browsers in a process of their own."""

    def __init__(self, port: int, count: int, path: str, cookie: str) -> None:
        command = [sys.executable, "-m", "tests.bench.crowd", str(port), str(count), path]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=PROJECT)
        self.open = int(self._response_to(cookie).split()[1])

    def seen(self) -> dict[str, Any]:
        """Return how many event streams are open now, and when each mark reached whom."""
        found: dict[str, Any] = json.loads(self._response_to(""))
        return found

    def leave(self) -> None:
        """Close all of them."""
        self._process.communicate(timeout=10)

    def _response_to(self, request: str) -> str:
        if self._process.stdin is None or self._process.stdout is None:
            raise NotMeasured("the browsers have no standard input")
        self._process.stdin.write(f"{request}\n")
        self._process.stdin.flush()
        return self._process.stdout.readline() or "ended 0"


def viewers(machine: Machine, seconds: float) -> list[Measurement]:
    """Measure a stream with one viewer and with a thousand, while records arrive at the same pace."""
    tenant = estate.new_tenant()
    (connection,) = estate.connected(tenant, 1)
    (uid,) = estate.live_streams(tenant, 1, connection=connection)
    stream = tenant.integrations.get(uid=uid).stream_name
    estate.root(connection).client("kinesis").create_stream(StreamName=stream, ShardCount=2)
    cookie, path = cookie_of(tenant), f"/events/stream/{uid}/clear/"
    processes = [machine.tap(), *(web := machine.web())[:1]]
    try:
        with crowd_of(web[1], 1, path, cookie) as single:
            few = _window(machine, connection, stream)
            soon = _delays(connection, stream, single, 1)
        with crowd_of(web[1], CROWD, path, cookie) as crowd:
            many = _window(machine, connection, stream)
            late = _delays(connection, stream, crowd, CROWD)
    finally:
        machine.end(*processes)
    estate.forget([uid])
    return [
        _growth("AWS calls of the tap and of a collection", few["calls"], many["calls"]),
        _growth("renders of the tap and of a collection", few["renders"], many["renders"]),
        _beyond(soon, "one viewer", 150),
        _beyond(late, f"{CROWD:,} viewers", 300),
    ]


def _beyond(delays: list[float], who: str, limit: float) -> Measurement:
    median = 1000 * sorted(delays)[len(delays) // 2]
    note = f"{len(delays):,} arrivals of {MARKS} records; median {median:.0f} ms in all"
    name = f"record to browser, {who}, p95, beyond the polling interval"
    return Measurement(name, 1000 * (p95(delays) - USUAL_SECONDS), limit, "ms", note)


def streams(machine: Machine, seconds: float) -> list[Measurement]:
    """Measure one web process that holds thousands of open event streams."""
    tenant = estate.new_tenant()
    (uid,) = estate.live_streams(tenant, 1)
    wanted = min(STREAMS, _files_allowed() - 200)
    process, port = machine.web()
    try:
        began = time.monotonic()
        with crowd_of(port, wanted, f"/events/stream/{uid}/clear/", cookie_of(tenant)) as crowd:
            opening = time.monotonic() - began
            time.sleep(3)
            held = [_held(process) for _ in range(20)]
            still = crowd.seen()["open"]
    finally:
        machine.end(process)
    estate.forget([uid])
    megabytes, threads, connections = (max(sample[place] for sample in held) for place in range(3))
    name = f"one web process with {still:,} open event streams"
    return [
        Measurement(f"{name}, resident memory", megabytes, 250, "MB", f"opened in {opening:.0f} s"),
        Measurement(f"{name}, threads", threads, 10),
        Measurement(
            f"{name}, PostgreSQL connections", connections, 1, note="at rest; up to 4 while it asks who may watch"
        ),
    ]


@contextlib.contextmanager
def crowd_of(port: int, count: int, path: str, cookie: str) -> Iterator[Crowd]:
    """Open event streams, and leave them in the end; raises NotMeasured where not all were opened."""
    crowd = Crowd(port, count, path, cookie)
    try:
        if crowd.open < count:
            raise NotMeasured(f"only {crowd.open} of {count} event streams were opened")
        yield crowd
    finally:
        crowd.leave()


def _window(machine: Machine, connection: Connection, stream: str) -> dict[str, float]:
    """Return AWS calls and renders while records arrive for a while and one collection is made."""
    stop = threading.Event()
    feeding = threading.Thread(target=feed, args=(connection, stream, stop))
    feeding.start()
    time.sleep(4)  # until the tap has found the stream and its shards
    machine.aws.reset()
    before = _renders()
    time.sleep(WINDOW_SECONDS)
    calls = {name: count for name, count in machine.aws.calls().items() if not name.startswith("kinesis:Put")}
    renders = _renders() - before
    stop.set()
    feeding.join(60)
    machine.aws.reset()
    renders += _collected(connection)
    return {"calls": sum(calls.values()) + sum(machine.aws.calls().values()), "renders": renders}


def _collected(connection: Connection) -> int:
    for key in live.connect().scan_iter("digest:*"):
        live.connect().delete(key)  # so that every collection has something to show
    with patch("monitoring.pages.html_cache.render_to_string", wraps=render_to_string) as rendered:
        collect(connection_id=connection.pk, region=estate.REGION, now=timezone.now())
    return int(rendered.call_count)


def feed(connection: Connection, stream: str, stop: threading.Event) -> None:
    """Put a record each 200 ms until told to stop."""
    aws, number = estate.root(connection), 0
    while not stop.wait(0.2):
        number += 1
        put_record(aws, stream, data=b'{"sensor": "north-%d"}' % number, partition_key=f"north-{number}")


def _renders() -> int:
    counters = list(live.connect().scan_iter(f"{COUNTER}:*"))
    return sum(int(value or 0) for value in live.connect().mget(counters)) if counters else 0


def _growth(what: str, few: float, many: float) -> Measurement:
    grown = round(100 * (many - few) / few)
    # A read more or less falls into the window: what does not grow tenfold with a thousand times the viewers stays 0.
    noise = abs(grown) <= 5
    note = f"{few:.0f} with one viewer, {many:.0f} with {CROWD:,}, in {WINDOW_SECONDS:.0f} s"
    return Measurement(f"viewers 1 → {CROWD:,}: growth of {what}", 0 if noise else grown, 0, "%", note)


def _delays(connection: Connection, stream: str, crowd: Crowd, viewers: int) -> list[float]:
    """Put records at uneven times; return how many seconds each took to each viewer."""
    aws, put = estate.root(connection), {}
    first = MARKS * viewers  # who comes later is also sent the newest rows of before
    for number in range(first, first + MARKS):
        text = b'{"sensor": "mark-%d-", "temperature": 21.5}' % number
        put_record(aws, stream, data=text, partition_key=str(random.random()))
        put[str(number)] = time.monotonic()
        time.sleep(random.uniform(0.2, 0.6))
    time.sleep(3)
    seen = crowd.seen()["seen"]
    if missing := [number for number in put if len(seen.get(number, ())) < viewers]:
        raise NotMeasured(f"{len(missing)} of {MARKS} records did not reach every viewer")
    return [at - put[number] for number, times in seen.items() if number in put for at in times]


def cookie_of(tenant: Tenant) -> str:
    """Return the session of a member who is signed in."""
    return str(estate.signed_in(estate.member(tenant)).cookies["sessionid"].value)


def _files_allowed() -> int:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))  # what is started from here on may as well
    return hard


def _held(process: ChildProcess) -> tuple[float, int, int]:
    """Return the process's resident memory in MB, its threads, and its connections to PostgreSQL."""
    time.sleep(0.25)
    status = dict(line.split(":", 1) for line in Path(f"/proc/{process.pid}/status").read_text().splitlines())
    with database.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = %s", [WEB_NAME])
        connections = cursor.fetchone()[0]
    return int(status["VmRSS"].split()[0]) / 1024, int(status["Threads"]), connections
