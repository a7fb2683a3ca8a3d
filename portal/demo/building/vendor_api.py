"""The vendor's pusher before Sluice: lists and fetches the keys that are encrypted for the vendor, with an API token.

docs/api.md describes the requests. The token goes to this one host and nowhere else: no redirect is followed.
"""

import http.client
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

KEYS = "/api/v1/vendor-keys"
TIMEOUT_SECONDS = 10
_OK, _NOT_MODIFIED = 200, 304


class PortalUnavailable(Exception):
    """Sluice did not answer, or with an error."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of Sluice: its status, its tag, and its body."""

    status: int
    tag: str
    body: bytes = field(repr=False)


Request = Callable[[str, Mapping[str, str]], Answer]


class VendorApi:
    """Sluice as the pusher sees it. A list that has not changed is not sent again."""

    def __init__(self, token: str, request: Request) -> None:
        self._authorization = f"Bearer {token}"
        self._request = request
        self._known: tuple[str, list[dict[str, Any]]] = ("", [])

    def listed(self) -> list[dict[str, Any]]:
        """Return what is known of each key that can be fetched, newest first. Raises PortalUnavailable."""
        tag, known = self._known
        answer = self._get(KEYS, {"If-None-Match": tag} if tag else {})
        if answer.status == _NOT_MODIFIED:
            return known
        page = json.loads(answer.body)
        found: list[dict[str, Any]] = page["keys"]
        # The tag is of the first page alone, so with several all are read each time.
        is_whole = page["next"] is None
        while page["next"]:
            page = json.loads(self._get(page["next"], {}).body)
            found += page["keys"]
        self._known = (answer.tag if is_whole else "", found)
        return found

    def ciphertext(self, key_id: str) -> str:
        """Return the encrypted message of a key, which Sluice records the first time. Raises PortalUnavailable."""
        return str(json.loads(self._get(f"{KEYS}/{key_id}", {}).body)["ciphertext"])

    def _get(self, path: str, headers: Mapping[str, str]) -> Answer:
        answer = self._request(path, {**headers, "Authorization": self._authorization})
        if answer.status not in {_OK, _NOT_MODIFIED}:
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
