"""A Confluent Schema Registry as it is read: its address, and the credentials that are sent to no other host."""

import base64
import hashlib
from dataclasses import dataclass, field

from portal.messages.message import Message


@dataclass(frozen=True, slots=True)
class Registry:
    """The address that an admin gave, "" for none; key and secret where it requires them.

    `problem` says why its secret cannot be used. `version` changes whenever another secret is stored.
    """

    address: str = ""
    key: str = ""
    secret: str = field(default="", repr=False)
    version: str = ""
    problem: Message | None = None

    @property
    def name(self) -> str:
        """Return what names this address with these credentials, and shows neither."""
        parts = "\n".join((self.address, self.key, self.version))
        return hashlib.sha256(parts.encode()).hexdigest()[:16]

    @property
    def headers(self) -> dict[str, str]:
        """Return what a request to it carries: with a key, basic authentication (RFC 7617)."""
        if not self.key:
            return {}
        pair = base64.b64encode(f"{self.key}:{self.secret}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}


NO_REGISTRY = Registry()
