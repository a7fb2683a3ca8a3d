"""The form of an address that a person gives: https, the name of a host, a port for the web, nothing that hides one."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from portal.messages.message import Message

PORTS = (443, 8443)
MOST_CHARACTERS = 500
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_VISIBLE = re.compile(r"[\x21-\x7e]+")


class AddressRefused(ValueError):
    """An address that the portal does not send to; `message` says why."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.code)
        self.message = message


@dataclass(frozen=True, slots=True)
class Target:
    """A host by name, a port, and what follows."""

    host: str
    port: int
    path: str

    @property
    def host_header(self) -> str:
        """Return the Host header: with the port, unless it is that of https."""
        return self.host if self.port == 443 else f"{self.host}:{self.port}"


def parse(url: str) -> Target:
    """Return the parts of an address; raises AddressRefused.

    The host is a name of at least two labels. Addresses in numbers are refused in every spelling: 127.0.0.1,
    2130706433, 0x7f.1, [::1].
    """
    if len(url) > MOST_CHARACTERS or not _VISIBLE.fullmatch(url) or "\\" in url:
        raise AddressRefused(Message("webhook.url_not_valid"))
    try:
        parts = urlsplit(url)
        port, host = parts.port, (parts.hostname or "").removesuffix(".")
    except ValueError:
        raise AddressRefused(Message("webhook.url_not_valid")) from None
    if parts.scheme != "https":
        raise AddressRefused(Message("webhook.url_not_https"))
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise AddressRefused(Message("webhook.url_not_valid"))
    if not _is_name(host):
        raise AddressRefused(Message("webhook.url_without_name"))
    if port not in {None, *PORTS}:
        raise AddressRefused(Message("webhook.url_port", ports=[str(port) for port in PORTS]))
    return Target(host, port or PORTS[0], (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def _is_name(host: str) -> bool:
    labels = host.split(".")
    # A last label that is a number makes an IPv4 address in every browser, and in many resolvers.
    is_number = re.fullmatch(r"\d+|0x[0-9a-f]*", labels[-1]) is not None
    return len(labels) > 1 and not is_number and all(map(_LABEL.fullmatch, labels)) and len(host) <= 253
