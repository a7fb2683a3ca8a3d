"""`--wait`: commands that start a run can wait until it is over."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import OutputWrapper
from django.db import InterfaceError, OperationalError, connection
from django.utils.translation import gettext as _

from onboarding.models.run import Run
from onboarding.models.states import RunState
from portal.command_line import failed
from portal.messages.catalogue import text_of
from portal.messages.message import Message

_SECONDS = 900


def add_waiting(parser: ArgumentParser) -> None:
    """Add the arguments that make a command wait for its run."""
    parser.add_argument("--wait", action="store_true", help=_("Wait until the run is over, and fail if it fails."))
    parser.add_argument(
        "--timeout",
        type=int,
        default=_SECONDS,
        metavar="SECONDS",
        help=_("The longest time to wait, in seconds (900). The run continues after it."),
    )


def wait_if_asked(run: Run, options: dict[str, Any], output: OutputWrapper) -> None:
    """Wait until a run is over, printing each finished step unless the answer is JSON.

    A PostgreSQL that restarts meanwhile is waited for too. Raises CommandFailed unless the run succeeds in time.
    """
    if not options["wait"]:
        return
    until, seen = time.monotonic() + options["timeout"], set[str]()
    while time.monotonic() < until:
        if _is_over(run, seen, None if options["as_json"] else output):
            break
        time.sleep(0.3)
    if run.state != RunState.DONE:
        raise failed(run.failure or Message("command.run_unfinished", limit_seconds=options["timeout"]))


def _is_over(run: Run, seen: set[str], output: OutputWrapper | None) -> bool:
    try:
        run.refresh_from_db()
        _print_finished(run, seen, output)
    except (OperationalError, InterfaceError):
        connection.close()  # it never works again; the next query opens another
        return False
    return run.status.is_over


def _print_finished(run: Run, seen: set[str], output: OutputWrapper | None) -> None:
    for step in run.steps.all():
        if step.status.is_over and step.name not in seen:
            seen.add(step.name)
            if output:
                output.write(_("done: %(step)s") % {"step": text_of(step.title)})
