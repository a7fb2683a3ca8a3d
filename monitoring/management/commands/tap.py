"""manage.py tap: reads the records of watched streams until it is stopped."""

import os
import signal
from threading import Event
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand

from monitoring.tap.tap import Tap


class Command(BaseCommand):
    """Run one tap; run several for more streams."""

    help = "Read the records of streams that someone watches. Stops on SIGTERM or Ctrl-C."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until SIGTERM or SIGINT."""
        stop = Event()

        def request_stop(_signal: int, _frame: FrameType | None) -> None:
            stop.set()

        signal.signal(signal.SIGTERM, request_stop)
        signal.signal(signal.SIGINT, request_stop)
        self.stdout.write("The tap is ready.")
        Tap().run(stop)
        self.stdout.flush()
        # A call to AWS may hang in a thread for another 20 s; the leases are released, so its result is not needed.
        os._exit(0)
