"""The demo's own processes: the command of each, and its environment, variable by variable."""

import json
import sys
from dataclasses import dataclass
from urllib.parse import quote

from portal.demo.cast import PORTAL_PRINCIPAL_ARN, SENDER_PRINCIPAL_ARN, VENDOR_NAME
from portal.demo.places import Places, encryption_keys, secret_key
from portal.lanes import HOUSEKEEPING, METRICS, OUTBOX, PROVISIONING, RECORDS, VERIFICATION
from portal.local.ministack import MiniStack
from portal.local.postgres import PostgresServer
from portal.local.processes import base_environment
from portal.local.redis import RedisServer


@dataclass(frozen=True, slots=True)
class Servers:
    """The servers that the processes use."""

    postgres: PostgresServer
    redis: RedisServer
    ministack: MiniStack


@dataclass(frozen=True, slots=True)
class Part:
    """A process: its name and log's name, its command, and whether it acts as the portal in AWS.

    `is_outside`: it belongs to the vendor or to a client, and knows the portal by its address alone.
    """

    name: str
    command: tuple[str, ...]
    is_portal: bool = True
    is_outside: bool = False


def services(places: Places, *, host: str, port: int) -> tuple[Part, ...]:
    """Return the long-running processes in the order in which they start."""
    return (
        Part("web", (*_python("uvicorn"), "portal.asgi:application", "--host", host, "--port", str(port), *_WEB)),
        Part("worker", _worker("worker", PROVISIONING, threads=16)),
        Part("checks", _worker("checks", VERIFICATION, METRICS, HOUSEKEEPING, OUTBOX, threads=4)),
        Part("history", _worker("history", RECORDS, threads=4)),
        Part("beat", (*_python("celery"), "-A", "portal", "beat", "--schedule", str(places.root / "beat"), *_BEAT)),
        Part("tap", (sys.executable, "manage.py", "tap")),
        Part("building", _building(places), is_portal=False, is_outside=True),
        Part("devices", _devices(places), is_portal=False, is_outside=True),
    )


def vendor(places: Places) -> Part:
    """Return the process that creates the portal's AWS user and the vendor's delivery key."""
    return Part("vendor", (*_python("portal.demo.vendor"), str(places.root)), is_portal=False)


def tables(places: Places) -> tuple[Part, ...]:
    """Return the processes that prepare the database and the static files."""
    return (
        Part("migrate", (sys.executable, "manage.py", "migrate", "--no-input"), is_portal=False),
        Part(
            "static", (sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"), is_portal=False
        ),
        Part("seed", (*_part("seed"), str(places.vendor_token)), is_portal=False),
    )


def example(places: Places) -> Part:
    """Return the process that onboards Contoso Towers and Fabrikam Lofts; needs the worker."""
    return Part("example", (*_part("example"), str(places.root / "contoso"), str(places.fabrikam)))


def environment(part: Part, places: Places, servers: Servers, *, host: str, address: str) -> dict[str, str]:
    """Return a process's environment. Only the portal's own processes get its access key, or anything of it."""
    if part.is_outside:
        own = {"PYTHONUNBUFFERED": "1", "SLUICE_PORTAL_URL": address}
        return {**base_environment(), **own, **servers.ministack.environment}
    portal_key: dict[str, str] = json.loads(places.portal_key.read_text()) if part.is_portal else {}
    return {
        **base_environment(),
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DATABASE_URL": servers.postgres.url,
        **({"DATABASE_OWNER_URL": servers.postgres.owner_url} if part.name == "migrate" else {}),
        "REDIS_URL": servers.redis.url,
        "SLUICE_SECRET_KEY": secret_key(places),
        "SLUICE_ENCRYPTION_KEYS_FILE": str(encryption_keys(places)),
        "SLUICE_DEMO": "1",
        "SLUICE_DEVELOPMENT": "1",
        "SLUICE_HTTPS": "0",
        "SLUICE_STAFF_SECOND_FACTOR": "0",
        "SLUICE_ALLOWED_HOSTS": _allowed_hosts(host),
        "SLUICE_PORTAL_URL": address,
        "SLUICE_MAIL_URL": f"file://{quote(str(places.root / 'mail'))}",
        "SLUICE_MAIL_FROM": f"{VENDOR_NAME} <sluice@vendor.example>",
        "SLUICE_STATIC_ROOT": str(places.root / "static"),
        "SLUICE_VENDOR_NAME": VENDOR_NAME,
        "SLUICE_VENDOR_CERTIFICATE_FILE": str(places.vendor_certificate),
        "SLUICE_PORTAL_PRINCIPAL_ARN": PORTAL_PRINCIPAL_ARN,
        "SLUICE_VENDOR_PRINCIPAL_ARN": SENDER_PRINCIPAL_ARN,
        # The building publishes metrics at once; AWS takes minutes.
        "SLUICE_METRIC_DELAY_SECONDS": "15",
        "SLUICE_COLLECT_SECONDS": "10",
        "SLUICE_UNWATCHED_SECONDS": "10",
        "SLUICE_KEY_USE_SECONDS": "10",
        **servers.ministack.environment,
        **portal_key,
    }


_WEB = ("--workers", "1", "--timeout-graceful-shutdown", "2", "--no-server-header")
_BEAT = ("--loglevel", "INFO", "--pidfile", "")


def _worker(name: str, *lanes: str, threads: int) -> tuple[str, ...]:
    size = ("--queues", ",".join(lanes), "--concurrency", str(threads), "--hostname", f"{name}@%h")
    alone = ("--without-gossip", "--without-mingle")
    return (*_python("celery"), "-A", "portal", "worker", "--loglevel", "INFO", *size, *alone)


def _python(module: str) -> tuple[str, ...]:
    return sys.executable, "-m", module


def _building(places: Places) -> tuple[str, ...]:
    files = (places.vendor_token, places.vendor_private_key, places.sender_key, places.situation)
    return (*_python("portal.demo.building"), *map(str, files))


def _devices(places: Places) -> tuple[str, ...]:
    files = (places.fabrikam / "devices", places.fabrikam / "private.asc")
    return (*_python("portal.demo.devices"), *map(str, files))


def _part(name: str) -> tuple[str, ...]:
    return (*_python("portal.demo.run"), name)


def _allowed_hosts(host: str) -> str:
    everywhere = host in {"0.0.0.0", "::"}  # noqa: S104  (requested by the person who started it)
    return "*" if everywhere else f"127.0.0.1,localhost,[::1],{host}"
