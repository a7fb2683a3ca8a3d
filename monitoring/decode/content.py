"""What a decoder hands on: bytes found inside, values, and details that the row says besides its text.

Named tuples where each record needs one: a frozen dataclass takes several times as long.
"""

from dataclasses import dataclass
from typing import NamedTuple

from portal.messages.message import Message


@dataclass(frozen=True, slots=True)
class Detail:
    """Something that a row says besides its text. `is_data` when it repeats a part of the record, as a log group."""

    message: Message
    is_data: bool = False


@dataclass(frozen=True, slots=True)
class Framing:
    """The schema that is needed to read a message: `glue:⟨UUID⟩`, `confluent:⟨number⟩` or `avro:⟨fingerprint⟩`.

    `has_indexes` when protobuf behind this header begins with the indexes of its message type.
    """

    schema: str
    has_indexes: bool = True


class Content(NamedTuple):
    """Bytes found inside; `position` is added to the path of decoders (which record of how many).

    `framing` is set for what a serializer of a schema registry wrote.
    """

    data: bytes
    partition_key: str | None = None
    position: tuple[str, ...] = ()
    details: tuple[Detail, ...] = ()
    hash_key: str | None = None
    framing: Framing | None = None


class Value(NamedTuple):
    """A value that was read: JSON-like, or text. `text` is the text as it was sent, where the format has one."""

    value: object
    text: str | None = None
    details: tuple[Detail, ...] = ()
