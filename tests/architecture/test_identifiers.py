"""One vocabulary: a name that was replaced by the field's term does not come back, in code, pages or styles."""

import pytest

from tests.architecture.identifiers import of_python, of_script, of_styles, of_template, read
from tests.architecture.tree import texts

# What must not come back, and what to write. A name counts with or without underscores before it.
RETIRED = {
    "one": "the thing: permission, line, delivery",
    "ones": "the things: permissions, lines, deliveries",
    "cannot_tell": "unknown",
    "optional_rights": "optional_permissions",
    "rights_form": "permissions_form",
    "sheet": "permission report",
}


def retired_in(names: set[str]) -> set[str]:
    """Return which of some identifiers were replaced."""
    return {name for name in names if name.lstrip("_") in RETIRED}


def test_no_retired_name_comes_back() -> None:
    found = {path: sorted(retired) for path, names in read(texts()) if (retired := retired_in(names))}
    assert found == {}


@pytest.mark.parametrize(
    "source",
    [
        "for one in lines: pass",
        "names = [one.name for one in lines]",
        "def one(): pass",
        "def line(one): pass",
        "line(one=1)",
        "line.one = 1",
        "import lines as one",
        "with line() as _one: pass",
    ],
)
def test_a_name_in_code_would_be_found(source: str) -> None:
    assert retired_in(of_python(source))


@pytest.mark.parametrize(
    "source",
    [
        "{% for one in lines %}{% endfor %}",
        "{{ one.name }}",
        '{% include "line.html" with one=line only %}',
        '<p class="card one">',
        '<p id="one">',
    ],
)
def test_a_name_in_a_template_would_be_found(source: str) -> None:
    assert retired_in(of_template(source)) == {"one"}


def test_a_name_in_a_style_sheet_or_script_would_be_found() -> None:
    assert retired_in(of_styles("ul.one > li { color: red }")) == {"one"}
    assert retired_in(of_script("for (const one of lines) show(one)")) == {"one"}


def test_text_is_no_identifier() -> None:
    assert not retired_in(of_python('"""Only one."""\nx = "one"  # one'))
    assert not retired_in(of_template('<p title="one">one</p>{# one #}{{ name|default:"one" }}'))
    assert not retired_in(of_styles("/* .one */"))
    assert not retired_in(of_script('say("one") // one'))
