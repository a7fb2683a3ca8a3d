"""Messages are complete: every code that the code creates has English and a heading, and every entry is used."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from portal.messages.catalogue import Entry, entries
from tests.architecture.messages_page import PAGE, english, page
from tests.architecture.tree import CODE, ROOT, modules, parsed

PLACEHOLDER = re.compile(r"%\((\w+)\)")


def calls() -> Iterator[tuple[Path, ast.Call]]:
    """Every call of Message in the product's code."""
    for path in modules(*CODE):
        if path.is_relative_to(ROOT / "portal" / "messages"):
            continue
        for node in ast.walk(parsed(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Message":
                yield path, node


ENTRIES = dict(entries())


def placeholders(entry: Entry) -> set[str]:
    return {name for text in (entry.text, entry.todo) for name in PLACEHOLDER.findall(english(text))}


def test_every_message_has_an_entry_with_its_parameters() -> None:
    for path, call in calls():
        place = f"{path.relative_to(ROOT)}:{call.lineno}"
        code = call.args[0]
        assert isinstance(code, ast.Constant), f"{place}: a code is a literal, so that it can be searched for"
        assert isinstance(code.value, str), place
        assert code.value in ENTRIES, f"{place}: add {code.value} to a catalogue in settings.MESSAGE_CATALOGUES"
        given = {keyword.arg for keyword in call.keywords}
        assert None in given or placeholders(ENTRIES[code.value]) <= given, place


def test_every_entry_is_used() -> None:
    used = {call.args[0].value for _, call in calls() if isinstance(call.args[0], ast.Constant)}
    assert ENTRIES.keys() - used == set()


def test_every_entry_reads_as_sentences() -> None:
    for code, entry in ENTRIES.items():
        text, todo = english(entry.text), english(entry.todo)
        assert text == text.strip() != "", code
        assert not todo or todo.endswith((".", ")s", "…")), code


def test_the_page_has_a_heading_for_every_code() -> None:
    assert PAGE.read_text() == page(), "run `make messages`"


def test_every_catalogue_has_entries() -> None:
    assert settings.USE_I18N
    assert len(settings.MESSAGE_CATALOGUES) == len(set(settings.MESSAGE_CATALOGUES))
