"""The emulated AWS of the demo, made as slow as AWS: every call takes a while, and what is made is not ready at once.

Served in place of `portal.local.emulator.app:app`, from the emulator's environment. It starts quick;
`GET /_bench/set?latency=0.1&states=1` makes it slow, `/_bench/calls` tells how often each operation was
called, `/_bench/reset` forgets that.
"""

import asyncio
import json
import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

from portal.local.emulator.app import app as emulator
from tests.bench import slow_states

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_SCOPE = re.compile(r"Credential=([^/]+)/\d+/[^/]+/([^/]+)/")
_latency = 0.0
_calls: Counter[str] = Counter()


async def app(scope: Message, receive: Receive, send: Send) -> None:
    """Answer as AWS does, only counted, later, and at first with "not yet"."""
    if scope["type"] != "http" or scope["path"].startswith("/_ministack"):
        await emulator(scope, receive, send)
    elif scope["path"].startswith("/_bench/"):
        await _control(scope, send)
    else:
        await _called(scope, receive, send)


async def _called(scope: Message, receive: Receive, send: Send) -> None:
    body = await _body(receive)
    key, service, operation = _operation(scope, body)
    _calls[f"{service}:{operation}"] += 1
    if _latency:
        await asyncio.sleep(_latency)
    if refusal := slow_states.refusal(key, operation, body):
        await _answer(send, 400, refusal)
    else:
        await emulator(scope, _again(body, receive), _watched(send, operation, body))


def _operation(scope: Message, body: bytes) -> tuple[str, str, str]:
    headers = {name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]}
    signed = _SCOPE.search(headers.get("authorization", ""))
    key, service = signed.groups() if signed else ("", "")
    if target := headers.get("x-amz-target"):
        return key, service, target.rsplit(".", 1)[-1]
    if "/operation/" in scope["path"]:
        return key, service, scope["path"].rsplit("/", 1)[-1]
    if action := parse_qs(body.decode("latin-1")).get("Action"):
        return key, service, action[0]
    part = scope["query_string"].decode().partition("&")[0].partition("=")[0]
    return key, service, f"{scope['method']} {part}".strip()


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def _again(body: bytes, receive: Receive) -> Receive:
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return waiting.pop() if waiting else await receive()

    return replayed


def _watched(send: Send, operation: str, asked: bytes) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.body":
            slow_states.note(operation, asked, message.get("body", b""))
        await send(message)

    return sent


async def _control(scope: Message, send: Send) -> None:
    global _latency  # noqa: PLW0603  (one emulator a process)
    asked = parse_qs(scope["query_string"].decode())
    if scope["path"] == "/_bench/set":
        _latency = float(asked["latency"][0])
        slow_states.are_on = asked["states"][0] == "1"
    elif scope["path"] == "/_bench/reset":
        _calls.clear()
    await _answer(send, 200, {"calls": _calls, "at": time.time()})


async def _answer(send: Send, status: int, content: dict[str, Any]) -> None:
    headers = [(b"content-type", b"application/x-amz-json-1.1")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(content).encode()})
