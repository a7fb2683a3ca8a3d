"""Looks for secrets where none may be, in whatever form.

Every table, every key of Redis and every command that it received, the workers' log, mails, bodies of HTTP, the
environments and arguments of processes, GnuPG's homes and temporary files. Streams of gzip and zlib are unpacked.
"""

import base64
import os
import re
import socket
import tempfile
import threading
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote, urlsplit

import redis
from django.core import mail
from django.db import connection

from portal.openpgp.homes import PREFIX, home_base
from tests.database import owner_connection
from tests.resting import files_below

# Of every spelling the first bytes are looked up in a table: thousands of secrets cost no more than one.
_HEAD, _BLOCK = 12, 1_000_000
_STREAM = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]")
_MOST_UNPACKED, _DEPTH = 4_000_000, 2
_LARGEST_FILE = 20_000_000
Places = Iterable[tuple[str, bytes]]


def leaks(log: Path, secrets: Iterable[str], others: Mapping[str, bytes] | None = None) -> list[str]:
    """Return the places where one of the secrets stands, in whatever spelling, packed or not.

    `others` are what a test has caught by itself, by name: bodies of HTTP, and the commands that Redis received.
    """
    heads: dict[bytes, set[bytes]] = {}
    for spelling in {spelling for secret in secrets for spelling in spellings(secret)}:
        heads.setdefault(spelling[:_HEAD], set()).add(spelling)
    kept = [*places(log), *(others or {}).items()]
    return [place for place, content in kept if any(_holds(part, heads) for part in _unpacked(content))]


def _holds(content: bytes, heads: dict[bytes, set[bytes]]) -> bool:
    for start in range(0, len(content), _BLOCK):
        block = content[start : start + _BLOCK + _HEAD]
        found = heads.keys() & {block[at : at + _HEAD] for at in range(len(block) - _HEAD + 1)}
        if any(spelling in content for head in found for spelling in heads[head]):
            return True
    return False


def _unpacked(content: bytes, depth: int = _DEPTH) -> Iterator[bytes]:
    """Yield the content, and what each stream of gzip or zlib in it holds; a damaged one up to where it is damaged."""
    yield content
    for start in _STREAM.finditer(content) if depth else ():
        reader = zlib.decompressobj(wbits=47)  # either, by its header
        with suppress(zlib.error):
            yield from _unpacked(reader.decompress(content[start.start() :], _MOST_UNPACKED), depth - 1)


def spellings(secret: str) -> set[bytes]:
    """The secret as it stands, in hex, percent-encoded, JSON-escaped, in UTF-16, and in base64 at each offset."""
    plain = secret.encode()
    encoded = {base64.b64encode(b"x" * offset + plain)[4 if offset else 0 : -4] for offset in range(3)}
    of_urls = {text.replace(b"+", b"-").replace(b"/", b"_") for text in encoded}
    wide = {secret.encode("utf-16-le"), secret.encode("utf-16-be")}
    hexadecimal = {plain.hex().encode(), plain.hex().upper().encode()}
    percent = {quote(secret, safe="").encode(), quote(secret, safe="").lower().encode()}
    return {plain, plain.replace(b"/", b"\\/"), *hexadecimal, *percent, *wide, *encoded, *of_urls}


def places(log: Path) -> Iterator[tuple[str, bytes]]:
    """Whatever is kept: its name and its bytes."""
    for table in connection.introspection.table_names():
        for form in ("TEXT", "BINARY"):  # text has bytes in hexadecimal, in which no stream is recognised
            yield f"table {table}", _table(table, form)
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
        for key in client.keys("*"):
            yield f"Redis key {key!r}", client.dump(key) or b""
    yield "log", log.read_bytes()
    for message in getattr(mail, "outbox", ()):
        yield "mail", message.message().as_bytes()
    yield from _processes()
    for home in home_base().glob(f"{PREFIX}*"):
        for file, content in files_below(home):
            yield f"file {file}", content
    yield from _temporary_files(since=log.stat().st_mtime - 3600)


def _table(table: str, form: str) -> bytes:
    # The owner's, because COPY carries no scope, so the portal's role would be shown no row.
    with (
        owner_connection(connection.settings_dict["NAME"]) as owner,
        owner.cursor().copy(f'COPY "{table}" TO STDOUT (FORMAT {form})') as copy,
    ):
        return b"".join(bytes(block) for block in copy)


def _processes() -> Iterator[tuple[str, bytes]]:
    for folder in Path("/proc").glob("[0-9]*"):
        for name in ("environ", "cmdline"):
            with suppress(OSError):  # it has ended, or is someone else's
                yield f"process {folder.name} {name}", (folder / name).read_bytes()


def _temporary_files(since: float) -> Iterator[tuple[str, bytes]]:
    """Files right in the folder for temporary files that were written lately; those of the tests are in folders."""
    for path in Path(tempfile.gettempdir()).iterdir():
        with suppress(OSError):
            found = path.lstat()
            if path.is_file() and not path.is_symlink() and found.st_mtime > since and found.st_size < _LARGEST_FILE:
                yield f"temporary file {path}", path.read_bytes()


class RedisCommands:
    """Every command that Redis received, as MONITOR shows it."""

    def __init__(self) -> None:
        self.received = b""

    @contextmanager
    def watched(self) -> Iterator["RedisCommands"]:
        """Listen until the block ends. https://redis.io/docs/latest/commands/monitor/"""
        with self._connected() as listener:
            listener.sendall(b"MONITOR\r\n")
            listener.recv(100)
            thread = threading.Thread(target=self._listen, args=[listener], daemon=True)
            thread.start()
            try:
                yield self
            finally:
                with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
                    client.echo("the end")
                thread.join(5)

    def _connected(self) -> socket.socket:
        place = urlsplit(os.environ["REDIS_URL"])
        if place.scheme == "unix":
            listener = socket.socket(socket.AF_UNIX)
            listener.connect(place.path)
            return listener
        return socket.create_connection((place.hostname or "localhost", place.port or 6379))

    def _listen(self, listener: socket.socket) -> None:
        while b'"the end"' not in self.received:
            part = listener.recv(65536)
            if not part:
                return
            self.received += part
