"""What documents and docstrings name exists: files, modules and their content, tasks, tests that a command selects."""

import ast
import importlib.util
import re
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps

from portal.celery import app
from tests.architecture.test_docs import DOCS, by_document
from tests.architecture.tree import ROOT, files, modules, parsed

CODE_FOLDERS = "tests|portal|onboarding|monitoring|static|templates|docs"
PATH = re.compile(rf"(?<![\w/.<>-])(?:{CODE_FOLDERS})/[\w./-]*\w/?")
QUOTED = re.compile(r"`([^`\n]+)`")
FILE_NAME = re.compile(r"(?<![\w/.<>*!-])[\w-]+\.(?:py|css|js|svg|html)\b")
DOTTED = re.compile(r"(?<![\w./-])(?:tests|portal|onboarding|monitoring)(?:\.(?!(?:py|css|js|html)\b)\w+)+")
SELECTION = re.compile(r"pytest ([\w/.]+\.py) -k (\w+)")
CLASS_NAME = re.compile(r"^[A-Z][a-z]+(?:[A-Z][a-z]+)*$")


@cache
def file_names() -> frozenset[str]:
    return frozenset(path.name for path in files())


@cache
def class_names() -> frozenset[str]:
    trees = [parsed(path.read_text()) for path in modules("portal", "onboarding", "monitoring")]
    return frozenset(node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef))


@cache
def tasks() -> frozenset[str]:
    app.loader.import_default_modules()
    return frozenset(app.tasks)


def exists(dotted: str) -> bool:
    """Tell whether a dotted name is a module, something in one, or a Celery task."""
    if dotted in tasks():
        return True
    parts = dotted.split(".")
    found: object = importlib.import_module(parts[0])
    for at, part in enumerate(parts[1:], start=2):
        if hasattr(found, part):
            found = getattr(found, part)
        elif hasattr(found, "__path__") and importlib.util.find_spec(".".join(parts[:at])):
            if at == len(parts):
                return True  # a module may need a package that is not installed here
            found = importlib.import_module(".".join(parts[:at]))
        else:
            return False
    return True


def missing(text: str) -> list[str]:
    """Return what a document names and what is not there."""
    lost = [path for path in PATH.findall(text) if not (ROOT / path).exists()]
    quoted = [*QUOTED.findall(text), *re.findall(r"^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL)]
    lost += [name for quote in quoted for name in FILE_NAME.findall(quote) if name not in file_names()]
    lost += [name for quote in quoted for name in DOTTED.findall(quote) if not exists(name)]
    return lost


def present(path: Path) -> str:
    """Return what a document says of today: a decision's context and rejected alternatives tell of the past."""
    text = path.read_text()
    if path.parent.name != "decisions":
        return text
    sections = re.split(r"^(?=## )", text, flags=re.MULTILINE)
    return "".join(part for part in sections if not part.startswith(("## Context", "## Rejected")))


@by_document
def test_every_name_is_of_something_that_exists(path: Path) -> None:
    assert missing(present(path)) == []


def docstrings(path: Path) -> str:
    """Return the docstrings of a module, with those of its classes and functions."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    nodes = [node for node in ast.walk(parsed(path.read_text())) if isinstance(node, documented)]
    return "\n".join(ast.get_docstring(node) or "" for node in nodes)


def missing_in_code(text: str) -> list[str]:
    """Return what docstrings name and what is not there; they name files and modules without quotes too."""
    lost = [path for path in PATH.findall(text) if not (ROOT / path).exists()]
    lost += [name for name in FILE_NAME.findall(text) if name not in file_names()]
    return lost + [name for name in DOTTED.findall(text) if not exists(name)]


@pytest.mark.parametrize("folder", ["portal", "onboarding", "monitoring", "tests"])
def test_every_name_in_a_docstring_is_of_something_that_exists(folder: str) -> None:
    lost = {str(path.relative_to(ROOT)): missing_in_code(docstrings(path)) for path in modules(folder)}
    assert {path: names for path, names in lost.items() if names} == {}


def test_a_docstring_that_names_nothing_would_be_found() -> None:
    known, unknown = (
        "portal/aws/errors.py, errors.py, portal.aws.errors",
        "portal/aws/nothing.py, nothing.py, portal.nothing",
    )
    text = f"See {known}; {unknown}."
    assert missing_in_code(text) == ["portal/aws/nothing.py", "nothing.py", "portal.nothing"]


@by_document
def test_every_selection_of_tests_selects_some(path: Path) -> None:
    for file, word in SELECTION.findall(path.read_text()):
        names = re.findall(r"^(?:async )?def (test_\w+)|@pytest.mark.(\w+)", (ROOT / file).read_text(), re.MULTILINE)
        assert [name for name, _ in names if word in name], (file, word)


def test_every_class_in_the_glossary_exists() -> None:
    rows = [line for line in (DOCS / "glossary.md").read_text().splitlines() if line.count("|") == 4]
    code = [name for row in rows for name in QUOTED.findall(row.split("|")[3])]
    classes = [name.split(".")[0] for name in code if CLASS_NAME.match(name.split(".")[0])]
    assert "SealedCopy" in classes
    assert [name for name in classes if name not in class_names()] == []


LABEL = re.compile(r"(?<![*\w])\*([A-Z][^*\n]{2,60})\*(?!\*)")


@cache
def interface() -> str:
    """Return the templates, code and scripts of the interface, with straight apostrophes."""
    sources = [path for path in files() if path.suffix in {".html", ".py", ".js"} and "tests" not in path.parts]
    return " ".join(path.read_text() for path in sources).replace("’", "'")


def is_label(quote: str) -> bool:
    """Tell whether words in italics are a text of the pages, or a list of the Django admin."""
    lists = {str(model._meta.verbose_name_plural).capitalize() for model in apps.get_models()}
    text = rf"[>}}\"'“]\s*{re.escape(quote)}\s*[<{{\"'”…]"
    return quote in lists or re.search(text, interface()) is not None


@by_document
def test_every_label_is_one_of_the_pages(path: Path) -> None:
    if path.parent.name != "decisions":
        assert [quote for quote in LABEL.findall(path.read_text()) if not is_label(quote)] == []


def published() -> set[str]:
    """Return the names of all events that the code publishes."""
    trees = [parsed(path.read_text()) for path in modules("portal", "onboarding", "monitoring")]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call) and len(node.args) > 1]
    names = [node.args[1] for node in calls if ast.unparse(node.func) == "live.publish"]
    return {str(name.value) for name in names if isinstance(name, ast.Constant)}


def test_every_event_of_live_pages_is_listed() -> None:
    table = (DOCS / "architecture.md").read_text().split("\n## Live pages\n")[1].split("\n* ")[0]
    rows = [row for row in table.splitlines() if row.startswith("| `")]
    assert {name for row in rows for name in QUOTED.findall(row.split("|")[3])} == published()


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        ("see `portal/aws/errors.py` and `errors.py`", []),
        ("see `nothing.py`", ["nothing.py"]),
        ("see `portal/aws/nothing.py`", ["portal/aws/nothing.py"]),
        ("the class `portal.aws.errors.AwsFault`", []),
        ("the class `portal.aws.errors.Nothing`", ["portal.aws.errors.Nothing"]),
        ("the task `onboarding.sweep_runs`", []),
        ("the task `onboarding.sweep_nothing`", ["onboarding.sweep_nothing"]),
    ],
)
def test_a_name_of_nothing_would_be_found(text: str, lost: list[str]) -> None:
    assert missing(text) == lost
