"""The search for secrets finds what was planted: in every spelling, packed or not, in every place that is searched."""

import gzip
import os
import subprocess
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connection

from portal.openpgp.homes import temporary_home
from tests.database import owner_connection
from tests.faults import leaks
from tests.faults.leaks import RedisCommands, spellings

pytestmark = pytest.mark.django_db
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
PLAIN = SECRET.encode()
PACKED: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "zlib": zlib.compress,
    "zlib in gzip": lambda data: gzip.compress(b"before" + zlib.compress(data)),
    "behind a stream that is none": lambda data: b"\x1f\x8b\x08\x78\x9c" + zlib.compress(data),
    "cut off": lambda data: zlib.compress(data + os.urandom(2000))[:-50],
}


@pytest.fixture
def nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the log and what is given: the other places have tests of their own."""
    monkeypatch.setattr(leaks, "places", lambda log: [("log", log.read_bytes())])


@pytest.mark.usefixtures("nothing_else")
@pytest.mark.parametrize("number", range(len(spellings(SECRET))))
@pytest.mark.parametrize("before", [0, leaks._BLOCK - 5, leaks._BLOCK + 3])
def test_a_planted_secret_is_found(tmp_path: Path, number: int, before: int) -> None:
    log, spelling = tmp_path / "log", sorted(spellings(SECRET))[number]
    log.write_bytes(b"." * before + spelling + b".")
    assert leaks.leaks(log, ["another" * 6, SECRET]) == ["log"]
    log.write_bytes(b"." * before + spelling[:-1] + b".")
    assert leaks.leaks(log, ["another" * 6, SECRET]) == []


@pytest.mark.usefixtures("nothing_else")
@pytest.mark.parametrize("form", PACKED)
def test_a_planted_secret_is_found_in_a_packed_stream(tmp_path: Path, form: str) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"a line\n" + PACKED[form](b"x" * 100 + PLAIN + b"x" * 100) + b"\nanother")
    assert leaks.leaks(log, [SECRET]) == ["log"]
    log.write_bytes(b"a line\n" + PACKED[form](b"x" * 100 + PLAIN[:-1] + b"x" * 100) + b"\nanother")
    assert leaks.leaks(log, [SECRET]) == []


def in_a_row() -> Iterator[None]:
    # Committed: the search has a connection of its own.
    with owner_connection(connection.settings_dict["NAME"]) as owner:
        owner.execute("CREATE TABLE planted (content bytea)")
        owner.execute("INSERT INTO planted VALUES (%s)", [gzip.compress(PLAIN)])
        owner.commit()
        try:
            yield
        finally:
            owner.execute("DROP TABLE planted")
            owner.commit()


def in_redis() -> Iterator[None]:
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
        client.set("planted", b"before" + PLAIN)
        yield
        client.delete("planted")


def in_a_mail() -> Iterator[None]:
    mail.outbox.append(EmailMessage("planted", f"Your key: {SECRET}", "a@x.example", ["b@x.example"]))
    yield
    mail.outbox.clear()


def in_an_environment() -> Iterator[None]:
    with subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE, env={"KEY": SECRET}) as process:
        yield
        process.kill()


def in_arguments() -> Iterator[None]:
    with subprocess.Popen(["/bin/cat", "-", SECRET], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        yield
        process.kill()


def in_a_home() -> Iterator[None]:
    with temporary_home() as home:
        (home / "planted").write_bytes(PLAIN)
        yield


def in_a_temporary_file() -> Iterator[None]:
    with tempfile.NamedTemporaryFile() as file:
        file.write(PLAIN)
        file.flush()
        yield


PLANTED: dict[str, tuple[Callable[[], Iterator[None]], str]] = {
    "row": (in_a_row, "table planted"),
    "Redis": (in_redis, "Redis key b'planted'"),
    "mail": (in_a_mail, "mail"),
    "environment": (in_an_environment, "process "),
    "arguments": (in_arguments, "process "),
    "home": (in_a_home, "file "),
    "temporary file": (in_a_temporary_file, "temporary file "),
}


@pytest.mark.sampled(2, rest="faults")
@pytest.mark.parametrize("place", PLANTED)
def test_a_secret_is_found_in_every_place(tmp_path: Path, place: str, clean_redis: None) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"")
    plant, name = PLANTED[place]
    with contextmanager(plant)():
        found = leaks.leaks(log, [SECRET])
    assert found
    assert all(part.startswith(name) for part in found)


@pytest.mark.usefixtures("nothing_else")
def test_a_command_that_redis_received_is_found_although_its_key_is_gone(tmp_path: Path, clean_redis: None) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"")
    with RedisCommands().watched() as commands, redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
        client.set("planted", SECRET)
        client.delete("planted")
    assert leaks.leaks(log, [SECRET], {"MONITOR": commands.received}) == ["MONITOR"]


@pytest.mark.usefixtures("nothing_else")
def test_a_body_of_http_is_searched(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"")
    assert leaks.leaks(log, [SECRET], {"/page": gzip.compress(b"<p>" + PLAIN)}) == ["/page"]
    assert leaks.leaks(log, [SECRET], {"/page": b"<p>nothing"}) == []
