"""docker-compose.yml as Compose reads it, and the processes that use each variable of docs/configuration.md."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import yaml

from portal.lanes import LANES, OUTBOX, RECORDS
from tests.architecture.tree import ROOT

AWS_WORKERS = frozenset(f"worker-{lane}" for lane in LANES if lane != OUTBOX) - {f"worker-{LANES[0]}"} | {"worker"}
WORKERS = AWS_WORKERS | {f"worker-{OUTBOX}"}
PORTAL = WORKERS | {"web", "beat", "tap", "migrate"}
KINDS = {
    "all": PORTAL,
    "web": frozenset({"web"}),
    "workers": WORKERS,
    "AWS workers": AWS_WORKERS,
    "outbox worker": frozenset({f"worker-{OUTBOX}"}),
    "records worker": frozenset({f"worker-{RECORDS}"}),
    "tap": frozenset({"tap"}),
    "migrate": frozenset({"migrate"}),
}
ROW = re.compile(r"^\|(?P<names>[^|]*)\|(?P<used>[^|]*)\|")
REFERENCE = re.compile(r"\$\{(?P<name>\w+)(?:(?P<how>:?[-?+])(?P<word>[^${}]*))?\}")
SERVER = {
    "COMPOSE_PROFILES": "postgres,redis",
    "POSTGRES_PASSWORD": "owner",
    "POSTGRES_PORTAL_PASSWORD": "portal",
    "SLUICE_ALLOWED_HOSTS": "portal.example",
    "SLUICE_PORTAL_PRINCIPAL_ARN": "arn:aws:iam::999900001111:role/sluice-portal",
    "SLUICE_SECRET_KEY": "secret",
    "SLUICE_VENDOR_CERTIFICATE": "/etc/sluice/vendor.asc",
}


class Missing(Exception):
    """A variable that Compose cannot do without."""


def resolved(text: str, given: Mapping[str, str]) -> str:
    """Return a text as Compose resolves it.

    The innermost references come first, as in Compose, which evaluates a default also where none is needed.
    https://docs.docker.com/reference/compose-file/interpolation/
    """
    while found := REFERENCE.search(text):
        text = text[: found.start()] + _value(found, given) + text[found.end() :]
    return text


def _value(found: re.Match[str], given: Mapping[str, str]) -> str:
    value, word = given.get(found["name"]), found["word"] or ""
    how = found["how"] or "-"
    is_there = bool(value) if how.startswith(":") else value is not None
    if how.endswith("+"):
        return word if is_there else ""
    if how.endswith("?") and not is_there:
        raise Missing(found["name"])
    return (value or "") if is_there else word


def read(given: Mapping[str, str]) -> dict[str, Any]:
    """Return the file as Compose reads it: what is passed on without a value is None where it is not set."""
    found: dict[str, Any] = _walked(_file(), given)
    for service in found["services"].values():
        passed = service.get("environment", {})
        passed.update({name: given.get(name) for name, value in passed.items() if value is None})
    return found


@cache
def _file() -> Any:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))


def _walked(part: Any, given: Mapping[str, str]) -> Any:
    if isinstance(part, dict):
        return {key: _walked(value, given) for key, value in part.items() if not str(key).startswith("x-")}
    if isinstance(part, list):
        return [_walked(value, given) for value in part]
    return resolved(part, given) if isinstance(part, str) else part


def used_by() -> dict[str, frozenset[str]]:
    """Return the services that use each documented variable, from the tables with a column for it."""
    found: dict[str, frozenset[str]] = {}
    has_column = False
    for line in (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8").splitlines():
        if not (row := ROW.match(line)):
            has_column = False
        elif row["names"].strip() == "Variable":
            has_column = row["used"].strip() == "Used by"
        elif has_column and not row["names"].startswith("---"):
            services = frozenset[str]().union(*(KINDS[kind.strip()] for kind in row["used"].split(",")))
            found.update(dict.fromkeys(re.findall(r"`([A-Z][A-Z0-9_]+)`", row["names"]), services))
    return found


def of_the_image() -> set[str]:
    """Return the variables that the image sets; Compose would remove one that it passes on without a value."""
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    return {name for line in lines if line.startswith("ENV ") for name in re.findall(r"(\w+)=", line)}
