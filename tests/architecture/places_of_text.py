"""Where people read: each place yields (file below the root, text). A new kind of text gets an extractor here."""

import ast
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

from tests.architecture.client_files import client_files
from tests.architecture.command_line import helps
from tests.architecture.tree import ROOT, files, parsed

READ_ALOUD = {"alt", "aria-label", "content", "data-label", "placeholder", "title"}
_COMMENT = re.compile(r"{%\s*comment\s*%}.*?{%\s*endcomment\s*%}|{#.*?#}", re.DOTALL)
_TAG = re.compile(r"{%.*?%}", re.DOTALL)
_VALUE = re.compile(r"{{.*?}}", re.DOTALL)
_QUOTED = re.compile(r"""(?<![=!]= )"([^"{}%]+)\"""")
_SCRIPT_COMMENT = re.compile(r"/\*.*?\*/|(?<!:)//[^\n]*", re.DOTALL)
_SCRIPT_TEXT = re.compile(r"\"([^\"\n]*)\"|`([^`]*)`")
_PAGE_CODE = re.compile(
    r"onboarding/(connections|deliveries|drafts|integrations|self_managed|spec|views|wizard)/.*\.py$"
    r"|onboarding/(service_guards|models/\w+)\.py$|(onboarding|monitoring|portal/tenancy)/admin\.py$"
)
_COMMAND_CODE = re.compile(
    r"(?!tests/)(\w+/)+management/.*\.py|portal/(command_line|tenancy/command|messages/commands)\.py|onboarding/messages/commands\.py"
    r"|portal/(demo|local)/.*\.py|tests/bench/__main__\.py|tests/faults/(__main__|call)\.py|manage\.py"
)


class _Markup(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.texts += [value for name, value in attrs if name in READ_ALOUD and value]

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append(" ".join(data.split()))


def of_template(source: str) -> list[str]:
    """Return what a template shows: text, attributes that are read aloud, and texts given to an include or a filter."""
    source = _COMMENT.sub("", source)
    given = [text for tag in (*_TAG.findall(source), *_VALUE.findall(source)) for text in _QUOTED.findall(tag)]
    markup = _Markup()
    markup.feed(_VALUE.sub("…", _TAG.sub("", source)))
    return [*markup.texts, *(text for text in given if not text.endswith(".html"))]


def of_script(source: str) -> list[str]:
    """Return the strings of a script that hold more than one word."""
    found = (double or single for double, single in _SCRIPT_TEXT.findall(_SCRIPT_COMMENT.sub("", source)))
    return [text for text in found if " " in text]


def of_module(source: str) -> list[str]:
    """Return the strings of a Python module that hold more than one word, without its docstrings."""
    tree = parsed(source)
    skipped = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in skipped)
    return [node.value for node in constants if isinstance(node.value, str) and " " in node.value]


def _read(paths: list[Path], extract: Callable[[str], list[str]]) -> Iterator[tuple[str, str]]:
    for path in paths:
        for text in extract(path.read_text()):
            yield str(path.relative_to(ROOT)), text


def _below(folder: str, suffix: str) -> list[Path]:
    return [path for path in files() if path.suffix == suffix and path.relative_to(ROOT).parts[0] == folder]


def templates() -> Iterator[tuple[str, str]]:
    """Yield what templates show."""
    yield from _read(_below("templates", ".html"), of_template)


def scripts() -> Iterator[tuple[str, str]]:
    """Yield what our own scripts show."""
    own = [path for path in _below("static", ".js") if "vendor" not in path.parts]
    yield from _read(own, of_script)


def page_code() -> Iterator[tuple[str, str]]:
    """Yield the sentences that forms, views, services and the admin show on pages."""
    yield from _read([path for path in files() if _PAGE_CODE.fullmatch(str(path.relative_to(ROOT)))], of_module)


def command_help() -> Iterator[tuple[str, str]]:
    """Yield the help of every command, subcommand and program, as it is printed."""
    yield from helps()


def command_code() -> Iterator[tuple[str, str]]:
    """Yield the sentences that commands and programs print."""
    yield from _read([path for path in files() if _COMMAND_CODE.fullmatch(str(path.relative_to(ROOT)))], of_module)


PLACES: dict[str, Callable[[], Iterator[tuple[str, str]]]] = {
    "templates": templates,
    "scripts": scripts,
    "page code": page_code,
    "command help": command_help,
    "command code": command_code,
    "files for clients' accounts": client_files,
}
