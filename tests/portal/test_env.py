"""What the environment makes of the database's URL, and that PostgreSQL heeds it."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.db.backends.postgresql.base import DatabaseWrapper

from portal import env
from portal.env import BadEnvironment


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
    assert time.monotonic() - began < 10


def test_the_url_can_have_its_own_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_URL", "postgresql://a:b@c/d?connect_timeout=9&keepalives_idle=60")
    options = env.database("SOME_URL", connect_seconds=5)["OPTIONS"]
    assert options == {**env.DEAD_PEER, "connect_timeout": "9", "keepalives_idle": "60"}


def test_every_process_has_a_limit() -> None:
    options = settings.DATABASES["default"]["OPTIONS"]
    assert options["connect_timeout"] == str(settings.SLUICE_DATABASE_CONNECT_SECONDS) == "5"
    assert options["tcp_user_timeout"] == "10000"


SECRET = "SLUICE_SECRET_KEY"


def test_a_secret_can_be_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("one, two\n", encoding="utf-8")
    monkeypatch.setenv(SECRET, "the variable")
    monkeypatch.setenv(f"{SECRET}_FILE", str(file))
    assert (env.required(SECRET), env.text(SECRET), env.items(SECRET)) == ("one, two", "one, two", ["one", "two"])
    monkeypatch.setenv(f"{SECRET}_FILE", "")
    assert env.required(SECRET) == "the variable"


def test_a_database_and_a_redis_can_be_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, url in (("DATABASE_URL", "postgresql://a:b@c/d"), ("REDIS_URL", "redis://:b@c:6379/1")):
        (tmp_path / name).write_text(f"{url}\n", encoding="utf-8")
        monkeypatch.setenv(f"{name}_FILE", str(tmp_path / name))
    assert env.database("DATABASE_URL")["HOST"] == "c"
    assert env.redis_url("REDIS_URL") == "redis://:b@c:6379/1"


@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff\xfe"])
def test_a_file_without_a_secret_is_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setenv(f"{SECRET}_FILE", str(file))
    with pytest.raises(BadEnvironment, match=f"{SECRET}_FILE: .*secret"):
        env.required(SECRET)


def test_only_secrets_are_read_from_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "other").write_text("other", encoding="utf-8")
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "other"))
    assert env.text(NAME, "default") == "default"


NAME = "SLUICE_TEST_VALUE"


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("1", True),
        ("Yes", True),
        (" on ", True),
        ("TRUE", True),
        ("0", False),
        ("no", False),
        ("off", False),
        ("", False),
    ],
)
def test_a_flag_says_yes_or_no(monkeypatch: pytest.MonkeyPatch, value: str, found: bool) -> None:
    monkeypatch.setenv(NAME, value)
    assert env.flag(NAME, default=not found) is found


@pytest.mark.parametrize("value", ["2", "maybe", "ja", "y", "1 1"])
def test_a_flag_that_says_neither_is_an_error(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(NAME, value)
    with pytest.raises(BadEnvironment, match=NAME):
        env.flag(NAME)


@pytest.mark.parametrize("value", ["-1", "1.5", "", "ten", "\u00b2", "\u0661\u0662", "1_000", "9" * 5_000])
def test_a_number_is_plain_digits(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(NAME, value)
    with pytest.raises(BadEnvironment, match=f"{NAME} is .* a whole number"):
        env.number(NAME, 5)


def test_a_number_has_a_default_and_a_least_value(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.number(NAME, 5) == 5
    monkeypatch.setenv(NAME, " 30 ")
    assert env.number(NAME, 5, least=30) == 30
    with pytest.raises(BadEnvironment, match="from 31 to"):
        env.number(NAME, 5, least=31)
    with pytest.raises(BadEnvironment):
        env.number("SLUICE_TEST_OTHER", 5, least=6)


@pytest.mark.parametrize("value", [None, ""])
def test_what_is_required_may_not_be_empty(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    monkeypatch.delenv(NAME, raising=False)
    if value is not None:
        monkeypatch.setenv(NAME, value)
    with pytest.raises(BadEnvironment, match=f"{NAME} is not set"):
        env.required(NAME)
    assert env.path(NAME) is None


def test_lists_lose_spaces_and_empty_items_and_text_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.items(NAME, "a, b") == ["a", "b"]
    monkeypatch.setenv(NAME, " a.example ,,b.example, ")
    assert env.items(NAME) == ["a.example", "b.example"]
    assert env.text(NAME) == " a.example ,,b.example, "
    assert env.path(NAME) == Path(" a.example ,,b.example, ")


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("postgresql://a:b@c:5433/d", {"NAME": "d", "USER": "a", "PASSWORD": "b", "HOST": "c", "PORT": "5433"}),
        ("postgres://c/d", {"NAME": "d", "USER": "", "PASSWORD": "", "HOST": "c", "PORT": ""}),
        ("postgresql:///d?host=/run/postgresql", {"NAME": "d", "HOST": "/run/postgresql", "OPTIONS": {}}),
        ("postgresql://a%40b:p%2Fw%23@c/d%20e", {"NAME": "d e", "USER": "a@b", "PASSWORD": "p/w#"}),
        ("postgresql://[::1]:5432/d", {"HOST": "::1", "PORT": "5432"}),
        ("postgresql://c/d?sslmode=verify-full", {"OPTIONS": {"sslmode": "verify-full"}}),
    ],
)
def test_a_database_is_read_from_its_url(monkeypatch: pytest.MonkeyPatch, url: str, wanted: dict[str, object]) -> None:
    monkeypatch.setenv(NAME, url)
    found = env.database(NAME)
    assert {key: found[key] for key in wanted} == wanted


@pytest.mark.parametrize(
    "url",
    [
        "mysql://a:s3cr3t@c/d",
        "postgresql://a:s3cr3t/x@c/d",
        "postgresql://a:b@c:s3cr3t/d",
        "postgresql://a:s3cr3t@[c/d",
        "",
    ],
)
def test_a_url_that_cannot_be_used_is_an_error_without_its_password(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv(NAME, url)
    with pytest.raises(BadEnvironment, match=NAME) as caught:
        env.database(NAME)
    assert "s3cr3t" not in str(caught.value)
    assert "s3cr3t" not in str(caught.value.__cause__)


@pytest.mark.parametrize("value", ["1s", "-1", "8", "0", "", "1e3", "٣", "99999999999999999999"])
def test_a_number_that_makes_no_sense_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(NAME, value)
    with pytest.raises(BadEnvironment, match=f"{NAME} is '{value}'; it must be a whole number from 1 to 7"):
        env.number(NAME, 5, least=1, most=7)


@pytest.mark.parametrize(
    "value", ["portal.example", "https://portal.example/path", "ftp://x", "https://", "https://x:y"]
)
def test_an_origin_without_a_scheme_or_with_a_path_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(NAME, f"https://portal.example,{value}")
    with pytest.raises(BadEnvironment, match=NAME):
        env.origins(NAME)


@pytest.mark.parametrize(
    "value", ["http://host", "redis://", "redis://host/x", "host:6379", "redis://host:x/0", "rediss:/h"]
)
def test_what_is_no_redis_is_refused_without_its_password(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(NAME, value.replace("//", "//user:hidden@"))
    with pytest.raises(BadEnvironment) as refused:
        env.redis_url(NAME)
    assert NAME in str(refused.value)
    assert "hidden" not in str(refused.value)


def test_the_addresses_of_redis_that_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    for value in ("redis://host:6379/0", "rediss://user:p%40ss@host/1?ssl_ca_certs=/x", "unix:///run/redis.sock?db=1"):
        monkeypatch.setenv(NAME, value)
        assert env.redis_url(NAME) == value


@pytest.mark.parametrize(
    ("arn", "is_good"),
    [
        ("arn:aws:iam::999900001111:role/sluice-portal", True),
        ("arn:aws-cn:iam::999900001111:user/path/sluice", True),
        ("arn:aws:sts::999900001111:assumed-role/sluice/web", True),
        ("", True),
        ("999900001111", False),
        ("arn:aws:iam::99990000111:role/x", False),
        ("arn:aws:s3:::bucket", False),
    ],
)
def test_the_portals_principal_is_an_arn(monkeypatch: pytest.MonkeyPatch, arn: str, is_good: bool) -> None:
    monkeypatch.setenv(NAME, arn)
    if is_good:
        assert env.matching(NAME, env.ROLE_OR_USER_ARN, "x") == arn
        return
    with pytest.raises(BadEnvironment, match=NAME):
        env.matching(NAME, env.ROLE_OR_USER_ARN, "x")


def test_a_pooler_gets_no_startup_parameter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_URL", "postgresql://a:b@c/d")
    assert "options" not in env.database("SOME_URL", idle_in_transaction_seconds=30, is_pooled=True)["OPTIONS"]


def test_a_level_of_logging_that_there_is_not_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "info")
    assert env.choice(NAME, "INFO", among=env.LOG_LEVELS) == "INFO"
    monkeypatch.setenv(NAME, "LOUD")
    with pytest.raises(BadEnvironment, match=f"{NAME} is 'LOUD'"):
        env.choice(NAME, "INFO", among=env.LOG_LEVELS)
