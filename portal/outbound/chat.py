"""Messages to chat services: apprise parses the address and makes the request, and the portal's own sender sends it.

apprise's plugins call `requests`, which resolves and connects by itself. In the modules of the allowed plugins that
name is bound to a recorder, which keeps the one request and connects to nothing. What is sent is what was recorded, if
its host is one of the service's. https://github.com/caronc/apprise
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any
from urllib.parse import urlencode

from portal.messages.message import Message
from portal.outbound.url import AddressRefused, parse

MOST_BODY_BYTES = 64 * 1024
# What of an address's parts a plugin is given. Others would let it read a template from a file or another server.
_PARTS = {
    "slack": ("token_a", "token_b", "token_c"),
    "workflows": ("host", "port", "workflow", "signature", "version", "power_automate", "routing_id"),
}
_KEY = re.compile(r"[A-Za-z0-9]{32}")
# What is Markdown in an adaptive card. apprise escapes the text of a message for Teams, and not its title.
_MARKDOWN = re.compile(r"([\\`*_\[\]()~])")
_UNUSED = "unused"  # PagerDuty's events need the integration key alone; apprise asks for a second one


class Service(StrEnum):
    """A chat service that messages can go to."""

    SLACK = "slack"
    TEAMS = "teams"
    PAGERDUTY = "pagerduty"
    PAGERDUTY_EU = "pagerduty_eu"

    @property
    def is_pagerduty(self) -> bool:
        """Return whether its address is an integration key, and an end resolves what a beginning opened."""
        return self in {Service.PAGERDUTY, Service.PAGERDUTY_EU}


# https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
# https://learn.microsoft.com/en-us/power-automate/ip-address-configuration
# https://developer.pagerduty.com/docs/events-api-v2-overview
HOSTS: Mapping[Service, tuple[str, ...]] = {
    Service.SLACK: ("hooks.slack.com",),
    Service.TEAMS: (".logic.azure.com", ".api.powerplatform.com"),
    Service.PAGERDUTY: ("events.pagerduty.com",),
    Service.PAGERDUTY_EU: ("events.eu.pagerduty.com",),
}


class Tone(StrEnum):
    """What a message is: its colour in a chat, its severity in PagerDuty. The values are apprise's."""

    INFO = "info"
    SUCCESS = "success"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """What is said: `event` is the same for a beginning and its end, `url` is the page of the portal."""

    title: str
    text: str
    tone: Tone
    event: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """A request as a plugin made it."""

    url: str
    body: bytes
    headers: Mapping[str, str]


class _Recorded(threading.local):
    requests: list[Request] | None = None


_recorded = _Recorded()


class Recorder:
    """What the plugins know as the module `requests`: it keeps what is posted, and answers that all is well."""

    RequestException = OSError

    class codes:  # noqa: N801  (the name that requests has for it)
        """The statuses that plugins compare with."""

        ok, created, accepted = 200, 201, 202

    class Answer:
        """The answer that each plugin takes for accepted; Slack's is this text."""

        status_code, content, text = 200, b"ok", "ok"

    def post(self, url: str, **given: Any) -> type[Answer]:
        """Keep a POST."""
        return self.request("post", url, **given)

    def request(self, method: str, url: str, **given: Any) -> type[Answer]:
        """Keep a request; raises RuntimeError for any other than a POST of text during `request_of`."""
        body = given.get("data")
        if _recorded.requests is None or method.lower() != "post" or not isinstance(body, str) or given.get("files"):
            raise RuntimeError("a plugin asked for something else than one POST")
        query = urlencode(given.get("params") or {})
        _recorded.requests.append(Request(f"{url}?{query}" if query else url, body.encode(), given["headers"]))
        return self.Answer


