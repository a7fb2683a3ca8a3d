"""`--wait`: commands that request devices or their removal can wait until workers have carried it out."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import OutputWrapper
from django.db import InterfaceError, OperationalError, connection
from django.utils.translation import gettext as _

from onboarding.management.devices.answers import progress_as_json, progress_line
from onboarding.models.integration import Integration
from onboarding.things.selectors import Progress, progress
from portal.command_line import Answer, failed
from portal.messages.message import Message

SECONDS = 3600  # a thousand devices take a quarter of an hour or more by AWS's quotas
_INTERVAL = 0.3


def add_waiting(parser: ArgumentParser) -> None:
    """Add the arguments that make a command wait for its devices."""
    parser.add_argument("--wait", action="store_true", help=_("Wait until no device is open, and fail if one failed."))
    parser.add_argument(
        "--timeout",
        type=int,
        default=SECONDS,
        metavar="SECONDS",
        help=_("The longest time to wait, in seconds (3600). The work continues after it."),
    )


def after_waiting(integration: Integration, answer: Answer, options: dict[str, Any], output: OutputWrapper) -> Answer:
    """Wait if asked, and return the answer with how far the devices are.

    Progress is printed on standard error unless the answer is JSON. Raises CommandFailed unless all are done in time.
    """
    found = progress(integration)
    if options["wait"]:
        found = _waited(integration, options, None if options["as_json"] else output)
    answer = {**answer, "progress": progress_as_json(found)}
    if options["wait"] and found.is_at_work:
        raise failed(Message("command.devices_unfinished", limit_seconds=options["timeout"]), answer=answer)
    if options["wait"] and found.failed:
        raise failed(Message("command.devices_failed", count=found.failed), answer=answer)
    return answer


def _waited(integration: Integration, options: dict[str, Any], output: OutputWrapper | None) -> Progress:
    until, printed = time.monotonic() + options["timeout"], ""
    while True:
        found = _progress(integration)
        if output and found and (line := progress_line(progress_as_json(found))) != printed:
            output.write(line, str)
            printed = line
        if time.monotonic() >= until or (found and not found.is_at_work):
            return found or progress(integration)
        time.sleep(_INTERVAL)


def _progress(integration: Integration) -> Progress | None:
    try:
        return progress(integration)
    except (OperationalError, InterfaceError):
        connection.close()  # it never works again; the next query opens another
        return None
