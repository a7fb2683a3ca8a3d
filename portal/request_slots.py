"""How many requests a web process works on at the same time: the others wait for their turn.

Django gives each request a thread and a connection to PostgreSQL. Without a limit, a few seconds in which more requests
come than are answered use up PostgreSQL's connections, and everyone gets errors in place of slower answers.
"""

import asyncio
from http import HTTPStatus
from typing import Any

from asgiref.typing import (
    ASGI3Application,
    ASGIReceiveCallable,
    ASGIReceiveEvent,
    ASGISendCallable,
    ASGISendEvent,
    Scope,
)

from portal import sent_answers

# What an orchestrator asks to see whether the process lives; it needs no connection.
_ALWAYS = frozenset({"/healthz"})


def with_slots(application: Any, most: int) -> ASGI3Application:
    """Return the ASGI application with at most so many requests at work; they are served in the order of arrival.

    A slot is held only while the application works: the body was received before, and the answer is sent afterwards,
    so that no slow browser holds one. Answers are complete before they are sent.
    """
    slots = asyncio.Semaphore(most)

    async def limited(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] != "http" or scope["path"] in _ALWAYS:
            await application(scope, receive, send)
            return
        received, answer = await _received(receive), list[ASGISendEvent]()
        work = sent_answers.accept(scope)

        async def keep(event: ASGISendEvent) -> None:
            answer.append(event)

        async with slots:
            await application(scope, _repeated(received, receive), keep)
        if not work:
            for event in answer:
                await send(event)
        elif await _is_sent(answer, receive, send):
            async with slots:
                await asyncio.to_thread(sent_answers.perform, work)

    return limited


async def _is_sent(answer: list[ASGISendEvent], receive: ASGIReceiveCallable, send: ASGISendCallable) -> bool:
    """Send an answer; return whether it is the one that was asked for, and had an open connection to its last byte.

    A server drops what is sent to a closed connection without an error. All bytes are sent before the end of the answer
    is, because after that end a server calls every connection closed.
    """
    gone = asyncio.ensure_future(receive())  # the request was received, so there is nothing else to come
    try:
        for event in answer:
            if event["type"] == "http.response.body":
                event["more_body"] = True
            await send(event)
        await asyncio.sleep(0)  # a connection that was closed meanwhile is noticed now
        is_open = not gone.done()
        await send({"type": "http.response.body", "body": b"", "more_body": False})
    finally:
        gone.cancel()
    return is_open and bool(answer) and answer[0].get("status") == HTTPStatus.OK


async def _received(receive: ASGIReceiveCallable) -> list[ASGIReceiveEvent]:
    received = [await receive()]
    while received[-1]["type"] == "http.request" and received[-1]["more_body"]:
        received.append(await receive())
    return received


def _repeated(received: list[ASGIReceiveEvent], receive: ASGIReceiveCallable) -> ASGIReceiveCallable:
    async def repeated() -> ASGIReceiveEvent:
        return received.pop(0) if received else await receive()

    return repeated
