"""Looks for secrets where none may be: every table, every key of Redis, the workers' log, and GnuPG's homes."""

import base64
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

import redis
from django.db import connection

from portal.openpgp.homes import PREFIX, home_base
from tests.database import owner_connection
from tests.resting import files_below

# Of every spelling the first bytes are looked up in a table: thousands of secrets cost no more than one.
_HEAD, _BLOCK = 12, 1_000_000


def leaks(log: Path, secrets: Iterable[str]) -> list[str]:
    """Return the places where one of the secrets stands, in whatever spelling."""
    heads: dict[bytes, set[bytes]] = {}
    for spelling in {spelling for secret in secrets for spelling in spellings(secret)}:
        heads.setdefault(spelling[:_HEAD], set()).add(spelling)
    return [place for place, content in places(log) if _holds(content, heads)]


def _holds(content: bytes, heads: dict[bytes, set[bytes]]) -> bool:
    for start in range(0, len(content), _BLOCK):
        block = content[start : start + _BLOCK + _HEAD]
        found = heads.keys() & {block[at : at + _HEAD] for at in range(len(block) - _HEAD + 1)}
        if any(spelling in content for head in found for spelling in heads[head]):
            return True
    return False


def spellings(secret: str) -> set[bytes]:
    """The secret as it stands, in hex, percent-encoded, JSON-escaped, and in base64 at each of the three offsets."""
    plain = secret.encode()
    encoded = {base64.b64encode(b"x" * offset + plain)[4 if offset else 0 : -4] for offset in range(3)}
    return {plain, plain.hex().encode(), quote(secret, safe="").encode(), plain.replace(b"/", b"\\/"), *encoded}


def places(log: Path) -> Iterator[tuple[str, bytes]]:
    """Whatever is kept: its name and its bytes."""
    for table in connection.introspection.table_names():
        yield f"table {table}", _table(table)
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
        for key in client.keys("*"):
            yield f"Redis key {key!r}", client.dump(key) or b""
    yield "log", log.read_bytes()
    for home in home_base().glob(f"{PREFIX}*"):
        for file, content in files_below(home):
            yield f"file {file}", content


def _table(table: str) -> bytes:
    # The owner's, because COPY carries no scope, so the portal's role would be shown no row.
    with (
        owner_connection(connection.settings_dict["NAME"]) as owner,
        owner.cursor().copy(f'COPY "{table}" TO STDOUT') as copy,
    ):
        return b"".join(bytes(block) for block in copy)
