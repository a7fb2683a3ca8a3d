"""Temporary homes for GnuPG: one per use, private, and removed afterwards."""

import errno
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = "sluice-gpg-"
_MEMORY = Path("/dev/shm")  # noqa: S108  (memory, not disk; the directory is private, mode 0700)
# The agent's sockets are in the home, and a socket's path can have 108 characters.
_LONGEST = 60


class HomeFull(Exception):
    """The file system of GnuPG's homes has no space left."""


@contextmanager
def temporary_home(*, under: Path | None = None, has_agent: bool = False) -> Iterator[Path]:
    """Create a directory of mode 0700 for one use of GnuPG, and always remove it.

    It is in memory where the system has /dev/shm, else in the temporary folder; `under` names another place.
    `has_agent`: secret keys are used, so that an agent has to be stopped at the end. Raises HomeFull.
    """
    home = create_home(under=under)
    try:
        yield home
    finally:
        if has_agent:
            _stop_agent(home)
        remove(home)


def create_home(*, under: Path | None = None) -> Path:
    """Create a home that the caller removes, as `temporary_home` does it. Raises HomeFull."""
    try:
        return Path(tempfile.mkdtemp(prefix=PREFIX, dir=under or home_base()))
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise HomeFull from error
        raise


def home_base() -> Path:
    """Return where temporary homes are created: /dev/shm, else the temporary folder if its path is short, else /tmp."""
    if _MEMORY.is_dir() and _is_writable(_MEMORY):
        return _MEMORY
    usual = Path(tempfile.gettempdir())
    return usual if len(str(usual)) <= _LONGEST else Path("/tmp")  # noqa: S108  (mkdtemp creates a private directory)


def remove_stale(*, older_than_seconds: float = 3600) -> int:
    """Remove homes whose process was killed, and return how many. For the start of a worker.

    They hold only public keys: the portal itself never uses a private key.
    """
    limit = time.time() - older_than_seconds
    stale = [home for home in home_base().glob(f"{PREFIX}*") if _is_ours_and_before(home, limit)]
    for home in stale:
        remove(home)
    return len(stale)


def remove(home: Path) -> None:
    """Remove a directory, trying again for a second while a stopping agent still writes to it."""
    for _ in range(50):
        shutil.rmtree(home, ignore_errors=True)
        if not home.exists():
            return
        time.sleep(0.02)


def _is_ours_and_before(home: Path, limit: float) -> bool:
    try:
        found = home.stat(follow_symlinks=False)
    except OSError:  # removed meanwhile
        return False
    return found.st_uid == os.getuid() and found.st_mtime < limit


def _is_writable(folder: Path) -> bool:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError as error:
        return error.errno in {errno.ENOSPC, errno.EDQUOT}  # full, which is reported, and no reason to use a disk


def _stop_agent(home: Path) -> None:
    # Where /run/user/<uid> exists GnuPG keeps the sockets there, in a directory that outlives the home.
    for action in (["--kill", "all"], ["--remove-socketdir"]):
        subprocess.run(
            ["gpgconf", "--homedir", str(home), *action],  # noqa: S607  (GnuPG is found on PATH, as python-gnupg does)
            check=False,
            capture_output=True,
            timeout=10,
        )
