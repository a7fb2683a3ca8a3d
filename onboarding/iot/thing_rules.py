"""AWS's rules for a thing and its attributes.

https://docs.aws.amazon.com/iot/latest/apireference/API_CreateThing.html
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from onboarding.iot.device_source import check_registry_name
from portal.aws.names import InvalidName
from portal.messages.message import Message

# Things have no tags: this attribute says whose a thing is.
OWNER = "sluice:integration"
MOST_ATTRIBUTES = 20
LONGEST_VALUE = 800
_NAME = re.compile(r"[a-zA-Z0-9_.,@/:#-]{1,128}")
_VALUE = re.compile(r"[a-zA-Z0-9_.,@/:#-]*")
# With these a spreadsheet begins a formula. AWS accepts the last one.
_FORMULA = ("=", "+", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class NewThing:
    """A thing to be created."""

    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)


def problems(thing: NewThing, name_prefix: str) -> Iterator[tuple[str, Message]]:
    """Yield (column, message) of everything that AWS would refuse; the column is "name" or an attribute's name."""
    try:
        check_registry_name(thing.name, name_prefix)
    except InvalidName as invalid:
        yield "name", invalid.message
    for name, value in thing.attributes.items():
        if problem := attribute_problem(name) or _value_problem(value):
            yield name, problem


def attribute_problem(name: str) -> Message | None:
    """Return what is wrong with an attribute's name; None: nothing."""
    if name.lower() == OWNER or not _NAME.fullmatch(name):
        return Message("thing.attribute_name")
    return None


def _value_problem(value: str) -> Message | None:
    if value.startswith(_FORMULA):
        return Message("thing.formula")
    if len(value) > LONGEST_VALUE or not _VALUE.fullmatch(value):
        return Message("thing.attribute_value", most=LONGEST_VALUE)
    return None
