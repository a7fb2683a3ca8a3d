"""manage.py tap: reads the records of watched streams until it is stopped."""

import os
import signal
from threading import Event
from types import FrameType
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.tap.tap import Tap
from portal import database_scope
from portal.command_line import DescribedCommand


class Command(DescribedCommand):
    """Run one tap; run several for more streams."""

    description = gettext_lazy("Read the records of data streams whose page is open, until SIGTERM or Ctrl-C.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until SIGTERM or SIGINT."""
        stop = Event()

        def request_stop(_signal: int, _frame: FrameType | None) -> None:
            stop.set()

        signal.signal(signal.SIGTERM, request_stop)
        signal.signal(signal.SIGINT, request_stop)
        self.stdout.write(_("The tap is ready."))
        with database_scope.nothing():  # each stream enters the scope of its tenant
            Tap().run(stop)
        self.stdout.flush()
        # A call to AWS may hang in a thread for another 20 s; the leases are released, so its result is not needed.
        os._exit(0)
