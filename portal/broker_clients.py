"""One Redis client for each pool of a broker's channel.

kombu makes a client for each message that it receives, keeps or acknowledges, which costs a worker more processor time
than the commands themselves. A client without a connection of its own can be shared by threads: it takes one out of
the pool for each command. https://redis.readthedocs.io/en/stable/connections.html
"""

from typing import Any

from kombu.transport.redis import Channel, Transport
from redis import ConnectionPool, Redis


class SharingChannel(Channel):
    """A channel whose commands share a client for as long as the channel keeps its pool of connections."""

    _shared: tuple[ConnectionPool, Redis] | None = None

    def _create_client(self, asynchronous: bool = False) -> Any:
        create: Any = super()._create_client  # kombu has no types
        if asynchronous:  # it waits for messages on a connection of its own
            return create(asynchronous=True)
        shared = self._shared
        if shared is None or shared[0] is not self.pool:
            self._shared = shared = (self.pool, create())
        return shared[1]


def install() -> None:
    """Let every connection to the broker that begins from now on have such channels."""
    Transport.Channel = SharingChannel
