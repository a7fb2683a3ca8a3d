"""Memory of a tap and a web process while a thousand people watch a stream: it must not grow with time."""

import os
import threading
import time

from tests.bench import estate
from tests.bench.machine import Machine
from tests.bench.measurements import Measurement
from tests.bench.process_tree import megabytes, tree_of
from tests.bench.viewing import CROWD, cookie_of, crowd_of, feed

SETTLED_SHARE = 0.25
MOST_GROWTH = 5.0  # per cent: what Python's allocator takes and gives back


def viewers_memory(machine: Machine, _seconds: float) -> list[Measurement]:
    """Measure for BENCH_WATCH_SECONDS (120; the issue's 600), after a quarter of it."""
    seconds = int(os.environ.get("BENCH_WATCH_SECONDS", "120"))
    tenant = estate.new_tenant()
    (connection,) = estate.connected(tenant, 1)
    (uid,) = estate.live_streams(tenant, 1, connection=connection)
    stream = tenant.integrations.get(uid=uid).stream_name
    estate.root(connection).client("kinesis").create_stream(StreamName=stream, ShardCount=2)
    tap, (web, port) = machine.tap(), machine.web()
    stop = threading.Event()
    feeding = threading.Thread(target=feed, args=(connection, stream, stop))
    path, cookie = f"/events/stream/{uid}/clear/", cookie_of(tenant)
    samples: list[tuple[float, float]] = []
    try:
        with crowd_of(port, 1, path, cookie):
            time.sleep(3)  # until the web process is warm, and the tap has found the stream
        with crowd_of(port, CROWD, path, cookie) as crowd:
            feeding.start()
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                time.sleep(min(5.0, seconds / 20))
                samples.append((megabytes(tree_of(tap.pid)), megabytes(tree_of(web.pid))))
            still = crowd.seen()["open"]
    finally:
        stop.set()
        if feeding.ident is not None:
            feeding.join(60)
        machine.end(tap, web)
    estate.forget([uid])
    note = f"{still:,} viewers for {seconds} s"
    return [_growth(name, [sample[place] for sample in samples], note) for place, name in enumerate(("tap", "web"))]


def _growth(name: str, sizes: list[float], note: str) -> Measurement:
    settled = sizes[int(SETTLED_SHARE * len(sizes)) :]
    parts = [settled[: len(settled) // 3], settled[-(len(settled) // 3) :]]
    first, last = (sum(part) / len(part) for part in parts)
    grown = 100 * (last - first) / first
    text = f"{note}; {first:.1f} MB in the first third, {last:.1f} MB in the last, with all below it"
    return Measurement(f"memory of the {name}, growth with time", max(0.0, grown), MOST_GROWTH, "%", text)
