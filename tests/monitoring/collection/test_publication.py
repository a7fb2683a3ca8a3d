import json

import pytest
from redis import Redis

from monitoring.collection.publication import publish, publish_checked
from monitoring.models import HealthState, StreamHealth
from monitoring.watched_streams import watched_stream
from onboarding.models.integration import Integration
from portal import live
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


@pytest.fixture
def viewers(integration: Integration, redis: Redis) -> None:
    """Both boards and both kinds of the stream's page are open."""
    live.hold(dict.fromkeys((*pages(integration), "board:northwind", "board:all"), 1))


def pages(integration: Integration) -> list[str]:
    return [f"stream:{integration.uid}:{audience}" for audience in ("clear", "masked")]


def send(integration: Integration, health: StreamHealth, *, has_moved: bool = False) -> None:
    stream = watched_stream(integration.uid)
    assert stream is not None
    publish(stream, None, health, has_moved=has_moved)


@pytest.mark.usefixtures("viewers")
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


@pytest.mark.usefixtures("viewers")
def test_only_the_board_of_all_names_the_tenant(integration: Integration, health: StreamHealth, redis: Redis) -> None:
    send(integration, health)
    assert "Northwind Estates" in json.loads(redis.get("last:board:all:row"))["data"]
    assert "Northwind Estates" not in json.loads(redis.get("last:board:northwind:row"))["data"]


def test_a_stream_that_changed_its_state_moves_on_the_boards(
    integration: Integration, health: StreamHealth, redis: Redis
) -> None:
    send(integration, health, has_moved=True)
    assert {"last:board:northwind:moved", "last:board:all:moved"} <= published(redis)


@pytest.mark.usefixtures("viewers")
def test_what_looks_the_same_is_not_sent_again(integration: Integration, health: StreamHealth, redis: Redis) -> None:
    send(integration, health)
    redis.delete(*redis.keys("last:*"))
    send(integration, health)
    assert published(redis) == set()
    health.message = Message("stream.silent", silent_seconds=6_000)
    health.save()
    send(integration, health)
    assert "last:board:all:row" in published(redis)


def test_nothing_is_rendered_for_pages_that_no_one_has_open(
    integration: Integration, health: StreamHealth, redis: Redis, django_assert_num_queries
) -> None:
    stream = watched_stream(integration.uid)
    assert stream is not None
    with django_assert_num_queries(0):
        publish(stream, None, health, has_moved=False)
        publish_checked([(stream, health)])
    assert published(redis) == {"last:wall:northwind:changed", "last:wall:all:changed"}


@pytest.mark.parametrize("board", ["northwind", "all"])
def test_a_board_that_is_open_gets_the_row_and_no_page_the_metrics(
    integration: Integration, health: StreamHealth, redis: Redis, board: str
) -> None:
    live.hold({f"board:{board}": 1})
    stream = watched_stream(integration.uid)
    assert stream is not None
    publish(stream, None, health, has_moved=False)
    publish_checked([(stream, health)])
    assert {key for key in published(redis) if "wall" not in key} == {
        f"last:board:{board}:row",
        f"last:board:{board}:checked",
    }


def test_a_change_that_no_one_saw_is_sent_once_someone_watches(
    integration: Integration, health: StreamHealth, redis: Redis
) -> None:
    live.hold(dict.fromkeys(pages(integration), 1))
    send(integration, health)
    for page in pages(integration):
        live.release(page)
    redis.delete(*redis.keys("last:*"))
    health.message = Message("stream.silent", silent_seconds=6_000)
    health.save()
    send(integration, health)
    assert published(redis) == set()
    live.hold(dict.fromkeys(pages(integration), 1))
    send(integration, health)
    assert published(redis) == {f"last:{page}:metrics" for page in pages(integration)}
