"""The file of keys: what is accepted, and that an error names the file and the line, never a key."""

import subprocess
import sys
from base64 import urlsafe_b64encode
from pathlib import Path

import pytest

from portal.env import BadEnvironment
from portal.secret_store import key_file

LINE = key_file.new_line()


def test_the_newest_key_is_the_first_line(tmp_path: Path) -> None:
    newer = key_file.new_line()
    file = tmp_path / "keys"
    file.write_text(f"# of the portal\n{newer}\n\n{LINE}\n")
    assert [key.id for key in key_file.read(file)] == [key_file.key_id(newer), key_file.key_id(LINE)]
    assert LINE not in repr(key_file.read(file))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "contains no key"),
        ("# nothing\n", "contains no key"),
        (f"{LINE}\nnot a key\n", "line 2"),
        (LINE[:-8], "line 1"),
        (urlsafe_b64encode(b"a" * 32).decode(), "line 1"),
        (f"{LINE}\n{LINE}\n", "line 2"),
        ("schlüssel", "not a file of keys"),
    ],
    ids=["empty", "comment", "words", "cut", "too regular", "twice", "not ASCII"],  # the key is another in each process
)
def test_a_file_that_is_not_valid_is_refused(text: str, named: str, tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text(text)
    with pytest.raises(BadEnvironment, match=key_file.VARIABLE) as refused:
        key_file.read(file)
    assert named in str(refused.value)
    assert LINE[:-8] not in str(refused.value)


def test_a_process_does_not_start_with_a_file_that_is_missing(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv(key_file.VARIABLE, str(tmp_path / "nowhere"))
    found = subprocess.run(
        [sys.executable, "-c", "import portal.settings"], capture_output=True, text=True, timeout=60, check=False
    )
    assert f"{key_file.VARIABLE}: {tmp_path / 'nowhere'} cannot be read" in found.stderr
