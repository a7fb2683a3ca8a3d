"""Reads what lies in folders while other processes make and remove files there."""

import os
from collections.abc import Iterator
from pathlib import Path


def files_below(root: Path) -> Iterator[tuple[Path, bytes]]:
    """Yield each regular file below `root` and its bytes; what goes away meanwhile rests nowhere and is passed over."""
    for folder, _, names in os.walk(root):  # unlike Path.rglob it goes on when a folder has just been removed
        for name in names:
            path = Path(folder, name)
            try:
                if path.is_file() and not path.is_symlink():
                    yield path, path.read_bytes()
            except FileNotFoundError:
                continue
