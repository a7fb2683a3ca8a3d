"""A channel of the broker shares one Redis client, from many threads, until its connections are replaced."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from kombu import Connection, Queue

from portal.broker_clients import SharingChannel

QUEUE = Queue("sharing")


@pytest.fixture
def channel(clean_redis: str) -> Iterator[Any]:
    with Connection(clean_redis) as connection:
        yield connection.default_channel


def test_a_channel_of_the_broker_shares_its_client(channel: Any) -> None:
    assert isinstance(channel, SharingChannel)
    assert channel._create_client() is channel._create_client()
    assert channel._create_client(asynchronous=True) is not channel._create_client()
    before = channel._create_client()
    channel._disconnect_pools()
    assert channel._create_client() is not before, "its pool is another one"


def test_messages_of_many_threads_arrive_and_are_acknowledged(channel: Any) -> None:
    QUEUE(channel).declare()
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: channel._put("sharing", {"n": number, "properties": {}}), range(200)))
    assert channel._size("sharing") == 200
    client = channel._create_client()
    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(lambda _: client.ping(), range(200)))
    assert {channel._get("sharing")["n"] for _ in range(200)} == set(range(200))
