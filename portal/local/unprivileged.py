"""What root has to prepare so that a server that refuses root can run as another user.

Only ever widens who may pass through a folder or read an installed program, never who may read or write our state.
"""

import os
import pwd
import stat
import sys
from pathlib import Path

_PASS = stat.S_IXOTH
_READ = stat.S_IROTH


def let_run(programs: Path, *, user: str) -> None:
    """Let `user` reach and run what is installed in `programs`: read there, pass through the folders above."""
    make_reachable(programs, user=user)
    for folder, _, files in os.walk(programs):
        _allow(Path(folder), _READ | _PASS)
        for name in files:
            _allow_file(Path(folder) / name)


def give(folder: Path, *, user: str) -> None:
    """Make `user` the owner of the folder and its contents, and give it access."""
    make_reachable(folder, user=user)
    owner = pwd.getpwnam(user)
    for path in [folder, *folder.rglob("*")]:
        if path.lstat().st_uid != owner.pw_uid:
            os.chown(path, owner.pw_uid, owner.pw_gid, follow_symlinks=False)


def make_reachable(path: Path, *, user: str) -> None:
    """Allow all users to pass through (not list, not read) the folders above `path`; print each that was changed."""
    for folder in reversed(path.resolve().parents):
        if _allow(folder, _PASS):
            print(
                f"PostgreSQL runs as user {user}, so other users can now pass through {folder} (chmod o+x).",
                file=sys.stderr,
            )


def _allow_file(path: Path) -> None:
    mode = path.stat().st_mode
    _allow(path, _READ | (_PASS if mode & stat.S_IXUSR else 0))


def _allow(path: Path, bits: int) -> bool:
    mode = path.stat().st_mode
    if mode & bits == bits:
        return False
    path.chmod(stat.S_IMODE(mode) | bits)
    return True
