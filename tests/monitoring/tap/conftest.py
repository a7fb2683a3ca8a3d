"""Shared by the tests of the tap: a clock that the test moves, and a tap that reads moto's stream."""

from collections.abc import Iterator

import pytest
from redis import Redis

from monitoring.tap.source import Source
from monitoring.tap.tap import Tap
from portal.aws.session import AwsSession
from tests.waiting import wait_for

CLEAR, MASKED = "stream:abc:clear", "stream:abc:masked"


class Moment:
    """A clock that the test moves forward."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def moment() -> Moment:
    return Moment()


@pytest.fixture
def redis(clean_redis: str) -> Redis:
    return Redis.from_url(clean_redis)


@pytest.fixture
def tap(kinesis, aws: AwsSession, redis: Redis, moment: Moment) -> Iterator[Tap]:
    tap = Tap(open_source=lambda uid: Source("sluice-sensors", lambda: aws), clock=moment)
    yield tap
    tap.close()


def go(tap: Tap, moment: Moment, seconds: float = 3.0) -> None:
    """Let the tap's time pass, waiting at each step until threads and decoders have answered."""
    for _ in range(int(seconds * 4)):
        moment.now += 0.25
        tap.tick()
        for stream in tap.streams.values():
            for call in stream.pending():
                call.exception(timeout=10)
        wait_until_decoded(tap)


def wait_until_decoded(tap: Tap) -> None:
    """Wait until the decoders have nothing left to do."""
    wait_for(lambda: not any(map(tap.decoders.waiting, tap.streams)))


def put(kinesis, data: bytes, key: str = "bldg-7", stream: str = "sluice-sensors") -> None:
    kinesis.put_record(StreamName=stream, Data=data, PartitionKey=key)
