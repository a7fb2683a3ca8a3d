"""Starts the demo's processes in order, starts those again that end, and stops all in the reverse order."""

import fcntl
import json
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import IO

from portal.demo import console_output, parts
from portal.demo.kept import Kept
from portal.demo.parts import Part, Servers
from portal.demo.places import PROJECT, Places, close_world, open_world, write_private
from portal.local import ministack, postgres, redis
from portal.local.ministack import MiniStack
from portal.local.postgres import PostgresServer
from portal.local.processes import STOP_SECONDS as SERVER_STOP_SECONDS
from portal.local.processes import ChildProcess, DidNotStart, last_lines, start_process
from portal.local.redis import RedisServer

STOP_SECONDS = 4.0
CHORE_SECONDS = 120
EXAMPLE_SECONDS = 120


class StopRequested(BaseException):
    """A request to stop: Ctrl-C, SIGTERM, or a closed terminal."""


class Supervisor:
    """A demo, from start to stop."""

    def __init__(self, places: Places, *, host: str, port: int) -> None:
        self._places = places
        self._host = host
        self._port = port
        self._aws: MiniStack | None = None
        self._servers: list[Kept] = []
        self._services: list[Kept] = []
        self._in_order = ExitStack()

    def run(self, *, fresh: bool) -> int:
        """Start everything, print its address, wait, and return the exit status once everything has stopped."""
        self._places.root.mkdir(parents=True, exist_ok=True)
        with (self._places.root / "lock").open("w") as lock:
            if not _locked(lock):
                print(f"A demo already uses {self._places.root}. Stop it first (Ctrl-C).", file=sys.stderr)
                return 2
            return self._run(fresh=fresh)

    def _run(self, *, fresh: bool) -> int:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _request_stop)
        try:
            self._start(fresh=fresh)
            return self._watch()
        except StopRequested:
            return 0
        except DidNotStart as failure:
            print(f"\n{failure}", file=sys.stderr)
            return 1
        finally:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)
            self._stop()

    def _start(self, *, fresh: bool) -> None:
        console_output.say("Starting PostgreSQL, Redis and an emulated AWS …")
        notice = open_world(self._places, fresh=fresh)
        if notice:
            console_output.say(notice)
        servers = self._start_servers()
        self._do(parts.vendor(self._places), servers)
        console_output.say("Preparing the database …")
        for chore in parts.tables(self._places):
            self._do(chore, servers)
        console_output.say("Starting web, worker, beat, tap, the simulated building and devices …")
        for part in parts.services(self._places, host=self._host, port=self._port):
            spawn = partial(self._spawn, part, servers)
            self._services.append(self._keep(spawn(), spawn, stop_seconds=STOP_SECONDS))
        self._services[0].child.wait_until(self._web_answers, seconds=60)
        self._create_example(servers)
        print(console_output.ready(self._address, self._places), flush=True)

    def _start_servers(self) -> Servers:
        places = self._places
        aws = ministack.start(places.root / "aws", log=places.log("ministack"), state=places.aws)
        self._in_order.callback(aws.stop)
        database = postgres.start(places.root / "postgres", log=places.log("postgres"))
        self._in_order.callback(database.stop)
        self._in_order.callback(database.stop)
        broker = redis.start(places.root / "redis", log=places.log("redis"))
        self._aws = aws
        self._servers = [
            self._keep(database.process, partial(_database_again, database, places)),
            self._keep(broker.process, partial(_broker_again, broker, places)),
        ]
        write_private(places.aws_environment, json.dumps(aws.environment))
        return Servers(database, broker, aws)

    def _keep(
        self,
        child: ChildProcess,
        start_again: Callable[[], ChildProcess],
        *,
        stop_seconds: float = SERVER_STOP_SECONDS,
    ) -> Kept:
        kept = Kept(child, start_again, stop_seconds=stop_seconds, say=console_output.say)
        self._in_order.callback(kept.stop)
        return kept

    def _spawn(self, part: Part, servers: Servers) -> ChildProcess:
        return start_process(
            part.name,
            part.command,
            log=self._places.log(part.name),
            environment=parts.environment(part, self._places, servers, host=self._host, address=self._local_address),
            cwd=PROJECT,
        )

    def _do(self, chore: Part, servers: Servers, *, seconds: float = CHORE_SECONDS) -> None:
        child = self._spawn(chore, servers)
        self._in_order.callback(child.stop, seconds=STOP_SECONDS)
        child.wait_until(lambda: child.exit_code == 0, seconds=seconds)
        child.stop()

    def _create_example(self, servers: Servers) -> None:
        console_output.say("Setting up Contoso Towers and Fabrikam Lofts, as their admins would …")
        try:
            self._do(parts.example(self._places), servers, seconds=EXAMPLE_SECONDS)
        except DidNotStart as failure:
            console_output.say(f"This failed; everything else works. {failure}")

    @property
    def _address(self) -> str:
        # By this name a browser trusts HTTP, as passkeys need; an address of numbers cannot have passkeys at all.
        host = {"127.0.0.1": "localhost"}.get(self._host, f"[{self._host}]" if ":" in self._host else self._host)
        return f"http://{host}:{self._port}"

    @property
    def _local_address(self) -> str:
        is_everywhere = self._host in {"0.0.0.0", "::"}  # noqa: S104  (compared, not bound)
        return f"http://localhost:{self._port}" if is_everywhere else self._address

    def _web_answers(self) -> bool:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"{self._local_address}/healthz", timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            return False

    def _watch(self) -> int:
        while True:
            if self._aws is not None and (exit_code := self._aws.process.exit_code) is not None:
                log = self._aws.process.log
                print(
                    f"\nThe emulated AWS ended unexpectedly (exit code {exit_code}) and its state is lost, so all "
                    f"parts are stopped. Its last lines, from {log}:\n{last_lines(log)}",
                    file=sys.stderr,
                )
                return 1
            for kept in (*self._servers, *self._services):
                kept.check()
            time.sleep(0.3)

    def _stop(self) -> None:
        console_output.say("\nStopping …")
        servers = [kept.child for kept in self._servers] + ([self._aws.process] if self._aws else [])
        healthy = all(child.exit_code is None for child in servers)
        for kept in reversed(self._services):
            kept.ask_to_stop()
        self._in_order.close()
        if healthy and all(child.exit_code == 0 for child in servers):
            close_world(self._places)
        console_output.say("Everything has stopped.")


def _database_again(database: PostgresServer, places: Places) -> ChildProcess:
    database.start_again(places.root / "postgres", log=places.log("postgres"))
    return database.process


def _broker_again(broker: RedisServer, places: Places) -> ChildProcess:
    return redis.start(places.root / "redis", log=places.log("redis"), port=broker.port).process


def _request_stop(*_: object) -> None:
    raise StopRequested


def _locked(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
