"""`python -m tests.architecture.locks`: writes the locks anew from pyproject.toml, for every Python and platform.

Three locks, each with all of the one before: what a server needs, what the demo needs besides, what developers need.
A fourth, resolved apart from them, is for the environment of the AWS emulator.
"""

import re
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
LOCKS: dict[str, tuple[str, ...]] = {
    "requirements.lock": (),
    "requirements-demo.lock": ("demo",),
    "requirements-dev.lock": ("demo", "dev"),
}
EMULATOR_LOCK, EMULATOR_GROUP = "requirements-emulator.lock", "emulator"
HEAD = "# Written by `make lock` from pyproject.toml. Install with: pip install --require-hashes -r {name}\n"
# A lock must serve wherever it is taken: it names packages, and no place they come from.
_PLACES = re.compile(r"^\s*(--(find-links|index-url|extra-index-url|trusted-host)\b.*|#.*(/|://).*)$")


def write_all() -> None:
    """Resolve the largest lock first, hold the smaller ones to its versions, and resolve the emulator's by itself."""
    written: str | None = None
    for name, extras in reversed(LOCKS.items()):
        held = ("--constraint", written) if written else ()
        write(name, "pyproject.toml", *(part for extra in extras for part in ("--extra", extra)), *held)
        written = written or name
    write(EMULATOR_LOCK, "--group", EMULATOR_GROUP)


def write(name: str, *wanted: str) -> None:
    """Write one lock of what is wanted, with every file's hash and environment markers."""
    command = [
        *(sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"),
        *("--generate-hashes", "--no-header", "--no-annotate", "--upgrade", *wanted),
    ]
    resolved = subprocess.run(command, cwd=PROJECT, check=True, stdout=subprocess.PIPE, text=True, timeout=120).stdout
    (PROJECT / name).write_text(HEAD.format(name=name) + without_places(resolved), encoding="utf-8")


def without_places(lock: str) -> str:
    """Return a lock without the lines that name a package index or a folder."""
    return "".join(f"{line}\n" for line in lock.splitlines() if not _PLACES.match(line))


if __name__ == "__main__":
    write_all()
