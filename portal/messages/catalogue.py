"""The edge: a message's code becomes an English sentence here, through gettext, and nowhere else.

Each package that creates messages keeps their sentences in a catalogue module of its own, listed in
settings.MESSAGE_CATALOGUES: a dict `ENTRIES` from code to Entry. Placeholders are gettext's: `%(stream)s`. Numbers are
written by the end of their parameter's name (`portal.messages.formats`).
https://docs.djangoproject.com/en/5.2/topics/i18n/translation/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from portal.messages.formats import formatted
from portal.messages.message import Cause, Message, Param

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

CAUSES: dict[Cause, _StrOrPromise] = {
    Cause.CLIENT: _("your AWS account"),
    Cause.SLUICE: _("Sluice"),
    Cause.AWS: _("AWS"),
    Cause.NETWORK: _("the network between Sluice and AWS"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """The English of one code: what happened or is, what the reader can do, and whose side the cause is on.

    An entry without `todo` or `cause` has those of the first message among its parameters that has one.
    """

    text: _StrOrPromise
    todo: _StrOrPromise = ""
    cause: Cause | None = None


UNKNOWN = Entry(_("Sluice has no text for this message: %(code)s."))


@cache
def entries() -> Mapping[str, Entry]:
    """Return the entry of every code of all catalogues; raises ValueError where two have the same code."""
    found: dict[str, Entry] = {}
    for path in settings.MESSAGE_CATALOGUES:
        own: Mapping[str, Entry] = import_module(path).ENTRIES
        if twice := found.keys() & own.keys():
            raise ValueError(f"{path} repeats the message codes {sorted(twice)}")
        found.update(own)
    return found


def text_of(message: Message | None) -> str:
    """Return what happened or is, in the reader's language; "" for no message."""
    if message is None:
        return ""
    entry = entries().get(message.code)
    return _filled(entry.text, message) if entry else _filled(UNKNOWN.text, Message(message.code, code=message.code))


def todo_of(message: Message | None) -> str:
    """Return what the reader can do, or "" where there is nothing to do."""
    if message is None:
        return ""
    entry = entries().get(message.code)
    if entry and entry.todo:
        return _filled(entry.todo, message)
    return next(filter(None, map(todo_of, _inner(message))), "")


def cause_of(message: Message | None) -> str:
    """Return whose side the cause is on, such as "your AWS account", or ""."""
    if message is None:
        return ""
    entry = entries().get(message.code)
    if entry and entry.cause:
        return str(CAUSES[entry.cause])
    return next(filter(None, map(cause_of, _inner(message))), "")


def advice_of(message: Message | None) -> str:
    """Return the cause and what to do, as sentences: "Cause: your AWS account. Deploy the template again."."""
    cause = cause_of(message)
    stated = str(_("Cause: %(cause)s.") % {"cause": cause}) if cause else ""
    return f"{stated} {todo_of(message)}".strip()


def _inner(message: Message) -> Iterator[Message]:
    return (value for value in message.params.values() if isinstance(value, Message))


def explanation_of(message: Message | None) -> str:
    """Return what happened, the cause and what to do, as sentences."""
    return f"{text_of(message)} {advice_of(message)}".strip()


def described(message: Message | None) -> dict[str, Any] | None:
    """Return a message as JSON answers have it: code, parameters, text, and what to do; None for no message."""
    if message is None:
        return None
    return {**message.as_json(), "text": text_of(message), "todo": todo_of(message)}


def _filled(text: _StrOrPromise, message: Message) -> str:
    if not text:
        return ""
    return str(text % {name: _shown(name, value) for name, value in message.params.items()})


def _shown(name: str, value: Param) -> Any:
    if isinstance(value, Message):
        return text_of(value)
    if isinstance(value, (int, float)):
        return formatted(name, value)
    return ", ".join(_listed(value)) if isinstance(value, (list, tuple)) else value


def _listed(values: Iterable[str | Message]) -> Iterator[str]:
    return (text_of(value) if isinstance(value, Message) else value for value in values)
