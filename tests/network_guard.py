"""Tests reach nothing but this machine: any other address is refused before a packet leaves."""

import ipaddress
import socket
from collections.abc import Callable
from typing import Any

_LOCAL_NAMES = {None, "", "localhost", b"localhost"}


class ReachedOut(RuntimeError):
    """A test tried to reach an address that is not this machine's."""


def install() -> None:
    """Guard every socket of this process from now on."""
    for method in ("connect", "connect_ex", "sendto"):
        original = getattr(socket.socket, method)
        if not hasattr(original, "is_guard"):
            setattr(socket.socket, method, _guarded_method(original))
    if not hasattr(socket.getaddrinfo, "is_guard"):
        socket.getaddrinfo = _guarded_lookup(socket.getaddrinfo)


def is_local(host: object) -> bool:
    """Say whether a host, as given to connect or getaddrinfo, is this machine."""
    if host in _LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(str(host).split("%", maxsplit=1)[0]).is_loopback
    except ValueError:
        return False


def _guarded_method(original: Callable[..., Any]) -> Callable[..., Any]:
    def guard(self: socket.socket, *args: Any) -> Any:
        address = args[-1]
        if self.family in (socket.AF_INET, socket.AF_INET6) and not is_local(address[0]):
            raise ReachedOut(f"A test tried to reach {address[0]}:{address[1]}. Tests may only reach this machine.")
        return original(self, *args)

    guard.is_guard = True  # type: ignore[attr-defined]  # a mark, so that a second install does not wrap again
    return guard


def _guarded_lookup(original: Callable[..., Any]) -> Callable[..., Any]:
    def guard(host: Any, *args: Any, **kwargs: Any) -> Any:
        if not is_local(host):
            raise ReachedOut(f"A test tried to look up {host!r}. Tests may only reach this machine.")
        return original(host, *args, **kwargs)

    guard.is_guard = True  # type: ignore[attr-defined]  # the same mark
    return guard
