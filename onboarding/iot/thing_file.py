"""Things from a CSV file, checked whole: every problem is named with its row and column, and nothing is created.

A file comes from a spreadsheet: with a byte order mark, as UTF-16, separated by semicolons or tabs. Its size is checked
before it is read, and the number of rows while it is.
"""

import codecs
import csv
import io
from collections.abc import Iterator

from onboarding.iot.thing_rules import MOST_ATTRIBUTES, NewThing, attribute_problem, problems
from portal.messages.message import Message

MOST_BYTES = 512 * 1024
MOST_THINGS = 1000
MOST_PROBLEMS = 20
NAME = "name"
_SEPARATORS = ",;\t"


class FileRefused(ValueError):
    """A file of which nothing is created, with what is wrong, at most MOST_PROBLEMS of it."""

    def __init__(self, messages: list[Message]) -> None:
        super().__init__("; ".join(message.code for message in messages))
        self.messages = messages


def read_things(content: bytes, *, name_prefix: str, taken: frozenset[str] = frozenset()) -> list[NewThing]:
    """Return the things of a file. Raises FileRefused.

    The first row has the columns: `name`, and one for each attribute. `taken` are names that exist already.
    """
    rows = _rows(_text(content))
    header = _header(next(rows, []))
    found: list[NewThing] = []
    wrong: list[Message] = []
    seen: dict[str, int] = {}
    for number, cells in enumerate(rows, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(found) == MOST_THINGS:
            raise FileRefused([Message("things_file.too_many", most=MOST_THINGS)])
        thing = _thing(header, cells)
        wrong += _problems_of(thing, number, name_prefix, len(cells) > len(header))
        if thing.name in taken:
            wrong.append(_at(number, NAME, Message("things_file.taken", name=thing.name)))
        if thing.name in seen:
            wrong.append(_at(number, NAME, Message("things_file.twice", name=thing.name, first=seen[thing.name])))
        seen.setdefault(thing.name, number)
        found.append(thing)
    if wrong:
        raise FileRefused(wrong[:MOST_PROBLEMS])
    if not found:
        raise FileRefused([Message("things_file.empty")])
    return found


def _text(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise FileRefused([Message("things_file.too_large", most_kib=MOST_BYTES // 1024)])
    encoding = "utf-8-sig"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise FileRefused([Message("things_file.encoding")]) from error
    if "\0" in text:
        raise FileRefused([Message("things_file.encoding")])
    return text


def _rows(text: str) -> Iterator[list[str]]:
    first = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise FileRefused([Message("things_file.not_csv", row=reader.line_num)]) from error


def _header(cells: list[str]) -> list[str]:
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not names or names[0].lower() != NAME:
        raise FileRefused([Message("things_file.no_name_column")])
    if len(names) > MOST_ATTRIBUTES + 1:
        raise FileRefused([Message("things_file.too_many_columns", most=MOST_ATTRIBUTES)])
    wrong = [_at(1, name or "-", problem) for name in names[1:] if (problem := attribute_problem(name))]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        wrong.append(_at(1, twice[0], Message("things_file.column_twice")))
    if wrong:
        raise FileRefused(wrong)
    return [NAME, *names[1:]]


def _thing(header: list[str], cells: list[str]) -> NewThing:
    values = [cell.strip() for cell in cells]
    attributes = {name: value for name, value in zip(header[1:], values[1:], strict=False) if value}
    return NewThing(values[0], attributes)


def _problems_of(thing: NewThing, number: int, name_prefix: str, is_too_long: bool) -> list[Message]:
    wrong = [_at(number, column, problem) for column, problem in problems(thing, name_prefix)]
    if is_too_long:
        wrong.append(Message("things_file.more_cells", row=number))
    return wrong


def _at(row: int, column: str, problem: Message) -> Message:
    return Message("things_file.at", row=row, column=column, problem=problem)
