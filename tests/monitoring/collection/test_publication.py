import json

import pytest
from redis import Redis

from monitoring.collection.publication import publish
from monitoring.models import HealthState, StreamHealth
from monitoring.watched_streams import watched_stream
from onboarding.models.integration import Integration
from portal.messages.message import Message
from tests.monitoring.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def redis(clean_redis: str) -> Redis:
    return Redis.from_url(clean_redis)


@pytest.fixture
def health(integration: Integration) -> StreamHealth:
    return StreamHealth.objects.create(
        integration=integration,
        state=HealthState.FAILING,
        rank=0,
        message=Message("stream.silent", silent_seconds=600),
        checked_at=NOW,
    )


def published(redis: Redis) -> set[str]:
    return {key.decode() for key in redis.keys("last:*")}


def send(integration: Integration, health: StreamHealth, *, has_moved: bool = False) -> None:
    stream = watched_stream(integration.uid)
    assert stream is not None
    publish(stream, None, health, has_moved)


def test_both_audiences_and_both_boards_hear_of_a_change(
    integration: Integration, health: StreamHealth, redis: Redis
) -> None:
    send(integration, health)
    assert published(redis) == {
        f"last:stream:{integration.uid}:clear:metrics",
        f"last:stream:{integration.uid}:masked:metrics",
        "last:board:northwind:row",
        "last:board:all:row",
    }
    assert "No records have arrived" in json.loads(redis.get("last:board:all:row"))["data"]


def test_only_the_board_of_all_names_the_tenant(integration: Integration, health: StreamHealth, redis: Redis) -> None:
    send(integration, health)
    assert "Northwind Estates" in json.loads(redis.get("last:board:all:row"))["data"]
    assert "Northwind Estates" not in json.loads(redis.get("last:board:northwind:row"))["data"]


def test_a_stream_that_changed_its_state_moves_on_the_boards(
    integration: Integration, health: StreamHealth, redis: Redis
) -> None:
    send(integration, health, has_moved=True)
    assert {"last:board:northwind:moved", "last:board:all:moved"} <= published(redis)


def test_what_looks_the_same_is_not_sent_again(integration: Integration, health: StreamHealth, redis: Redis) -> None:
    send(integration, health)
    redis.delete(*redis.keys("last:*"))
    send(integration, health)
    assert published(redis) == set()
    health.message = Message("stream.silent", silent_seconds=6_000)
    health.save()
    send(integration, health)
    assert "last:board:all:row" in published(redis)
