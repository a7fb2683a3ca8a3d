"""Devices as they were typed or are in a file: checked whole before any of them is added."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from onboarding.iot.thing_file import FileRefused, read_things
from onboarding.iot.thing_rules import MOST_ATTRIBUTES, NewThing, problems
from onboarding.management.devices.named import name_prefix
from onboarding.management.input_files import bytes_of
from onboarding.models.integration import Integration
from onboarding.things.selectors import listed
from portal.command_line import CommandFailed, failed
from portal.messages.catalogue import described, explanation_of
from portal.messages.message import Message


def typed_device(integration: Integration, options: dict[str, Any]) -> NewThing:
    """Return the device that the options describe. Raises CommandFailed with everything that AWS would refuse."""
    thing = NewThing(options["device"], _attributes(options["attribute"]))
    if found := [message for _column, message in problems(thing, name_prefix(integration))]:
        raise _refused(found)
    return thing


def devices_of_file(integration: Integration, options: dict[str, Any]) -> list[NewThing]:
    """Return the devices of the file that are to be added. Raises CommandFailed with each problem, by row and column.

    With `resume`, those that the integration has already are left out; otherwise each of them is a problem.
    """
    there = frozenset(listed(integration).values_list("name", flat=True))
    taken = frozenset[str]() if options["resume"] else there
    try:
        found = read_things(bytes_of(options["file"]), name_prefix=name_prefix(integration), taken=taken)
    except FileRefused as refused:
        raise _refused(refused.messages) from refused
    return [thing for thing in found if thing.name not in there]


def _attributes(given: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in given:
        name, separator, value = text.partition("=")
        if not separator or name in found:
            raise failed(Message("command.attribute_unreadable", attribute=text))
        found[name] = value
    if len(found) > MOST_ATTRIBUTES:
        raise failed(Message("things_file.too_many_columns", most=MOST_ATTRIBUTES))
    return found


def _refused(messages: Sequence[Message]) -> CommandFailed:
    lines = [_("No device was added:"), *(f"  {explanation_of(message)}" for message in messages)]
    return CommandFailed("\n".join(lines), [described(message) or {} for message in messages])
