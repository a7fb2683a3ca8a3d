"""The project's own files, as git knows them."""

import ast
import gc
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = ("portal", "onboarding", "monitoring")
BINARY = {".png", ".ico", ".woff2", ".gz", ".jpg", ".pgp"}


def files() -> list[Path]:
    """Every file that is in git or about to be: what a clone holds."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    ).stdout
    paths = [ROOT / name for name in listed.split("\0") if name]
    return sorted(path for path in paths if path.is_file())


def texts() -> Iterator[tuple[str, str]]:
    """Every text file, as (path below the root, text)."""
    for path in files():
        if path.suffix not in BINARY:
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def modules(*packages: str) -> list[Path]:
    """Every Python file below the packages, migrations left out: they are generated."""
    found = [path for path in files() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in packages]
    return [path for path in found if "migrations" not in path.parts]


def parsed(source: str) -> ast.Module:
    """Parse Python without the garbage collector: in CPython 3.11 a finalizer that runs meanwhile can make it fail.

    https://github.com/python/cpython/issues/106905
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return ast.parse(source)
    finally:
        if was_enabled:
            gc.enable()
