"""What is not Redis's fault must not end the events of everyone, nor leave streams open that only send heartbeats."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import pytest
from redis import Redis, RedisError

from portal import live
from portal.event_listener import Listener, Owner
from portal.fanout import Fanout

TOPIC = "run:7"


async def joined(fanout: Fanout) -> Listener:
    return await fanout.join(TOPIC, Owner(1, "s"), await fanout.mark())


def with_fanout(url: str, check: Callable[[Fanout, Listener], Awaitable[None]]) -> None:
    async def run() -> None:
        fanout = Fanout(url, in_thread=asyncio.to_thread)
        try:
            await check(fanout, await joined(fanout))
        finally:
            await fanout.close()

    asyncio.run(asyncio.wait_for(run(), 10))


def test_a_message_that_makes_no_sense_is_dropped_and_the_next_one_arrives(clean_redis: str) -> None:
    async def check(fanout: Fanout, listener: Listener) -> None:
        redis = Redis.from_url(clean_redis)
        for nonsense in (b"not JSON", b"{}", b"[]", b"\xff\xfe"):
            redis.publish(live.channel(TOPIC), nonsense)
        live.publish(TOPIC, "changed", "news")
        assert await listener.queue.get() == b"event: changed\ndata: news\n\n"

    with_fanout(clean_redis, check)


def test_an_error_that_is_not_from_redis_closes_the_streams_so_that_browsers_connect_again(clean_redis: str) -> None:
    async def check(fanout: Fanout, listener: Listener) -> None:
        assert fanout._pubsub is not None
        await fanout._pubsub.aclose()  # the next read raises RuntimeError
        async with asyncio.timeout(5):
            while not listener.is_closed:
                await asyncio.sleep(0.01)
        again = await joined(fanout)
        live.publish(TOPIC, "changed", "news")
        assert await again.queue.get() == b"event: changed\ndata: news\n\n"

    with_fanout(clean_redis, check)


def test_a_stored_event_that_makes_no_sense_does_not_keep_anyone_out(clean_redis: str) -> None:
    redis = Redis.from_url(clean_redis)
    live.publish(TOPIC, "changed", "news")
    redis.sadd(f"events:{TOPIC}", "broken")
    redis.set(f"last:{TOPIC}:broken", b"not JSON")

    async def check(fanout: Fanout, listener: Listener) -> None:
        assert await listener.queue.get() == b"event: changed\ndata: news\n\n"

    with_fanout(clean_redis, check)


def test_an_ending_that_makes_no_sense_keeps_no_one_out_who_is_joining(clean_redis: str) -> None:
    async def check(fanout: Fanout, listener: Listener) -> None:
        redis, before = Redis.from_url(clean_redis), await fanout.mark()
        for nonsense in (b"not JSON", b"[]", b"7", b'"user_id"', b"null"):
            redis.publish(live.channel(""), nonsense)
        live.publish(TOPIC, "changed", "news")
        assert await listener.queue.get() == b"event: changed\ndata: news\n\n"
        again = await fanout.join(TOPIC, Owner(1, "s"), before)
        assert not again.is_closed

    with_fanout(clean_redis, check)


@pytest.mark.parametrize(
    ("user_id", "session_key", "is_ended"),
    [(1, "", True), (2, "", False), (None, "mine", True), (None, "other", False), (None, "", False)],
)
def test_an_ending_closes_the_streams_of_its_person_or_session_also_while_they_join(
    clean_redis: str, user_id: int | None, session_key: str, is_ended: bool
) -> None:
    owner = Owner(1, live.digest("mine"))

    async def check(fanout: Fanout, listener: Listener) -> None:
        before = await fanout.mark()
        early = await fanout.join("run:8", owner, before)
        live.end_streams(user_id=user_id, session_key=session_key)
        live.publish("run:8", "changed", "news")
        async with asyncio.timeout(5):
            await early.queue.get()  # what is published after the ending arrives after it
        late = await fanout.join("run:9", owner, before)
        after = await fanout.join("run:9", owner, await fanout.mark())
        assert (early.is_closed, late.is_closed, after.is_closed) == (is_ended, is_ended, False)

    with_fanout(clean_redis, check)


def test_the_last_listener_of_a_topic_ends_its_subscription_and_its_watch(clean_redis: str) -> None:
    async def check(fanout: Fanout, listener: Listener) -> None:
        second = await joined(fanout)
        assert (fanout.listening, live.watched("run:")) == (2, {TOPIC})
        await fanout.leave(second)
        assert live.watched("run:") == {TOPIC}
        await fanout.leave(listener)
        await fanout.leave(listener)  # leaving twice is fine
        assert (fanout.listening, live.watched("run:")) == (0, set())
        channels = Redis.from_url(clean_redis).pubsub_channels("live:*")
        assert channels == [live.channel("").encode()]

    with_fanout(clean_redis, check)


def test_a_listener_that_joins_while_the_last_one_leaves_is_counted(clean_redis: str) -> None:
    """A page that is reloaded closes its event stream and opens another at the same time."""
    joining: list[Callable[[], Awaitable[Listener]]] = []
    meanwhile: list[Listener] = []

    async def in_thread(work: Callable[[], None]) -> None:
        if joining:
            meanwhile.append(await joining.pop()())
        await asyncio.to_thread(work)

    async def run() -> None:
        fanout = Fanout(clean_redis, in_thread=in_thread)
        first = await joined(fanout)
        joining.append(partial(joined, fanout))
        await fanout.leave(first)
        assert (fanout.listeners, live.watchers(TOPIC), live.watched("run:")) == (meanwhile, 1, {TOPIC})
        await fanout.close()

    asyncio.run(asyncio.wait_for(run(), 10))


def test_closing_ends_every_stream_and_the_next_one_subscribes_anew(clean_redis: str) -> None:
    async def check(fanout: Fanout, listener: Listener) -> None:
        first = await fanout.mark()
        await fanout.close()
        assert listener.is_closed
        second = await fanout.mark()
        assert second.subscription > first.subscription
        # A moment of the lost subscription guarantees nothing any more.
        with pytest.raises(RedisError):
            await fanout.join(TOPIC, Owner(1, "s"), first)
        assert not (await fanout.join(TOPIC, Owner(1, "s"), second)).is_closed

    with_fanout(clean_redis, check)


def test_without_redis_no_one_joins_and_nothing_is_left() -> None:
    async def run() -> None:
        fanout = Fanout("redis://127.0.0.1:1/0", in_thread=asyncio.to_thread)
        with pytest.raises(RedisError):
            await fanout.mark()
        assert fanout.listening == 0
        await fanout.leave(Listener(TOPIC, Owner(1, "s")))
        await fanout.close()

    asyncio.run(asyncio.wait_for(run(), 10))
