"""More requests than a process works on wait for their turn, and no slow browser keeps others waiting."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from portal.request_slots import with_slots

Receive = Callable[[], Awaitable[dict[str, Any]]]


class Application:
    """Answers when it is allowed to; remembers what was at work at the same time."""

    def __init__(self) -> None:
        self.at_work = 0
        self.most_at_work = 0
        self.bodies: list[bytes] = []
        self.may_answer = asyncio.Event()

    async def __call__(self, scope: Any, receive: Receive, send: Any) -> None:
        self.at_work += 1
        self.most_at_work = max(self.most_at_work, self.at_work)
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message["body"], message["more_body"]
        self.bodies.append(body)
        await self.may_answer.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})
        self.at_work -= 1


def pieces(*bodies: bytes) -> Receive:
    waiting = [{"type": "http.request", "body": body, "more_body": True} for body in bodies]
    waiting[-1]["more_body"] = False

    async def receive() -> dict[str, Any]:
        return waiting.pop(0)

    return receive


async def never(*_: object) -> dict[str, Any]:
    await asyncio.Event().wait()
    raise AssertionError


async def ignore(_: object) -> None:
    return


def http(path: str = "/") -> dict[str, Any]:
    return {"type": "http", "path": path}


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def test_more_than_so_many_wait_and_are_served_in_order() -> None:
    async def served() -> Application:
        application = Application()
        limited = with_slots(application, 2)
        tasks = [asyncio.create_task(limited(http(), pieces(b"%d" % number), ignore)) for number in range(5)]
        await settled()
        assert application.at_work == 2
        application.may_answer.set()
        await asyncio.gather(*tasks)
        return application

    application = asyncio.run(served())
    assert application.most_at_work == 2
    assert application.bodies == [b"0", b"1", b"2", b"3", b"4"]


@pytest.mark.parametrize(("receive", "send"), [(never, ignore), (pieces(b"x"), never)], ids=["sends", "reads"])
def test_a_browser_that_is_slow_keeps_no_one_waiting(receive: Receive, send: Any) -> None:
    async def served() -> list[bytes]:
        application = Application()
        application.may_answer.set()
        limited = with_slots(application, 1)
        slow = asyncio.create_task(limited(http(), receive, send))
        await settled()
        await asyncio.wait_for(limited(http(), pieces(b"quick"), ignore), 1)
        slow.cancel()
        return application.bodies

    assert asyncio.run(served())[-1] == b"quick"


def test_a_body_in_pieces_arrives_whole_and_so_does_the_answer() -> None:
    sent: list[dict[str, Any]] = []

    async def served() -> None:
        application = Application()
        application.may_answer.set()

        async def send(event: dict[str, Any]) -> None:
            sent.append(event)

        await with_slots(application, 1)(http(), pieces(b"a", b"b", b""), send)

    asyncio.run(served())
    assert [event["type"] for event in sent] == ["http.response.start", "http.response.body"]
    assert sent[1]["body"] == b"ab"


def test_a_request_that_fails_leaves_its_slot() -> None:
    async def served() -> None:
        async def broken(*_: object) -> None:
            raise ZeroDivisionError

        limited = with_slots(broken, 1)
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                await limited(http(), pieces(b""), ignore)

    asyncio.run(asyncio.wait_for(served(), 5))


def test_whether_the_process_lives_is_answered_without_a_slot() -> None:
    async def served() -> int:
        application = Application()
        limited = with_slots(application, 1)
        tasks = [asyncio.create_task(limited(http(path), pieces(b""), ignore)) for path in ("/", "/", "/healthz")]
        await settled()
        at_work = application.at_work
        application.may_answer.set()
        await asyncio.gather(*tasks)
        return at_work

    assert asyncio.run(served()) == 2