@cache
def _plugins() -> Mapping[Service, Callable[[str, ChatMessage, Any], Any]]:
    """Import the three plugins, bind their `requests` to the recorder, and return what makes each.

    Imported at the first use: it takes 0.4 seconds, and most processes never need it.
    """
    from apprise.plugins import pagerduty, slack, workflows

    # Its lines hold addresses. A filter stays when logging is configured once more; `disabled` would not.
    logging.getLogger("apprise").addFilter(lambda _record: False)
    for module in (slack, workflows, pagerduty):
        module.requests = Recorder()  # type: ignore[attr-defined]  # a module, whose names are known

    def by_address(plugin: Any, parts: tuple[str, ...]) -> Callable[[str, ChatMessage, Any], Any]:
        def make(address: str, message: ChatMessage, asset: Any) -> Any:
            found = plugin.parse_native_url(address) or {}
            named = {name: found[name] for name in parts if found.get(name)}
            return plugin(**named, asset=asset, include_image=False)

        return make

    def by_key(region: str) -> Callable[[str, ChatMessage, Any], Any]:
        def make(key: str, message: ChatMessage, asset: Any) -> Any:
            if not _KEY.fullmatch(key):
                raise TypeError
            named: dict[str, Any] = {"apikey": _UNUSED, "integrationkey": key, "region_name": region}
            named |= {"source": "Sluice", "component": "alerts", "include_image": False, "asset": asset}
            return pagerduty.NotifyPagerDuty(**named, dedup=message.event, action="map", click=message.url or None)

        return make

    return {
        Service.SLACK: by_address(slack.NotifySlack, _PARTS["slack"]),
        Service.TEAMS: by_address(workflows.NotifyWorkflows, _PARTS["workflows"]),
        Service.PAGERDUTY: by_key("us"),
        Service.PAGERDUTY_EU: by_key("eu"),
    }


def request_of(service: Service, address: str, message: ChatMessage) -> Request:
    """Return the request that a message is. Raises AddressRefused for an address that is not one of the service.

    `address` is a webhook's address, for PagerDuty an integration key. It is a secret: anyone who has it can post.
    """
    refusal = AddressRefused(_REFUSALS[service])
    if not address.isascii() or not address.isprintable() or " " in address or len(address) > 1000:
        raise refusal
    if not service.is_pagerduty and not _is_of(service, address):
        raise refusal
    found: list[Request] = []
    _recorded.requests = found
    try:
        is_made = _notify(service, address, message)
    finally:
        _recorded.requests = None
    if not is_made or len(found) != 1 or len(found[0].body) > MOST_BODY_BYTES:
        raise refusal
    [request] = found
    if not _is_of(service, request.url):
        raise refusal
    headers = {name: value for name, value in request.headers.items() if name.lower() != "authorization"}
    return Request(request.url, request.body, headers)


def _notify(service: Service, address: str, message: ChatMessage) -> bool:
    make = _plugins()[service]
    from apprise import AppriseAsset

    nothing: dict[str, Any] = {"app_url": "", "image_url_mask": "", "image_url_logo": "", "plugin_paths": []}
    try:
        plugin = make(address, message, AppriseAsset(app_id="Sluice", app_desc="Sluice", **nothing))
    except TypeError:  # how apprise refuses what is wrong
        return False
    plugin.request_rate_per_sec = 0  # the outbox has its own pace
    text = f"{message.text}\n{message.url}" if message.url and not service.is_pagerduty else message.text
    title = _MARKDOWN.sub(r"\\\1", message.title) if service is Service.TEAMS else message.title
    parts = {"title": title, "body": text, "notify_type": message.tone.value}
    return bool(plugin.notify(**parts, body_format="text", overflow="truncate"))


def _is_of(service: Service, url: str) -> bool:
    try:
        target = parse(url)
    except AddressRefused:
        return False
    hosts = HOSTS[service]
    return target.port == 443 and any(
        target.host.endswith(host) if host.startswith(".") else target.host == host for host in hosts
    )


_REFUSALS = {
    Service.SLACK: Message("chat.not_slack"),
    Service.TEAMS: Message("chat.not_teams"),
    Service.PAGERDUTY: Message("chat.not_pagerduty"),
    Service.PAGERDUTY_EU: Message("chat.not_pagerduty"),
}
