"""The files that commands read."""

import io
import sys
from pathlib import Path

import pytest

from onboarding.management.input_files import bytes_of, spec_of
from portal.command_line import CommandFailed


def test_a_file_is_read_as_bytes(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_bytes(b"\x00\xff")
    assert bytes_of(file) == b"\x00\xff"


def test_a_hyphen_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"name: x")))
    assert bytes_of(Path("-")) == b"name: x"


@pytest.mark.parametrize(("name", "detail"), [("missing", "No such file or directory"), ("", "Is a directory")])
def test_a_file_that_cannot_be_read_is_reported_with_the_reason(tmp_path: Path, name: str, detail: str) -> None:
    with pytest.raises(CommandFailed, match=detail) as caught:
        bytes_of(tmp_path / name)
    assert caught.value.errors[0]["code"] == "command.file_unreadable"


def test_a_spec_that_is_no_text_is_reported_as_a_spec(tmp_path: Path) -> None:
    file = tmp_path / "spec.yaml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CommandFailed, match="The spec cannot be used"):
        spec_of(file)
