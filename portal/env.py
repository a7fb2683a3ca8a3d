"""Reads settings from the environment, and fails on a value that is not valid."""

import os
import re
from collections.abc import Collection
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from portal.numbers import whole

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}

# Each of these can be in a file instead, whose path is in the variable with _FILE at the end of its name: the
# credentials of systemd and the secrets of Docker Compose are files.
SECRETS = frozenset(
    {
        "SLUICE_SECRET_KEY",
        "SLUICE_SECRET_KEY_FALLBACKS",
        "SLUICE_MAIL_URL",
        "DATABASE_URL",
        "DATABASE_OWNER_URL",
        "REDIS_URL",
        "CELERY_BROKER_URL",
    }
)
A_WEEK_SECONDS = 7 * 24 * 3600
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
ROLE_OR_USER_ARN = r"arn:aws[a-z-]*:(iam::\d{12}:(user|role)/[\w+=,.@/-]+|sts::\d{12}:assumed-role/[\w+=,.@/-]+)"
HOSTED_TEMPLATE = r"https://[^\s/?#]+/[^\s?#]+"

# libpq's limits for a server that vanished without closing its connections: about fourteen seconds while a query waits
# for its result, ten for what was sent and not confirmed. They have no effect on a Unix socket.
DEAD_PEER = {"keepalives_idle": "5", "keepalives_interval": "3", "keepalives_count": "3", "tcp_user_timeout": "10000"}


class BadEnvironment(ValueError):
    """An environment variable holds a value that cannot be used."""


def text(name: str, default: str = "") -> str:
    """Return the variable unchanged, or the default where it is not set; a secret from its file, where it has one."""
    file = os.environ.get(f"{name}_FILE", "") if name in SECRETS else ""
    return _content(name, file) if file else os.environ.get(name, default)


def _content(name: str, file: str) -> str:
    try:
        found = Path(file).read_text(encoding="utf-8").strip()
    except OSError as fault:
        raise BadEnvironment(f"{name}_FILE: {file} cannot be read: {fault.strerror}.") from None
    except UnicodeDecodeError:
        raise BadEnvironment(f"{name}_FILE: {file} is not text.") from None
    if not found:
        raise BadEnvironment(f"{name}_FILE: {file} is empty.")
    return found


def required(name: str) -> str:
    """Return the variable; raise BadEnvironment when it is missing or empty."""
    value = text(name)
    if not value:
        raise BadEnvironment(f"{name} is not set. See docs/configuration.md.")
    return value


def flag(name: str, *, default: bool = False) -> bool:
    """Return a yes-or-no variable; raise BadEnvironment on anything else."""
    value = os.environ.get(name, "1" if default else "0").strip().lower()
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    raise BadEnvironment(f"{name} is '{value}', which is neither yes (1, true, yes, on) nor no (0, false, no, off).")


def number(name: str, default: int, *, least: int = 0, most: int = A_WEEK_SECONDS) -> int:
    """Return a whole number from `least` to `most`; raise BadEnvironment on anything else."""
    value = os.environ.get(name, str(default)).strip()
    found = whole(value) if value.isascii() else None
    if found is None or not least <= found <= most:
        raise BadEnvironment(f"{name} is '{value}'; it must be a whole number from {least} to {most}.")
    return found


def choice(name: str, default: str, *, among: Collection[str]) -> str:
    """Return one of the allowed values, in upper case; raise BadEnvironment on anything else."""
    value = os.environ.get(name, default).strip().upper()
    if value not in among:
        raise BadEnvironment(f"{name} is '{value}'; it must be one of {', '.join(among)}.")
    return value


