"""Paths of fields as people type them, and garbage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.records.field_paths import (
    LONGEST_PATH,
    MOST_FIELDS,
    PARTITION_KEY,
    PathRejected,
    is_name,
    paths_in,
    version_of,
)


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("", []),
        (" \n\n", []),
        ("reading.celsius", ["reading.celsius"]),
        ("  b \r\na\nb\n", ["a", "b"]),
        ("samples[].t\nsamples.t", ["samples.t"]),
        ("room name.floor", ["room name.floor"]),
        ("Größe", ["Größe"]),
    ],
)
def test_a_path_on_each_line(text: str, paths: list[str]) -> None:
    assert paths_in(text) == paths


@pytest.mark.parametrize(
    ("text", "code", "params"),
    [
        (".", "not_a_path", {"line": 1, "typed": "."}),
        ("ok\n.partition_key", "not_a_path", {"line": 2, "typed": ".partition_key"}),
        ("a..b", "not_a_path", {"line": 1, "typed": "a..b"}),
        ("a[0].b", "not_a_path", {"line": 1, "typed": "a[0].b"}),
        ("•••1", "not_a_path", {"line": 1, "typed": "•••1"}),
        ("a\x07", "not_a_path", {"line": 1, "typed": "a\x07"}),
        ("<b>" + "x" * 60 + ".", "not_a_path", {"line": 1, "typed": "<b>" + "x" * 37}),
        ("a" * (LONGEST_PATH + 1), "path_too_long", {"line": 1, "limit": 200, "names": 20}),
        (".".join("a" * 21), "path_too_long", {"line": 1, "limit": 200, "names": 20}),
        ("\n".join(f"f{n}" for n in range(MOST_FIELDS + 1)), "too_many_fields", {"limit": 100}),
    ],
)
def test_what_is_no_path_is_refused_with_its_line(text: str, code: str, params: dict) -> None:
    with pytest.raises(PathRejected) as refused:
        paths_in(text)
    assert (refused.value.message.code, dict(refused.value.message.params)) == (f"record_access.{code}", params)


@given(st.text(max_size=300))
def test_whatever_is_typed_is_a_list_of_paths_or_refused(text: str) -> None:
    try:
        paths = paths_in(text)
    except PathRejected:
        return
    assert PARTITION_KEY not in paths
    assert all(all(map(is_name, path.split("."))) for path in paths)
    assert paths_in("\n".join(paths)) == paths


def test_a_list_has_a_version_and_none_has_none() -> None:
    assert version_of(()) == ""
    assert version_of({"a", "b"}) == version_of(["b", "a"]) != version_of({"a"})
