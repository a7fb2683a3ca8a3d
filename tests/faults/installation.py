"""An installation of the portal: PostgreSQL, Redis, web process, worker and clock of its own; each can fail in mid-run.

The test's own Django uses the installation's PostgreSQL meanwhile. PostgreSQL commits durably here, as it must: what
tests elsewhere give up for speed would be lost by a crash.
"""

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

from portal import env, live
from portal.local import ports, postgres, redis
from portal.local.ministack import MiniStack
from portal.local.postgres import PostgresServer
from portal.local.processes import ChildProcess, start_process
from portal.local.redis import RedisServer
from tests.faults.proxy import Proxy
from tests.waiting import wait_for
from tests.world import Keypair

ROOT = Path(__file__).resolve().parents[2]
# fsync guards against the loss of the machine, which no test brings about; every commit is still written out.
DURABLE_ENOUGH = {"fsync": "off", "full_page_writes": "off"}
PACE = {"SLUICE_LEASE_SECONDS": "4", "SLUICE_SWEEP_SECONDS": "1"}
FAST, IMMEDIATE, KILLED = signal.SIGINT, signal.SIGQUIT, signal.SIGKILL


@dataclass
class Installation:
    """What stands on it; `log` is that of the portal's processes."""

    folder: Path
    client_key: Keypair = field(repr=False)
    postgres: PostgresServer
    redis: RedisServer
    aws: Proxy
    environment: dict[str, str] = field(repr=False)

    @property
    def log(self) -> Path:
        """Where the portal's processes log."""
        return self.folder / "portal.log"

    def stop_postgres(self, how: signal.Signals = FAST) -> None:
        """Take PostgreSQL away: FAST cuts its clients off, IMMEDIATE crashes it, to be recovered when it comes back."""
        connections.close_all()
        _end(self.postgres.process, how)

    def start_postgres(self) -> None:
        """Bring it back where it was."""
        self.postgres = _postgres(self.folder)

    def stop_redis(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Take Redis away."""
        _end(self.redis.process, how)

    def start_redis(self, *, emptied: bool = False) -> None:
        """Bring it back where it was; `emptied` without what it held."""
        if emptied:
            shutil.rmtree(self.folder / "redis")
        self.redis = redis.start(self.folder / "redis", log=self.folder / "redis.log", port=self.redis.port)

    @contextmanager
    def worker(self) -> Iterator[ChildProcess]:
        """A Celery worker and the clock."""
        beat = ("beat", "-l", "INFO", "-s", str(self.folder / "beat"))
        with self.worker_alone("first") as process, self._python("-m", "celery", "-A", "portal", *beat):
            yield process

    @contextmanager
    def worker_alone(self, name: str) -> Iterator[ChildProcess]:
        """A Celery worker of two processes, which nobody but a message wakes."""
        called = ("-n", f"{name}@%h")
        command = ("-m", "celery", "-A", "portal", "worker", "-l", "INFO", "-c", "2", *called, *_QUIET)
        with self._python(*command) as process:
            yield process

    @contextmanager
    def web(self) -> Iterator[str]:
        """The web process; yields its address."""
        port = ports.free_port()
        with self._python(*_WEB, "--port", str(port)) as process:
            process.wait_until(lambda: ports.accepts("127.0.0.1", port), seconds=30)
            yield f"http://127.0.0.1:{port}"

    @contextmanager
    def _python(self, *arguments: str) -> Iterator[ChildProcess]:
        name, command = arguments[1], [sys.executable, *arguments]
        process = start_process(name, command, log=self.log, environment=self.environment, cwd=ROOT)
        try:
            yield process
        finally:
            process.stop(seconds=15)


_WEB = ("-m", "uvicorn", "portal.asgi:application", "--timeout-graceful-shutdown", "5")
_QUIET = ("--without-gossip", "--without-mingle")


@contextmanager
def installation(
    environment: Mapping[str, str], client_key: Keypair, aws: Proxy, *, pace: Mapping[str, str] = PACE
) -> Iterator[Installation]:
    """Set up an installation. `environment` has the portal's identity and its vendor's key; URLs of servers are added.

    `pace` has the lease and the sweep in seconds.
    """
    folder = Path(tempfile.mkdtemp(prefix="sluice-installation-"))
    folder.chmod(0o711)  # so that the user PostgreSQL runs as can pass through
    running = _postgres(folder)
    broker = redis.start(folder / "redis", log=folder / "redis.log")
    urls = {"DATABASE_URL": running.url, "DATABASE_OWNER_URL": running.owner_url}
    servers = {**urls, "REDIS_URL": broker.url, "AWS_ENDPOINT_URL": aws.url}
    given = {**os.environ, **environment, **pace, **servers}
    found = Installation(folder, client_key, running, broker, aws, given)
    try:
        with _led_to(given):
            call_command("migrate", verbosity=0)
            yield found
    finally:
        found.postgres.stop()
        found.redis.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def proxied_installation(
    ministack: MiniStack, environment: Mapping[str, str], vendor_key: Keypair, client_key: Keypair, folder: Path
) -> Iterator[Installation]:
    """Set up an installation that reaches the emulator through a proxy, and let this process's Django use both."""
    certificate = folder / "delivery.asc"
    certificate.write_text(vendor_key.certificate)
    given = {**ministack.environment, **environment, "SLUICE_VENDOR_CERTIFICATE_FILE": str(certificate)}
    with Proxy(ministack).running() as between, ExitStack() as changed:
        changed.enter_context(patch.dict(os.environ, given | {"AWS_ENDPOINT_URL": between.url}))
        changed.enter_context(patch.object(settings, "SLUICE_VENDOR_CERTIFICATE_FILE", certificate))
        principal = environment["SLUICE_PORTAL_PRINCIPAL_ARN"]
        changed.enter_context(patch.object(settings, "SLUICE_PORTAL_PRINCIPAL_ARN", principal))
        with installation(given, client_key, between) as found:
            yield found


def _postgres(folder: Path) -> PostgresServer:
    return postgres.start(folder / "pg", log=folder / "postgres.log", settings=DURABLE_ENOUGH)


def _end(process: ChildProcess, how: signal.Signals) -> None:
    os.kill(process.pid, how)
    wait_for(lambda: process.exit_code is not None, 20, f"the end of {process.name}")
    process.stop()


@contextmanager
def _led_to(environment: Mapping[str, str]) -> Iterator[None]:
    """Let this process's Django use the installation's servers."""
    names = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")
    with patch.dict(os.environ, {name: environment[name] for name in names}):
        ours = {key: value for key, value in env.database("DATABASE_URL").items() if key in _PLACE}
        owner = env.database("DATABASE_OWNER_URL")
    connections.close_all()
    live.connect.cache_clear()
    with (
        patch.dict(connection.settings_dict, ours),
        patch.object(settings, "DATABASE_OWNER", owner),
        patch.object(settings, "REDIS_URL", environment["REDIS_URL"]),
    ):
        try:
            yield
        finally:
            connections.close_all()
            live.connect.cache_clear()


_PLACE = ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")
