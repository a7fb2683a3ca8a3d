"""PostgreSQL and Redis for the test run, started before Django reads its settings.

A pytest plugin, loaded with `-p tests.embedded`: pytest-django loads the settings before it loads any conftest.
Where DATABASE_URL (with DATABASE_OWNER_URL) or REDIS_URL is set, that server is used and none is started. Workers of
pytest-xdist share the coordinator's PostgreSQL, each with a database of its own.
"""

import atexit
import os
import shutil
import signal
import tempfile
from pathlib import Path

from portal.local import postgres, redis
from portal.secret_store import key_file

SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "portal.settings",
    "SLUICE_SECRET_KEY": "only-for-tests",
    "SLUICE_DEVELOPMENT": "1",
    "SLUICE_HTTPS": "0",
    "SLUICE_STATIC_MANIFEST": "0",
    "SLUICE_STAFF_REASON": "0",  # of what else staff see; tests/portal/tenancy/test_visit_page.py is about the reason
    "SLUICE_STAFF_SECOND_FACTOR": "0",  # tests of what else staff may do sign in with a password alone
    "SLUICE_PORTAL_PRINCIPAL_ARN": "arn:aws:iam::999900001111:user/sluice-portal",
}
# So that no test ever meets a real account, whatever the shell it was started from is set up for.
NO_AWS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "NO_PROXY": "127.0.0.1,localhost,::1",
    "no_proxy": "127.0.0.1,localhost,::1",
}
_DATABASES_OF_REDIS = 16
_redis: list[tuple[Path, redis.RedisServer]] = []


def prepare() -> None:
    """Set the environment of the test run and start what it lacks; a second call changes nothing."""
    if os.environ.get("SLUICE_TESTS_PREPARED") == str(os.getpid()):
        return
    for name in [name for name in os.environ if name.startswith(("AWS_", "BOTO_"))]:
        del os.environ[name]
    os.environ.update(NO_AWS)
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    if key_file.VARIABLE not in os.environ:
        _make_keys()
    if "DATABASE_URL" not in os.environ:
        _start_postgres()
    # Channels are one for all databases of a server, so each worker of pytest-xdist has a server of its own.
    if "REDIS_URL" not in os.environ or os.environ.get("SLUICE_TESTS_REDIS") == os.environ["REDIS_URL"]:
        _start_redis()
        os.environ["SLUICE_TESTS_REDIS"] = os.environ["REDIS_URL"]
    else:
        os.environ["REDIS_URL"] = _of_this_worker(os.environ["REDIS_URL"])
    os.environ["SLUICE_TESTS_PREPARED"] = str(os.getpid())


def _make_keys() -> None:
    file = _temporary("sluice-test-keys-") / "keys"
    file.write_text(f"{key_file.new_line()}\n", encoding="ascii")
    os.environ[key_file.VARIABLE] = str(file)


def _start_postgres() -> None:
    folder = _temporary("sluice-test-pg-")
    server = postgres.start(folder, log=_temporary("sluice-test-log-") / "postgres.log", settings=postgres.FAST)
    atexit.register(server.stop)
    os.environ["DATABASE_URL"], os.environ["DATABASE_OWNER_URL"] = server.url, server.owner_url


def _start_redis() -> None:
    folder = _temporary("sluice-test-redis-")
    server = redis.start(folder, log=folder / "redis.log")
    atexit.register(_stop_redis)
    _redis.append((folder, server))
    os.environ["REDIS_URL"] = server.url


def _stop_redis() -> None:
    _redis[-1][1].stop()


def lose_redis() -> None:
    """Kill the Redis that was started here, as a machine that goes does: without a word and for good."""
    folder, server = _redis[-1]
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.stop()
    shutil.rmtree(folder)


def start_redis_again() -> None:
    """Start it anew at the same place, empty."""
    folder, server = _redis[-1]
    log = _temporary("sluice-test-log-") / "redis.log"
    _redis.append((folder, redis.start(folder, log=log, port=server.port)))


def _temporary(prefix: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # runs after the server's stop, which comes later
    return folder


def _of_this_worker(url: str) -> str:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if not worker:
        return url
    number = 1 + int(worker.removeprefix("gw")) % (_DATABASES_OF_REDIS - 1)
    return f"{url.rsplit('/', 1)[0]}/{number}"


prepare()
