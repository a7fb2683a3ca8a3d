"""The secret store by command line: its keys, and their rotation."""

import os
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.command_line import CommandWithSubcommands, failed
from portal.env import BadEnvironment
from portal.messages.message import Message
from portal.secret_store import key_file, rotation, store


class Command(CommandWithSubcommands):
    description = gettext_lazy("Manage the keys that encrypt stored secrets.")
    subcommands = {
        "key": gettext_lazy("Create a key, as the first line of the file of keys."),
        "rotate": gettext_lazy("Encrypt every stored secret with the newest key."),
        "status": gettext_lazy("Show how many stored secrets each key encrypted."),
    }

    def add_key(self, parser: ArgumentParser) -> None:
        """Add the argument: the file."""
        parser.add_argument(
            "--file", type=Path, required=True, help=_("The file of keys. It is created if it does not exist.")
        )

    def do_key(self, options: dict[str, Any]) -> dict[str, Any]:
        """Write the file anew, with a new key above the others; the key itself is not printed."""
        file: Path = options["file"]
        line = key_file.new_line()
        try:
            earlier = file.read_text(encoding="ascii") if file.exists() else ""
            key_file.parse(earlier, name=str(file))
            _replace(file, f"{line}\n{earlier}")
        except (OSError, UnicodeDecodeError, BadEnvironment) as fault:
            raise failed(Message("secret_store.key_file", file=str(file), detail=str(fault))) from None
        return {"file": str(file), "key": key_file.key_id(line), "keys": 1 + len(key_file.parse(earlier, name=""))}

    def add_rotate(self, parser: ArgumentParser) -> None:
        """Add no argument."""

    def do_rotate(self, options: dict[str, Any]) -> dict[str, Any]:
        """Rotate; fails after the work where secrets cannot be decrypted."""
        _check_is_on()
        done = rotation.rotate()
        answer = {"key": store.newest_key_id(), **asdict(done)}
        if done.unreadable:
            raise failed(Message("secret_store.unreadable", count=done.unreadable), answer=answer)
        return answer

    def add_status(self, parser: ArgumentParser) -> None:
        """Add no argument."""

    def do_status(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the keys of the file, and those in use."""
        known = store.known_key_ids() if store.is_on() else []
        return {"file": known, "in_use": rotation.used_keys()}

    def say_status(self, answer: dict[str, Any]) -> str:
        """Format a key a line."""
        used: dict[str, int] = answer["in_use"]
        notes = ["newest", *[""] * len(answer["file"])]
        lines = [_line(key, used.get(key, 0), note) for key, note in zip(answer["file"], notes, strict=False)]
        missing = [_line(key, count, "not in the file") for key, count in used.items() if key not in answer["file"]]
        return "\n".join([*lines, *missing]) or "no keys"


def _line(key: str, count: int, note: str) -> str:
    return "  ".join(filter(None, [key, f"{count} secrets", note]))


def _replace(file: Path, text: str) -> None:
    """Write beside the file and rename, so that no process reads half of it."""
    beside = file.with_name(f"{file.name}.new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as writer:
        writer.write(text)
    if file.exists():
        status = file.stat()
        os.chown(beside, status.st_uid, status.st_gid)
        beside.chmod(status.st_mode & 0o777)
    beside.replace(file)


def _check_is_on() -> None:
    if not store.is_on():
        raise failed(Message("secret_store.off"))
