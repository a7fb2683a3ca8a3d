"""The files that commands read; - is standard input."""

import sys
from pathlib import Path

from portal.command_line import failed
from portal.messages.message import Message

_STDIN = "-"
_MOST = 16 * 1024 * 1024  # more than any file that a command accepts


def bytes_of(file: Path) -> bytes:
    """Return a file's content, at most 16 MiB of it; raises CommandFailed where it cannot be read."""
    try:
        if str(file) == _STDIN:
            return sys.stdin.buffer.read(_MOST)
        with file.open("rb") as opened:
            return opened.read(_MOST)
    except OSError as error:
        raise failed(Message("command.file_unreadable", file=str(file), detail=error.strerror or str(error))) from error
