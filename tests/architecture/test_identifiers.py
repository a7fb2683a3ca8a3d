"""One vocabulary: a name that was replaced by the field's term does not come back, in code, pages or styles."""

import pytest

from tests.architecture.identifiers import of_python, of_script, of_styles, of_template, read
from tests.architecture.tree import texts

# What must not come back, and what to write. A name counts with or without underscores before it.
RETIRED = {
    "Figure": "Measurement",
    "Shape": "CertificateStructure",
    "TICK": "CHECKBOX",
    "begin_change": "open_update",
    "cancel_asked": "cancel_requested",
    "cannot_tell": "unknown",
    "changing": "update",
    "external_id_made_at": "external_id_created_at",
    "figure": "measurement",
    "figures": "measurements, metrics, limits",
    "granting": "grant",
    "is_changing": "is_open, is_update",
    "lede_words": "lede_text",
    "let_reach": "make_reachable",
    "may_settle": "may_pass",
    "mend": "repair, remediation",
    "mends": "repairs, remediations",
    "next_words": "next_label",
    "one": "the thing: permission, line, delivery",
    "ones": "the things: permissions, lines, deliveries",
    "optional_rights": "optional_permissions",
    "parked": "quarantined",
    "phrase": "text",
    "phrases": "messages, descriptions",
    "rights_form": "permissions_form",
    "said": "message, text, output, expected",
    "set_shape": "start_next_change",
    "settle": "run transitions",
    "sheet": "permission report",
    "shelf": "sample buffer",
    "solo_words": "solo_message",
    "state_word": "state_label",
    "stray": "orphan",
    "stream_shape": "stream_configuration",
    "stumble": "release after error",
    "told": "summary, details, printed",
    "unticked": "not_compared",
    "was_asked": "was_submitted",
    "words": "text, message, arguments",
}
# The same for what is delivered: in a test, `asked` can still be the parameters of an expected call.
RETIRED_IN_PRODUCT = {
    "asked": "requested",
    "aws_said": "detail",
    "is_told": "the fact itself",
    "sealed": "encrypted; `seal` is the one operation that encrypts a new access key",
}


def retired_in(names: set[str], *, path: str = "") -> set[str]:
    """Return which of a file's identifiers were replaced."""
    if "/migrations/" in path:  # these speak of the database as it was
        return set()
    retired = RETIRED if path.startswith("tests/") else RETIRED | RETIRED_IN_PRODUCT
    return {name for name in names if name.lstrip("_") in retired}


def test_no_retired_name_comes_back() -> None:
    found = {path: sorted(retired) for path, names in read(texts()) if (retired := retired_in(names, path=path))}
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
