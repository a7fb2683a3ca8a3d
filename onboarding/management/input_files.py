"""The files that commands read; - is standard input."""

import sys
from pathlib import Path

from onboarding.management.spec_problems import spec_failed
from onboarding.spec import yaml_file
from onboarding.spec.integration_spec import IntegrationSpec
from onboarding.spec.problem import SpecRefused
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


def spec_of(file: Path) -> IntegrationSpec:
    """Return the spec in a file; raises CommandFailed where it cannot be read or used."""
    try:
        return yaml_file.from_yaml(bytes_of(file).decode("utf-8", "replace"))
    except SpecRefused as refused:
        raise spec_failed(refused) from refused
