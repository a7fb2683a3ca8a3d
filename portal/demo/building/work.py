"""The building's process: picks keys up, sends, and publishes what AWS would, until SIGTERM."""

import signal
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from portal.demo.building.floor import Floor

LOOK_FOR_KEYS_SECONDS = 2
PUBLISH_SECONDS = 10


def main(arguments: Sequence[str]) -> None:
    """Work until told to stop; the one argument is the file with the vendor's private key."""
    stopped = threading.Event()
    for asked in (signal.SIGTERM, signal.SIGINT):
        signal.signal(asked, lambda *_: stopped.set())
    floor = Floor(Path(arguments[0]))
    published_at = time.monotonic()
    while not stopped.wait(LOOK_FOR_KEYS_SECONDS):
        floor.look_for_keys()
        if time.monotonic() - published_at >= PUBLISH_SECONDS:
            published_at = time.monotonic()
            floor.publish(datetime.now(UTC))
    floor.stop()
