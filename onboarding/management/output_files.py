"""Files that a command creates: never one that is there."""

from pathlib import Path

from portal.command_line import failed
from portal.messages.message import Message


def write_new(path: Path, text: str) -> None:
    """Create a file with the text; raises CommandError where it exists or cannot be written."""
    write_new_bytes(path, text.encode())


def write_new_bytes(path: Path, content: bytes) -> None:
    """Create a file with the content; raises CommandError where it exists or cannot be written."""
    try:
        with path.open("xb") as file:
            file.write(content)
    except OSError as error:
        detail = error.strerror or str(error)
        raise failed(Message("command.file_unwritable", file=str(path), detail=detail)) from error
