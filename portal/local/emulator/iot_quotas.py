"""How often AWS IoT may be called in a second, which MiniStack does not limit, for each account and Region.

The numbers have their sources in docs/devices.md.

https://docs.aws.amazon.com/general/latest/gr/iot-core.html#throttling-limits
"""

import re
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from ministack.core.responses import error_response_json, get_account_id, get_region
from ministack.services import iot

from portal.local.emulator import iot_limits

_Answer = tuple[int, dict[str, str], bytes]
# Method, path, calls in a second.
_LIMITS = (
    ("POST", re.compile(r"/things/[^/]+"), 100),
    ("DELETE", re.compile(r"/things/[^/]+"), 100),
    ("PUT", re.compile(r"/thing-groups/addThingToThingGroup"), 100),
    ("PUT", re.compile(r"/things/[^/]+/principals"), 100),
    ("DELETE", re.compile(r"/things/[^/]+/principals"), 100),
    ("POST", re.compile(r"/certificates"), 15),
    ("PUT", re.compile(r"/target-policies/.+"), 15),
    ("POST", re.compile(r"/target-policies/.+"), 15),
    ("GET", re.compile(r"/certificates"), 10),
    ("GET", re.compile(r"/certificates/.+"), 10),
    ("PUT", re.compile(r"/certificates/.+"), 10),
    ("DELETE", re.compile(r"/certificates/.+"), 10),
    ("GET", re.compile(r"/things/[^/]+"), 350),
    ("POST", re.compile(r"/thing-types/[^/]+"), 15),
    ("POST", re.compile(r"/thing-types/[^/]+/deprecate"), 15),
    ("DELETE", re.compile(r"/thing-types/[^/]+"), 15),
    ("GET", re.compile(r"/thing-types/[^/]+"), 100),
    ("POST", re.compile(r"/thing-groups/[^/]+"), 25),
    ("DELETE", re.compile(r"/thing-groups/[^/]+"), 15),
    ("GET", re.compile(r"/thing-groups/[^/]+"), 100),
    ("POST", re.compile(r"/policies/[^/]+"), 10),
    ("GET", re.compile(r"/policies/[^/]+"), 10),
    ("DELETE", re.compile(r"/policies/[^/]+"), 10),
    ("POST", re.compile(r"/policies/[^/]+/version"), 10),
    ("GET", re.compile(r"/policies/[^/]+/version"), 10),
    ("DELETE", re.compile(r"/policies/[^/]+/version/[^/]+"), 10),
    ("POST", re.compile(r"/rules/[^/]+"), 5),
    ("GET", re.compile(r"/endpoint"), 10),
)
_their_handle = iot.handle_request
_calls: defaultdict[tuple[str, str, int], deque[float]] = defaultdict(deque)


async def handle_request(
    method: str, path: str, headers: Mapping[str, str], body: bytes, query_params: Mapping[str, Any]
) -> _Answer:
    """Answer a request, or that there were too many of its kind in the last second."""
    if _is_too_often(method, path, time.monotonic()):
        refused: _Answer = error_response_json("ThrottlingException", "Rate exceeded", 400)
        return refused
    if (beyond := iot_limits.refused(method, path, body)) is not None:
        return beyond
    answer: _Answer = await _their_handle(method, path, headers, body, query_params)
    return answer


def install() -> None:
    """Put it in place of MiniStack's own, for this process."""
    handler: Callable[..., Awaitable[_Answer]] = handle_request
    iot.handle_request = handler


def _is_too_often(method: str, path: str, now: float) -> bool:
    for place, (of_method, pattern, limit) in enumerate(_LIMITS):
        if method == of_method and pattern.fullmatch(path):
            calls = _calls[get_account_id(), get_region(), place]
            while calls and calls[0] <= now - 1:
                calls.popleft()
            if len(calls) >= limit:
                return True
            calls.append(now)
    return False
