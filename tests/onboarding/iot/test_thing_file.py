"""Things from a CSV file: what a spreadsheet writes is read, and every problem is named by row and column."""

import pytest

from onboarding.iot.thing_file import MOST_BYTES, MOST_THINGS, FileRefused, read_things
from onboarding.iot.thing_rules import MOST_ATTRIBUTES, NewThing
from portal.messages.message import Message

TWO = [NewThing("sluice-a", {"floor": "1"}), NewThing("sluice-b", {"floor": "2"})]


def refused(content: bytes, taken: frozenset[str] = frozenset()) -> list[str]:
    """Return what is wrong with the file, as "row column: code"."""
    with pytest.raises(FileRefused) as error:
        read_things(content, name_prefix="sluice-", taken=taken)
    return [_line(message) for message in error.value.messages]


def _line(message: Message) -> str:
    if message.code != "things_file.at":
        return message.code
    problem = message.params["problem"]
    code = problem["code"] if isinstance(problem, dict) else problem.code
    return f"{message.params['row']} {message.params['column']}: {code}"


@pytest.mark.parametrize(
    "content",
    [
        b"name,floor\nsluice-a,1\nsluice-b,2\n",
        b"name,floor\r\nsluice-a,1\r\n\r\nsluice-b,2\r\n,\r\n",
        b"\xef\xbb\xbfname;floor\r\nsluice-a;1\r\nsluice-b;2",
        "name\tfloor\r\nsluice-a\t1\r\nsluice-b\t2\r\n".encode("utf-16"),
        b'"Name", floor ,\n" sluice-a ",1\nsluice-b,"2"\n',
    ],
    ids=["plain", "empty lines", "BOM and semicolons", "UTF-16 and tabs", "quotes and spaces"],
)
def test_what_spreadsheets_write_is_read(content: bytes) -> None:
    assert read_things(content, name_prefix="sluice-") == TWO


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (b"", ["things_file.no_name_column"]),
        (b"name\n", ["things_file.empty"]),
        (b"floor,name\n1,sluice-a\n", ["things_file.no_name_column"]),
        (b"name,floor,floor\n", ["1 floor: things_file.column_twice"]),
        (b"name" + b",a" * (MOST_ATTRIBUTES + 1), ["things_file.too_many_columns"]),
        (b'name\n"sluice-a\n', ["things_file.not_csv"]),
        (b"name\n\xff\xe9\n", ["things_file.encoding"]),
        (b"name\nsluice-a\0\n", ["things_file.encoding"]),
        (b"name\nsluice-a,more\n", ["things_file.more_cells"]),
        (b"name\nsluice-a\nsluice-b\nsluice-a\n", ["4 name: things_file.twice"]),
        (b"x" * (MOST_BYTES + 1), ["things_file.too_large"]),
        (
            b"name\n" + b"".join(b"sluice-%d\n" % number for number in range(MOST_THINGS + 1)),
            ["things_file.too_many"],
        ),
    ],
)
def test_what_is_wrong_is_named(content: bytes, wrong: list[str]) -> None:
    assert refused(content) == wrong


def test_illegal_names_and_formulas_are_refused_by_row_and_column() -> None:
    content = b'name,floor\nsluice-a,"=HYPERLINK(""http://x"")"\nsluice b,1\nother-c,1\n=1+1,1\n'
    assert [line.partition(": ")[0] for line in refused(content)] == ["2 floor", "3 name", "4 name", "5 name"]


def test_a_name_that_exists_is_refused() -> None:
    assert refused(b"name\nsluice-a\n", frozenset({"sluice-a"})) == ["2 name: things_file.taken"]