def items(name: str, default: str = "") -> list[str]:
    """Return the items of a comma-separated list, without empty ones."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def web_address(name: str) -> str:
    """Return the address of a site without a path, such as `https://portal.example`; "" where it is not set."""
    value = os.environ.get(name, "").strip().rstrip("/")
    if not value:
        return ""
    try:
        url = urlsplit(value)
        is_site = url.scheme in {"http", "https"} and url.hostname and not (url.path or url.query or url.username)
    except ValueError:
        is_site = False
    if not is_site or _split(value) is None or "#" in value:
        raise BadEnvironment(f"{name} is '{value}'; it must be like https://portal.example, without a path.")
    return value


def origins(name: str) -> list[str]:
    """Return a list of origins, such as `https://portal.example`; raise BadEnvironment for one that is none."""
    found = items(name)
    for value in found:
        url = _split(value)
        if (
            url is None
            or url.scheme not in {"http", "https"}
            or not url.netloc
            or url.path
            or url.query
            or url.fragment
        ):
            raise BadEnvironment(f"{name} has '{value}'; an origin is like https://portal.example, without a path.")
    return found


def matching(name: str, pattern: str, example: str) -> str:
    """Return a text that is empty or matches the pattern as a whole; raise BadEnvironment on anything else."""
    value = os.environ.get(name, "").strip()
    if value and not re.fullmatch(pattern, value):
        raise BadEnvironment(f"{name} is '{value}'; it must be like {example}.")
    return value


def redis_url(name: str, default: str = "") -> str:
    """Return the address of a Redis; raise BadEnvironment on anything else. It is never in the message."""
    value = text(name) or default or required(name)
    url = _split(value)
    if url is None or url.scheme not in {"redis", "rediss", "unix"} or not (url.hostname or url.scheme == "unix"):
        raise BadEnvironment(f"{name} is not the address of a Redis; it must be like redis://host:6379/0.")
    if url.path.strip("/") and url.scheme != "unix" and whole(url.path.strip("/")) is None:
        raise BadEnvironment(f"{name} names a database that is not a number; it must be like redis://host:6379/0.")
    return value


def _split(value: str) -> SplitResult | None:
    try:
        url = urlsplit(value)
        url.port  # noqa: B018  (a port that is no number raises when it is read)
    except ValueError:
        return None
    return url


def path(name: str) -> Path | None:
    """Return a file's path, or None when the variable is not set."""
    value = os.environ.get(name, "")
    return Path(value) if value else None


def database(
    name: str, *, idle_in_transaction_seconds: int = 0, connect_seconds: int = 0, is_pooled: bool = False
) -> dict[str, object]:
    """Return Django's DATABASES entry for a postgresql:// URL (host may be a socket folder in ?host=).

    PostgreSQL ends a session, and with it its locks, that is idle in a transaction for
    `idle_in_transaction_seconds`. A server that does not accept a connection within `connect_seconds` is given up; the
    URL can have limits of its own. `is_pooled` sends no startup parameter that a connection pooler refuses: its role in
    PostgreSQL must have the limit.
    """
    try:
        url = urlsplit(required(name))
        port = url.port
    except ValueError as invalid:
        if isinstance(invalid, BadEnvironment):
            raise
        # Its own text may repeat a part of the password.
        raise BadEnvironment(f"{name} is not a URL: write “/”, “#”, “@” and “[” in a password as %2F …") from None
    if url.scheme not in {"postgres", "postgresql"}:
        raise BadEnvironment(f"{name} begins with '{url.scheme}:'; Sluice needs postgresql://.")
    limits = {**DEAD_PEER, "connect_timeout": str(connect_seconds)} if connect_seconds else {}
    options = {**limits, **dict(parse_qsl(url.query))}
    if idle_in_transaction_seconds and not is_pooled:
        limit = f"-c idle_in_transaction_session_timeout={idle_in_transaction_seconds}s"
        options["options"] = f"{options.get('options', '')} {limit}".strip()
    return {
        "ENGINE": "portal.postgresql",
        "NAME": unquote(url.path.lstrip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": options.pop("host", None) or url.hostname or "",
        "PORT": str(port or ""),
        "OPTIONS": options,
    }
