"""What a secret must offer to be created, encrypted and proved in the encrypting process. One file for each kind.

The encrypting process (sealer.py) knows no kind: it rehearses the encryption, creates the secret, encrypts it at once,
lets it be proved, and ends with it. A new kind is a class of this protocol and a line in `KINDS` of sealer.py.

Each operation has an object of its own, in a process of its own: what is to be proved or discarded later is returned by
`kept` after `create`, and given to the next object by `restore`.
"""

from collections.abc import Mapping
from typing import Any, Protocol

# What a request holds and an answer returns: JSON, and nothing secret in either direction.
Request = Mapping[str, Any]
Public = dict[str, Any]


class NewSecret(Protocol):
    """A secret that no one has seen yet. It is created once, and never leaves the process unencrypted."""

    def __init__(self, request: Request) -> None:
        """Keep what the request says; nothing is created yet."""

    def create(self) -> Public:
        """Create the secret; return what others may know of it, such as an ID or a certificate request."""

    def contents(self) -> bytes:
        """Return what the recipients find after decrypting."""

    def file_name(self, fingerprint: str) -> str:
        """Return the name of the contents in the message to one recipient, with an ending that says their kind."""

    def kept(self) -> Any:
        """Return what has to be held of the secret, as JSON; it stays in the encrypting process."""

    def restore(self, kept: Any) -> None:
        """Continue with what another object's `kept` returned."""

    def prove(self, request: Request) -> Public:
        """Use the secret once, and return what shows that it works."""

    def discard(self) -> None:
        """Make a created secret useless because no one will ever receive it; do nothing if none was created."""

    def parts(self) -> tuple[str, ...]:
        """Return the texts that must appear in no answer."""
