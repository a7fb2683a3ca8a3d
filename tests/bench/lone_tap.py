"""`python -m tests.bench.lone_tap ENDPOINT SECONDS [FILTER …]`: a tap that follows one stream, as someone watches it.

With filters, pages with each of them are open too. It reads `full_shards` and writes a line of JSON each second: lag,
records read, not decoded and not searched, rows published, and the processor time of itself and its decoders.
"""

import json
import os
import sys
import threading
import time
from typing import Any

import django

UID = "full"


def main(endpoint: str, seconds: float, filters: list[str]) -> None:
    """Follow for so many seconds."""
    os.environ |= {"AWS_ENDPOINT_URL_KINESIS": endpoint, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    django.setup()
    from monitoring.records.filter_counts import filter_counts
    from monitoring.records.read_counts import read_counts
    from monitoring.records.selection import Selection, remember
    from monitoring.records.stream_topics import topic_of
    from monitoring.records.tap_status import tap_status
    from monitoring.tap.source import Source
    from monitoring.tap.tap import Tap
    from portal import live
    from portal.aws.session import portal_session
    from tests.bench.process_tree import cpu_seconds

    session = portal_session("eu-west-1").hurried()
    tap, stop = Tap(open_source=lambda uid: Source("full", lambda: session)), threading.Event()
    keys = [remember(UID, Selection(wanted)) for wanted in filters]
    topics = {topic_of(UID, audience, key): 1 for audience in ("clear", "masked") for key in ("", *keys)}
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
        found = [counts for key in keys if (counts := filter_counts(UID, key)) is not None]
        if found:
            line |= {"searched": min(counts.read for counts in found), "matched": min(c.matched for c in found)}
            line |= {"unsearched": max(counts.unsearched for counts in found)}
        print(json.dumps(line), flush=True)
    stop.set()
    thread.join(10)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), sys.argv[3:])
