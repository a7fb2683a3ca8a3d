"""Pages of history keep no more in Redis than is allowed to one, to those of a tenant, and to all."""

import pytest
from redis import Redis

from monitoring.history import kept_room
from monitoring.history.kept_room import MOST_OF_ALL, MOST_OF_PAGE, MOST_OF_TENANT, count, room


@pytest.fixture
def redis(clean_redis: str) -> Redis:
    return Redis.from_url(clean_redis)


def test_a_page_a_tenant_and_all_have_their_room(redis: Redis) -> None:
    assert room("page", "northwind") == MOST_OF_PAGE
    count("page", "northwind", 1000)
    assert (room("page", "northwind"), room("other", "northwind")) == (MOST_OF_PAGE - 1000, MOST_OF_PAGE)
    for number in range(4):
        count(f"page-{number}", "northwind", MOST_OF_TENANT // 4)
    assert (room("other", "northwind"), room("other", "contoso")) == (0, MOST_OF_PAGE)
    count("other", "halcyon", MOST_OF_ALL)
    assert room("other", "contoso") == 0
    assert all(0 < redis.ttl(name) <= 300 for name in kept_room._names("page", "northwind"))


def test_what_is_counted_later_does_not_last_longer(redis: Redis) -> None:
    count("page", "northwind", 1)
    redis.expire("history_kept_of:northwind", 100)
    count("page", "northwind", 1)
    assert redis.ttl("history_kept_of:northwind") <= 100
