"""Looks for a secret's bytes, in every form in which they could lie about."""

import base64
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import redis

from tests.resting import files_below


def forms(secret: str) -> dict[str, bytes]:
    """The forms in which a secret could be written: as it is, base64 in its three alignments, hex, URL."""
    raw = secret.encode()
    found = {"plain": raw, "hex": raw.hex().encode(), "HEX": raw.hex().upper().encode()}
    for shift in range(3):
        padded = base64.b64encode(b"\0" * shift + raw)
        # The first and last group depend on the neighbours; what lies between does not.
        found[f"base64+{shift}"] = padded[4:-4]
    url = quote(secret, safe="").encode()
    return found if url == raw else {**found, "url": url}


def in_files(root: Path, secret: str) -> Iterator[str]:
    """Yield each file below `root` that holds the secret, and in which form."""
    for path, body in files_below(root):
        yield from (f"{path.relative_to(root)} ({form})" for form, needle in forms(secret).items() if needle in body)


def in_database(url: str, secret: str) -> Iterator[str]:
    """Yield each table that holds the secret in some form, from a dump of all its rows."""
    with psycopg.connect(url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        assert tables
        for (table,) in tables:
            with connection.cursor().copy(f'COPY "{table}" TO STDOUT') as copy:
                body = b"".join(bytes(block) for block in copy)
            yield from (f"table {table} ({form})" for form, needle in forms(secret).items() if needle in body)


def in_redis(url: str, secret: str) -> Iterator[str]:
    """Yield each key of Redis whose value holds the secret in some form."""
    with redis.Redis.from_url(url) as client:
        for key in client.scan_iter():
            body = client.dump(key) or b""
            yield from (f"key {key!r} ({form})" for form, needle in forms(secret).items() if needle in body)


def of_processes(pids: list[int], secret: str) -> Iterator[str]:
    """Yield each process whose command line or environment holds the secret."""
    for pid in pids:
        for what in ("cmdline", "environ"):
            try:
                body = Path(f"/proc/{pid}/{what}").read_bytes()
            except OSError:
                continue
            yield from (f"{what} of {pid} ({form})" for form, needle in forms(secret).items() if needle in body)


def children(pid: int) -> list[int]:
    """The processes below one."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True, timeout=120).stdout
    parents = {int(line.split()[0]): int(line.split()[1]) for line in listed.splitlines()}
    found, grown = {pid}, True
    while grown:
        more = {child for child, parent in parents.items() if parent in found} - found
        found, grown = found | more, bool(more)
    return sorted(found - {pid})
