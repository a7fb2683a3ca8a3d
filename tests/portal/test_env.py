"""What the environment makes of the database's URL, and that PostgreSQL heeds it."""

import socket
import time
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.db.backends.postgresql.base import DatabaseWrapper

from portal import env


def test_a_session_that_stands_still_in_a_transaction_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_URL", "postgresql://a:b@c:5433/d?sslmode=require&options=-c%20search_path%3Dx")
    options = env.database("SOME_URL", idle_in_transaction_seconds=30)["OPTIONS"]
    limit = "-c idle_in_transaction_session_timeout=30s"
    assert options == {"sslmode": "require", "options": f"-c search_path=x {limit}"}


@pytest.mark.django_db
def test_that_takes_as_long_as_a_lease() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM current_setting('idle_in_transaction_session_timeout')::interval)")
        assert cursor.fetchone()[0] == settings.SLUICE_LEASE_SECONDS


@pytest.fixture
def silent_server() -> Iterator[str]:
    """The URL of a server that accepts connections and never answers, as behind a broken network."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"postgresql://a:b@127.0.0.1:{server.getsockname()[1]}/d"


@pytest.mark.django_db
def test_a_server_that_does_not_answer_is_given_up(silent_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_URL", silent_server)
    there = DatabaseWrapper({**connection.settings_dict, **env.database("SOME_URL", connect_seconds=2)})
    began = time.monotonic()
    with pytest.raises(OperationalError, match="timeout"):
        there.ensure_connection()
    assert time.monotonic() - began < 4


def test_the_url_can_have_its_own_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_URL", "postgresql://a:b@c/d?connect_timeout=9&keepalives_idle=60")
    options = env.database("SOME_URL", connect_seconds=5)["OPTIONS"]
    assert options == {**env.DEAD_PEER, "connect_timeout": "9", "keepalives_idle": "60"}


def test_every_process_has_a_limit() -> None:
    options = settings.DATABASES["default"]["OPTIONS"]
    assert options["connect_timeout"] == str(settings.SLUICE_DATABASE_CONNECT_SECONDS) == "5"
    assert options["tcp_user_timeout"] == "10000"
