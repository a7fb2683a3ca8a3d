"""What a record says: the results of the decoder chain."""

from dataclasses import dataclass
from typing import NamedTuple

from monitoring.decode.content import Content, Detail
from portal.messages.message import Message

HEX_BYTES = 512
BETWEEN = " › "
OF = " of "  # in the place of a record among those inside: "3 of 5"
SENT_AS_TEXT = frozenset({"JSON", "text"})  # whose text is what was sent, and not written from a value
_UNREAD = frozenset({"hex", "refused"})


@dataclass(frozen=True, slots=True)
class FailedAttempt:
    """A decoder that could not read the bytes, and the reason; without a name, the reason is not of one decoder."""

    decoder: str
    reason: Message
    is_limit: bool = False


class Decoded(NamedTuple):
    """What a record says. `value` is JSON-like where there is structure, text where there is not, None for hex.

    `text` is the text as it was sent, where the format has one; else the value as JSON. `path` names the decoders from
    the outside in. `content` is what was read at the end of it: its bytes, and for a record inside a KPL aggregate its
    partition key and explicit hash key. `refusal` is set when decoding would cost more than one record may; `text` is
    then the start of the bytes in hex. `schema` is the one that is needed to read it and is not known. `sizes` are the
    bytes of each container around `content`, from the outside in.
    """

    path: tuple[str, ...]
    text: str
    value: object
    content: Content
    failed: tuple[FailedAttempt, ...] = ()
    details: tuple[Detail, ...] = ()
    refusal: Message | None = None
    schema: str | None = None
    sizes: tuple[int, ...] = ()

    @property
    def path_label(self) -> str:
        """Return the path as people read it: "gzip › JSON"."""
        return BETWEEN.join(self.path)

    @property
    def partition_key(self) -> str | None:
        """Return the record's own partition key, or None when it is the data record's."""
        return self.content.partition_key

    @property
    def is_part(self) -> bool:
        """Return whether this is one of several records inside a data record."""
        return any(OF in name for name in self.path)

    @property
    def is_readable(self) -> bool:
        """Return whether a decoder could read the bytes, so that this is more than a hex dump."""
        return self.path[-1] not in _UNREAD


@dataclass(frozen=True, slots=True)
class DecodedRecord:
    """What a data record says: one result, or one for each record inside an aggregate or envelope.

    `omitted` is how many more records are inside: at most 5,000 of one data record are decoded.
    """

    results: tuple[Decoded, ...]
    omitted: int = 0


def hex_text(data: bytes) -> str:
    """Return the start of the bytes in hex, and how many there are if more follow."""
    more = f" … ({len(data):,} bytes)" if len(data) > HEX_BYTES else ""
    return data[:HEX_BYTES].hex(" ") + more
