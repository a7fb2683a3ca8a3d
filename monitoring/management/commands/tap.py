"""manage.py tap: reads the records of watched streams until it is told to stop."""

import os
import signal
from threading import Event
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand

from monitoring.tap import Tap


class Command(BaseCommand):
    """Run one tap; run several for more streams."""

    help = "Read the records of the streams that somebody watches. Stops on SIGTERM or Ctrl-C."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until SIGTERM or SIGINT."""
        stop = Event()

        def ask(_signal: int, _frame: FrameType | None) -> None:
            stop.set()

        signal.signal(signal.SIGTERM, ask)
        signal.signal(signal.SIGINT, ask)
        self.stdout.write("The tap is ready.")
        Tap().run(stop)
        self.stdout.flush()
        # A call to AWS may still hang in a thread for 20 s; the leases are given up, so nobody needs its answer.
        os._exit(0)
