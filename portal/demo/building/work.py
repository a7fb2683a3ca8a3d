"""The building's process: collects keys, sends records, and publishes AWS's metrics, until SIGTERM."""

import signal
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from portal.demo.building.floor import Floor

CHECK_SECONDS = 2
PUBLISH_SECONDS = 10


def main(arguments: Sequence[str]) -> None:
    """Run until stopped; the one argument is the file with the vendor's private key."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    floor = Floor(Path(arguments[0]))
    published_at = time.monotonic()
    while not stopped.wait(CHECK_SECONDS):
        floor.check_for_keys()
        if time.monotonic() - published_at >= PUBLISH_SECONDS:
            published_at = time.monotonic()
            floor.publish(datetime.now(UTC))
    floor.stop()
