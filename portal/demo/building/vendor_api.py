"""The vendor's pusher before Sluice: reads the feed, lists and fetches the keys for the vendor, with an API token.

docs/api.md describes the requests. The token goes to this one host and nowhere else: no redirect is followed.
"""

import http.client
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

KEYS, EVENTS = "/api/v1/vendor-keys", "/api/v1/vendor-events"
TIMEOUT_SECONDS = 10
_OK, _NOT_MODIFIED, _GONE = 200, 304, 410


class PortalUnavailable(Exception):
    """Sluice did not answer, or with an error."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of Sluice: its status, its tag, and its body."""

    status: int
    tag: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class News:
    """What the feed has since the last time: its events; not complete the first time, and after a gap."""

    events: list[dict[str, Any]]
    is_complete: bool


Request = Callable[[str, Mapping[str, str]], Answer]


class VendorApi:
    """Sluice as the pusher sees it. A page of the feed that has not changed is not sent again."""

    def __init__(self, token: str, request: Request) -> None:
        self._authorization = f"Bearer {token}"
        self._request = request
        self._next, self._tag = "", ""

    def news(self) -> News:
        """Return what happened since the last call: one request when nothing did. Raises PortalUnavailable."""
        answer = self._get(self._next, {"If-None-Match": self._tag}, _GONE) if self._next else None
        if answer is None or answer.status == _GONE:
            self._read(self._get(EVENTS, {}))
            return News([], is_complete=False)
        if answer.status == _NOT_MODIFIED:
            return News([], is_complete=True)
        events, has_more = self._read(answer)
        while has_more:
            following, has_more = self._read(self._get(self._next, {}))
            events += following
        return News(events, is_complete=True)

    def listed(self) -> list[dict[str, Any]]:
        """Return what is known of each key that can be fetched, newest first. Raises PortalUnavailable."""
        found: list[dict[str, Any]] = []
        following: str | None = KEYS
        while following:
            page = json.loads(self._get(following, {}).body)
            found += page["keys"]
            following = page["next"]
        return found

    def ciphertext(self, key_id: str) -> str:
        """Return the encrypted message of a key, which Sluice records the first time. Raises PortalUnavailable."""
        return str(json.loads(self._get(f"{KEYS}/{key_id}", {}).body)["ciphertext"])

    def _read(self, answer: Answer) -> tuple[list[dict[str, Any]], bool]:
        page = json.loads(answer.body)
        # The tag is of this page, and a page with events is not the next that is requested.
        self._next, self._tag = page["next"], "" if page["events"] else answer.tag
        return page["events"], page["has_more"]

    def _get(self, path: str, headers: Mapping[str, str], *expected: int) -> Answer:
        given = {name: text for name, text in headers.items() if text}
        answer = self._request(path, {**given, "Authorization": self._authorization})
        if answer.status not in {_OK, _NOT_MODIFIED, *expected}:
            raise PortalUnavailable(f"{path} answered {answer.status}")
        return answer


def over_http(portal: str) -> Request:
    """Return requests to a portal, by its address."""
    parts = urlsplit(portal)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection

    def request(path: str, headers: Mapping[str, str]) -> Answer:
        connection = kind(parts.netloc, timeout=TIMEOUT_SECONDS)
        try:
            connection.request("GET", path, headers=dict(headers))
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers.get("ETag", ""), answer.read())
        except (OSError, http.client.HTTPException) as fault:
            raise PortalUnavailable(f"{path}: {type(fault).__name__}") from fault
        finally:
            connection.close()

    return request
