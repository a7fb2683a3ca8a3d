"""The process `manage.py tap`, as an operator runs it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from redis import Redis

from monitoring.records.tap_status import tap_status
from portal import live
from tests.waiting import wait_for


@contextmanager
def running_tap(**environment: str) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "manage.py", "tap"],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"} | environment,
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "The tap is ready.\n"
        yield process
    finally:
        process.kill()
        process.wait(20)
        process.stdout.close()


def test_it_stops_within_two_seconds_of_sigterm(clean_redis: str) -> None:
    with running_tap() as process:
        process.send_signal(signal.SIGTERM)
        assert process.wait(2) == 0


def test_without_postgresql_it_runs_on_keeps_its_leases_and_says_why_it_does_not_read(clean_redis: str) -> None:
    redis = Redis.from_url(clean_redis)
    with running_tap(DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing") as process:
        live.hold({"stream:abc:clear": 1})
        wait_for(lambda: tap_status("abc") and tap_status("abc").error, 10)
        assert tap_status("abc").error.code == "tap.database_unavailable"
        before = redis.pttl("tap:abc")
        wait_for(lambda: redis.pttl("tap:abc") > before, 3, "the renewal of the lease")
        assert process.poll() is None


def test_without_redis_it_runs_on_and_claims_streams_when_redis_is_back(clean_redis: str) -> None:
    redis = Redis.from_url(clean_redis)
    with running_tap(DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing") as process:
        live.hold({"stream:abc:clear": 1})
        wait_for(lambda: redis.exists("tap:abc"), 10)
        redis.flushdb()  # what a restarted Redis has
        live.hold({"stream:abc:clear": 1})
        wait_for(lambda: redis.exists("tap:abc"), 10)
        assert process.poll() is None
