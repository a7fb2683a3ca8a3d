"""The identifiers of a source: names in Python, variables of a template, classes of a style sheet."""

import ast
import re
from collections.abc import Callable, Iterator

from tests.architecture.tree import parsed

_COMMENT = re.compile(r"{%\s*comment\s*%}.*?{%\s*endcomment\s*%}|{#.*?#}", re.DOTALL)
_TAG = re.compile(r"{[{%](.*?)[%}]}", re.DOTALL)
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_WORD = re.compile(r"[A-Za-z_]\w*")
_CLASSES = re.compile(r"""\b(?:class|id)="([^"]*)\"""")
_STYLE_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_STYLE_CLASS = re.compile(r"\.([A-Za-z][\w-]*)")
_SCRIPT_COMMENT = re.compile(r"/\*.*?\*/|(?<!:)//[^\n]*", re.DOTALL)
_SCRIPT_TEXT = re.compile(r"\"[^\"\n]*\"|`[^`]*`|'[^'\n]*'")
_FIELDS = ("id", "attr", "arg", "name", "asname")


def of_python(source: str) -> set[str]:
    """Return every name that code writes: of variables, attributes, arguments, functions, classes and imports."""
    nodes = list(ast.walk(parsed(source)))
    found = {getattr(node, field, None) for node in nodes for field in _FIELDS}
    return {part for name in found if isinstance(name, str) for part in name.split(".")}


def of_template(source: str) -> set[str]:
    """Return the variables, filters and tags of a template, and the classes and IDs of its elements."""
    source = _COMMENT.sub("", source)
    written = {word for tag in _TAG.findall(source) for word in _WORD.findall(_QUOTED.sub("", tag))}
    plain = _TAG.sub(" ", source)
    return written | {name for names in _CLASSES.findall(plain) for name in names.split()}


def of_styles(source: str) -> set[str]:
    """Return the classes of a style sheet."""
    return set(_STYLE_CLASS.findall(_STYLE_COMMENT.sub("", source)))


def of_script(source: str) -> set[str]:
    """Return the words of a script that stand outside comments and strings."""
    return set(_WORD.findall(_SCRIPT_TEXT.sub("", _SCRIPT_COMMENT.sub("", source))))


READERS: dict[str, Callable[[str], set[str]]] = {
    ".py": of_python,
    ".html": of_template,
    ".css": of_styles,
    ".js": of_script,
}


def read(texts: Iterator[tuple[str, str]]) -> Iterator[tuple[str, set[str]]]:
    """Yield each file that has identifiers, with them."""
    for path, text in texts:
        reader = READERS.get(path[path.rfind(".") :])
        if reader and "/vendor/" not in path:
            yield path, reader(text)
