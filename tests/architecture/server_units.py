"""The units of docs/server/systemd, and the secrets that each reads."""

import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

from portal.lanes import LANES
from tests.architecture.compose_file import used_by
from tests.architecture.tree import ROOT

FOLDER = ROOT / "docs" / "server" / "systemd"
UNITS = (
    "sluice-web@8001.service",
    *(f"sluice-worker@{lane}.service" for lane in LANES),
    "sluice-beat.service",
    "sluice-tap@1.service",
    "sluice-migrate.service",
)
# The credential that each variable of a secret names here. What is missing is not needed on such a server: PostgreSQL
# knows the portal by its system user, Celery's broker is the one Redis, and there is no earlier secret key.
CREDENTIALS = {
    "SLUICE_SECRET_KEY_FILE": "secret-key",
    "REDIS_URL_FILE": "redis-url",
    "SLUICE_MAIL_URL_FILE": "mail-url",
    "SLUICE_ENCRYPTION_KEYS_FILE": "encryption-keys",
    "AWS_SHARED_CREDENTIALS_FILE": "aws-credentials",
}
_LOADED = re.compile(r"^LoadCredential=([\w-]+):/etc/sluice/credentials/\1$", re.MULTILINE)
_GIVEN = re.compile(r"\b([A-Z_]+_FILE)=%d/([\w-]+)")


def credentials(unit: str) -> dict[str, str]:
    """Return the credentials that a unit reads, by the variable that names each."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in _files(unit))
    given = dict(_GIVEN.findall(text))
    assert sorted(given.values()) == sorted(set(_LOADED.findall(text))), f"{unit} reads one that it does not name"
    return given


def documented_secrets(unit: str) -> dict[str, str]:
    """Return the same, as docs/configuration.md says which process uses which variable."""
    users = used_by()
    return {variable: name for variable, name in CREDENTIALS.items() if _service(unit) in users[variable]}


def _files(unit: str) -> Iterator[Path]:
    """Yield the file of a unit and those that systemd adds to it, which are in folders named after its beginnings."""
    name, _, instance = unit.removesuffix(".service").partition("@")
    yield FOLDER / f"{name}{'@' if instance else ''}.service"
    for folder in FOLDER.glob("*.service.d"):
        whose = folder.name.removesuffix(".service.d")
        if fnmatch(unit.removesuffix(".service"), f"{whose}*" if whose.endswith("-") else whose):
            yield from folder.glob("*.conf")


def _service(unit: str) -> str:
    """Return the name of the same process in docker-compose.yml."""
    kind, _, instance = unit.removeprefix("sluice-").removesuffix(".service").partition("@")
    return f"worker-{instance}" if kind == "worker" and instance != LANES[0] else kind
