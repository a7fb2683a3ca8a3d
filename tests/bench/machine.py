"""Everything the measurements stand on: servers of their own, on this machine only, stopped by themselves."""

import atexit
import json
import os
import shutil
import ssl
import sys
import tempfile
import urllib.request
from pathlib import Path
from typing import Any

import yaml

from portal.local import ministack
from portal.local.ministack import MiniStack
from portal.local.ports import accepts, free_port
from portal.local.processes import ChildProcess, start_process

HOST = "127.0.0.1"
PROJECT = Path(__file__).resolve().parents[2]
WEB_NAME = "bench-web"  # as PostgreSQL sees it


class SlowAws:
    """The emulator whose slowness is set from here, and whose calls are counted."""

    def __init__(self, server: MiniStack) -> None:
        self.server = server
        self._context = ssl.create_default_context(cafile=str(server.ca_bundle))

    def slow(self, *, latency: float, states: bool) -> None:
        """Let every call take `latency` seconds and, with `states`, what is made be unready for a while."""
        self._ask(f"set?latency={latency}&states={int(states)}")

    def calls(self) -> dict[str, int]:
        """Return how often each operation was called ("kinesis:GetRecords") since the last reset."""
        counted: dict[str, int] = self._ask("calls")["calls"]
        return counted

    def reset(self) -> None:
        """Forget what was counted."""
        self._ask("reset")

    def _ask(self, what: str) -> dict[str, Any]:
        url = f"{self.server.endpoint_url}/_bench/{what}"
        with urllib.request.urlopen(url, context=self._context) as answer:  # noqa: S310  (our own server)
            body: dict[str, Any] = json.load(answer)
        return body


class Machine:
    """A machine with Sluice on it. Making one starts PostgreSQL, Redis and the emulator, and sets Django up."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="sluice-bench-"))
        atexit.register(shutil.rmtree, self.folder, ignore_errors=True)
        self._prepare()
        self.aws = SlowAws(self._emulator())
        self._identity()
        self._django()
        self._started: list[ChildProcess] = []
        atexit.register(self.stop)

    def worker(self, *, concurrency: int) -> ChildProcess:
        """Start a Celery worker, as docker-compose.yml does."""
        name = f"worker-{len(self._started)}"
        size = ("--concurrency", str(concurrency), "--without-gossip", "--without-mingle", "--hostname", f"{name}@here")
        command = ("-m", "celery", "-A", "portal", "worker", *size)
        process = self._start(name, *command, SLUICE_LOG_LEVEL="INFO")  # or it would not say that it is ready
        process.wait_until(lambda: b" ready." in process.log.read_bytes(), seconds=60)
        return process

    def beat(self) -> ChildProcess:
        """Start the clock."""
        schedule = self.folder / f"beat-{len(self._started)}"
        return self._start("beat", "-m", "celery", "-A", "portal", "beat", "--schedule", str(schedule), "--pidfile", "")

    def tap(self) -> ChildProcess:
        """Start a tap that counts what it renders."""
        process = self._start("tap", "-m", "tests.bench.counted_tap")
        process.wait_until(lambda: b"ready" in process.log.read_bytes(), seconds=60)
        return process

    def web(self, *, application: str = "portal.asgi:application", **environment: str) -> tuple[ChildProcess, int]:
        """Start one web process as the image does; return it and its port."""
        port = free_port(HOST)
        command = ("-m", "uvicorn", application, "--host", HOST, "--port", str(port))
        usual = ("--no-server-header", "--timeout-graceful-shutdown", "20")
        process = self._start("web", *command, *usual, PGAPPNAME=WEB_NAME, **environment)
        process.wait_until(lambda: accepts(HOST, port), seconds=60)
        return process, port

    def end(self, *processes: ChildProcess) -> None:
        """Stop some of what was started."""
        for process in processes:
            process.stop()

    def stop(self) -> None:
        """Stop everything that was started, the last first."""
        for process in reversed(self._started):
            process.stop(seconds=2)

    def _start(self, name: str, *arguments: str, **more: str) -> ChildProcess:
        log = self.folder / f"{name}-{len(self._started)}.log"
        process = start_process(
            name, [sys.executable, *arguments], log=log, environment={**os.environ, **more}, cwd=PROJECT
        )
        self._started.append(process)
        return process

    def _prepare(self) -> None:
        # Always servers of its own: the benchmark fills tables and flushes Redis.
        for name in ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL"):
            os.environ.pop(name, None)
        os.environ |= {
            "SLUICE_STATIC_MANIFEST": "1",
            "SLUICE_STATIC_ROOT": str(self.folder / "static"),
            "SLUICE_COLLECT_SECONDS": "3600",  # collections are asked for where they are measured
            "SLUICE_LOG_LEVEL": "WARNING",
            "SLUICE_MAIL_URL": f"file://{self.folder}/mail",
            "SLUICE_MAIL_FROM": "sluice@vendor.example",
            "SLUICE_PORTAL_URL": "https://portal.example",
            "SLUICE_EVENTS_PER_PERSON": "5000",  # one person opens every event stream that is measured
            "PYTHONUNBUFFERED": "1",
        }
        from tests import embedded, network_guard

        embedded.prepare()
        network_guard.install()

    def _emulator(self) -> MiniStack:
        server = ministack.start(self.folder, log=self.folder / "aws.log", app="tests.bench.slow_aws:app")
        atexit.register(server.stop)
        return server

    def _identity(self) -> None:
        from portal.openpgp.generate import generate_keypair

        certificate, _ = generate_keypair("Sensor network delivery <delivery@vendor.example>")
        file = self.folder / "delivery.asc"
        file.write_text(certificate)
        os.environ |= {**self.aws.server.environment, "SLUICE_VENDOR_CERTIFICATE_FILE": str(file)}

    def _django(self) -> None:
        import django
        from django.core.management import call_command

        django.setup()
        from django.conf import settings

        from tests import database
        from tests.world import portal_identity

        portal = portal_identity(self.aws.server)
        os.environ |= portal
        settings.SLUICE_PORTAL_PRINCIPAL_ARN = portal["SLUICE_PORTAL_PRINCIPAL_ARN"]
        database.install()
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)


def composed_concurrency() -> int:
    """Return the processes of a worker as docker-compose.yml has them, or as BENCH_CONCURRENCY says."""
    composed = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())["services"]["worker"]["command"]
    return int(os.environ.get("BENCH_CONCURRENCY") or composed[composed.index("--concurrency") + 1])
