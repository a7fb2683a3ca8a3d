"""`python -m tests.bench.lone_tap ENDPOINT SECONDS`: a tap that follows one stream, as someone watches it.

It reads `full_shards` and writes a line of JSON each second: lag, records read and not decoded, rows published, and the
processor time of itself and its decoders.
"""

import json
import os
import sys
import threading
import time
from typing import Any

import django

UID = "full"


def main(endpoint: str, seconds: float) -> None:
    """Follow for so many seconds."""
    os.environ |= {"AWS_ENDPOINT_URL_KINESIS": endpoint, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    django.setup()
    from monitoring.records.read_counts import read_counts
    from monitoring.records.tap_status import tap_status
    from monitoring.tap.source import Source
    from monitoring.tap.tap import Tap
    from portal import live
    from portal.aws.session import portal_session
    from tests.bench.process_tree import cpu_seconds

    session = portal_session("eu-west-1").hurried()
    tap, stop = Tap(open_source=lambda uid: Source("full", lambda: session)), threading.Event()
    topics = {f"stream:{UID}:clear": 1, f"stream:{UID}:masked": 1}
    live.hold(topics)
    thread = threading.Thread(target=tap.run, args=(stop,))
    thread.start()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(1)
        live.hold(topics)
        status, counts = tap_status(UID), read_counts(UID)
        line: dict[str, Any] = {"at": time.monotonic(), "cpu": cpu_seconds(os.getpid())}
        if status is not None and counts is not None:
            line |= {"lag": status.lag_seconds, "calls": status.calls_per_second, "error": str(status.error or "")}
            line |= {"total": counts.total, "undecoded": counts.skipped, "skips": counts.skips}
        print(json.dumps(line), flush=True)
    stop.set()
    thread.join(10)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
