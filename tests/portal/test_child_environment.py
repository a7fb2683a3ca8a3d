"""The environment of child processes that read what others sent."""

import subprocess
import sys

from portal.child_environment import child_environment


def test_a_child_gets_nothing_of_ours_that_is_secret(monkeypatch) -> None:
    monkeypatch.setenv("SLUICE_SECRET_KEY", "s3cret")
    assert set(child_environment()) == {"PATH", "PYTHONPATH", "MALLOC_ARENA_MAX", "PYTHONDONTWRITEBYTECODE"}


def test_a_child_finds_our_modules_from_any_folder(tmp_path) -> None:
    command = [sys.executable, "-c", "import portal.child_environment"]
    done = subprocess.run(
        command, env=child_environment(), cwd=tmp_path, capture_output=True, text=True, check=False, timeout=30
    )
    assert (done.returncode, done.stderr) == (0, "")
