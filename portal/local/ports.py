"""TCP ports on this machine."""

import errno
import socket


def free_port(host: str = "127.0.0.1") -> int:
    """Return a TCP port on which nothing listens at this moment.

    Nothing keeps it free: the caller starts its server at once and treats a start that fails as any other.
    """
    with socket.socket(_family(host), socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


def is_busy(host: str, port: int) -> bool:
    """Return whether another program already uses this address.

    Raises OSError for any other reason, such as an address this machine does not have.
    """
    with socket.socket(_family(host), socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return True
            raise
    return False


def accepts(host: str, port: int) -> bool:
    """Say whether something accepts connections at this address now."""
    with socket.socket(_family(host), socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
