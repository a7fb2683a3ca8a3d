"""The vendor's pusher before Sluice: reads the feed, lists keys and roles, fetches keys and reports, with an API token.

docs/api.md describes the requests. The token goes to this one host and nowhere else: no redirect is followed.
"""

import http.client
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

KEYS, EVENTS = "/api/v1/vendor-keys", "/api/v1/vendor-events"
ROLES = "/api/v1/producer-roles"
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


# A path, headers, and what is posted; None for GET.
Request = Callable[[str, Mapping[str, str], bytes | None], Answer]


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
        return self._listed(KEYS, "keys")

    def roles(self) -> list[dict[str, Any]]:
        """Return what is known of each role that the vendor can assume, newest first. Raises PortalUnavailable."""
        return self._listed(ROLES, "roles")

    def report_role(self, role_id: str, report: Mapping[str, Any]) -> None:
        """Report a test of a role, or that it is in use. Raises PortalUnavailable, also where it was removed."""
        self._send(f"{ROLES}/{role_id}/report", report)

    def report_key_in_use(self, key_id: str, record: Mapping[str, str]) -> None:
        """Report that the sender uses a key now. Raises PortalUnavailable, also where it was withdrawn."""
        self._send(f"{KEYS}/{key_id}/in-use", {"record": record})

    def _listed(self, path: str, member: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        following: str | None = path
        while following:
            page = json.loads(self._get(following, {}).body)
            found += page[member]
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
        answer = self._request(path, {**given, "Authorization": self._authorization}, None)
        if answer.status not in {_OK, _NOT_MODIFIED, *expected}:
            raise PortalUnavailable(f"{path} answered {answer.status}")
        return answer

    def _send(self, path: str, report: Mapping[str, Any]) -> None:
        answer = self._request(path, {"Authorization": self._authorization}, json.dumps(report).encode())
        if answer.status != _OK:
            raise PortalUnavailable(f"{path} answered {answer.status}")


def over_http(portal: str) -> Request:
    """Return requests to a portal, by its address."""
    parts = urlsplit(portal)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection

    def request(path: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        connection = kind(parts.netloc, timeout=TIMEOUT_SECONDS)
        method, given = ("GET", {}) if body is None else ("POST", {"Content-Type": "application/json"})
        try:
            connection.request(method, path, body=body, headers={**headers, **given})
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers.get("ETag", ""), answer.read())
        except (OSError, http.client.HTTPException) as fault:
            raise PortalUnavailable(f"{path}: {type(fault).__name__}") from fault
        finally:
            connection.close()

    return request
