"""How many requests a web process works on at the same time: the others wait for their turn.

Django gives each request a thread and a connection to PostgreSQL. Without a limit, a few seconds in which more requests
come than are answered use up PostgreSQL's connections, and everyone gets errors in place of slower answers.
"""

import asyncio
from typing import Any

from asgiref.typing import (
    ASGI3Application,
    ASGIReceiveCallable,
    ASGIReceiveEvent,
    ASGISendCallable,
    ASGISendEvent,
    Scope,
)

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

        async def keep(event: ASGISendEvent) -> None:
            answer.append(event)

        async with slots:
            await application(scope, _repeated(received, receive), keep)
        for event in answer:
            await send(event)

    return limited


async def _received(receive: ASGIReceiveCallable) -> list[ASGIReceiveEvent]:
    received = [await receive()]
    while received[-1]["type"] == "http.request" and received[-1]["more_body"]:
        received.append(await receive())
    return received


def _repeated(received: list[ASGIReceiveEvent], receive: ASGIReceiveCallable) -> ASGIReceiveCallable:
    async def repeated() -> ASGIReceiveEvent:
        return received.pop(0) if received else await receive()

    return repeated
