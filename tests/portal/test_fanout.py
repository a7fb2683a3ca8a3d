"""What is not Redis's fault must not end the events of everyone, nor leave streams open that only send heartbeats."""

import asyncio
from collections.abc import Awaitable, Callable

from redis import Redis

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
