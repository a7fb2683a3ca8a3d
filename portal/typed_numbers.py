"""Numbers as people type them: with a comma or a point, with thousands separators, and never guessed.

"1,500" is fifteen hundred to one reader and one and a half to another. Where a fraction is possible, it is refused
with both readings; where the number must be whole, only one reading is left.
"""

import re
from decimal import Decimal

from portal.messages.message import Message

MOST_CHARACTERS = 40
_SPACES = re.compile("[ \u00a0\u2009\u202f'\u2019_]")  # between groups of three, as people and programs write them
_MINUS = ("-", "\u2212", "\u2013")
_GROUPS = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{3})+")
_AMBIGUOUS = re.compile(r"([1-9][0-9]{0,2})[.,]([0-9]{3})")
_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+")


class NumberRefused(ValueError):
    """A text that is no number, or one of two; `message` says why."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.code)
        self.message = message


def typed_number(text: str, *, least: Decimal | int, most: Decimal | int, is_whole: bool = False) -> Decimal:
    """Return the number that a text is, from `least` to `most`; raise NumberRefused for anything else."""
    number = _read(text.strip(), is_whole=is_whole)
    if is_whole and number != number.to_integral_value():
        raise NumberRefused(Message("number.not_whole"))
    if number < least:
        raise NumberRefused(Message("number.too_small", least=plain(Decimal(least))))
    if number > most:
        raise NumberRefused(Message("number.too_large", most=plain(Decimal(most))))
    return number


def plain(number: Decimal) -> str:
    """Return a number as people read it: with commas between groups and a point before the fraction."""
    written = f"{number:,f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def _read(text: str, *, is_whole: bool) -> Decimal:
    if not text:
        raise NumberRefused(Message("number.missing"))
    if len(text) > MOST_CHARACTERS or (not text.isascii() and not _SPACES.sub("", text).isascii()):
        raise NumberRefused(_unreadable_or_negative(text))
    if text.startswith(_MINUS):
        raise NumberRefused(_unreadable_or_negative(text))
    joined = _without_spaces(text.removeprefix("+"))
    if joined != text.removeprefix("+"):  # grouped by spaces, so a comma or a point can only begin the fraction
        return _decimal(joined.replace(",", "."))
    if not is_whole and (found := _AMBIGUOUS.fullmatch(joined)):
        whole, fraction = found.groups()
        raise NumberRefused(
            Message(
                "number.ambiguous",
                text=text,
                large=whole + fraction,
                grouped=f"{whole}\N{NO-BREAK SPACE}{fraction}",  # so that no line breaks inside the number
                small=plain(Decimal(f"{whole}.{fraction}")),
            )
        )
    return _decimal(_with_point(joined, is_whole=is_whole))


def _without_spaces(text: str) -> str:
    first, *others = _SPACES.split(text)
    groups = [re.split("[.,]", group)[0] for group in others]
    if not others:
        return text
    if not 1 <= len(first) <= 3 or any(len(group) != 3 for group in groups):
        raise NumberRefused(Message("number.unreadable"))
    if any(not group.isdecimal() for group in others[:-1]):
        raise NumberRefused(Message("number.unreadable"))
    return "".join([first, *others])


def _with_point(text: str, *, is_whole: bool) -> str:
    """Return the text without separators of thousands and with a point before the fraction."""
    commas, points = text.count(","), text.count(".")
    if commas and points:
        decimal = max(",.", key=text.rfind)
        head, _, fraction = text.rpartition(decimal)
        if decimal in head or not _GROUPS.fullmatch(head) or not fraction:
            raise NumberRefused(Message("number.unreadable"))
        return re.sub("[.,]", "", head) + "." + fraction
    if commas + points > 1 or (is_whole and _AMBIGUOUS.fullmatch(text)):
        if not _GROUPS.fullmatch(text):
            raise NumberRefused(Message("number.unreadable"))
        return re.sub("[.,]", "", text)
    return text.replace(",", ".")


def _decimal(text: str) -> Decimal:
    if not _PLAIN.fullmatch(text):
        raise NumberRefused(Message("number.unreadable"))
    return Decimal(text)


def _unreadable_or_negative(text: str) -> Message:
    rest = text[1:].strip()
    is_negative = text.startswith(_MINUS) and bool(rest) and rest[0].isdecimal()
    return Message("number.negative") if is_negative else Message("number.unreadable")
