"""What a data record says, for each audience: decoded, masked, cut to the length that is shown.

Pure, and without Django: this is what the decoder processes run.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from monitoring.decode.decoder_chain import Decoded, DecodedRecord, decode, json_line, printable, refused
from monitoring.records.masking import MASK, mask
from portal.messages.message import Message
from portal.messages.message import from_json as message_from_json

MAX_CHARACTERS = 2000
PARTITION_KEY_FIELD = "partition_key"


@dataclass(frozen=True, slots=True)
class RecordView:
    """What one audience sees of a record. A withheld record has no text: nothing of it could be masked."""

    partition_key: str
    text: str
    is_masked: bool = False
    is_withheld: bool = False

    def as_json(self) -> list[str | bool]:
        """Return the view as plain JSON."""
        return [self.partition_key, self.text, self.is_masked, self.is_withheld]


@dataclass(frozen=True, slots=True)
class RecordContent:
    """One record as it is listed: a data record, or one of those inside an aggregate or envelope.

    `failed_attempts` are those of `failed_decoders` as JSON: most records are never opened on a page, so most are never
    read. `refusal` is the reason why it was not decoded, or not to the end.
    """

    decoder_path: str
    failed_attempts: str
    clear: RecordView
    masked: RecordView
    refusal: Message | None = None

    @property
    def failed_decoders(self) -> tuple[tuple[str, Message], ...]:
        """Return the names of the decoders that could not read it, each with the reason."""
        return attempts_from_json(self.failed_attempts)

    def as_json(self) -> dict[str, Any]:
        """Return the content as plain JSON."""
        return {
            "decoder_path": self.decoder_path,
            "failed_attempts": self.failed_attempts,
            "clear": self.clear.as_json(),
            "masked": self.masked.as_json(),
            "refusal": self.refusal.as_json() if self.refusal else None,
        }


@dataclass(frozen=True, slots=True)
class RecordContents:
    """The contents of one data record; `omitted` is how many more records are inside it and are not listed."""

    listed: tuple[RecordContent, ...]
    omitted: int = 0

    def to_json(self) -> str:
        """Return the contents as one line of JSON."""
        return json.dumps({"listed": [content.as_json() for content in self.listed], "omitted": self.omitted})


def contents_of(data: bytes, partition_key: str, allowed: Collection[str] = ()) -> RecordContents:
    """Return what a data record says; never raises, but may not return: see `bounded_decoder`.

    `allowed` are the fields that the vendor's staff may see, as dotted paths ("reading.temperature", "partition_key").
    """
    return _contents(decode(data), partition_key, allowed)


def refused_contents(data: bytes, partition_key: str, reason: Message) -> RecordContents:
    """Return the contents of a record whose decoder had to be ended."""
    return _contents(refused(data, reason), partition_key, ())


def contents_from_json(line: str | bytes) -> RecordContents:
    """Return the contents that `to_json` wrote; raises ValueError, KeyError or TypeError on anything else."""
    raw = json.loads(line)
    return RecordContents(tuple(RecordContent(**content_fields(content)) for content in raw["listed"]), raw["omitted"])


def content_fields(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a RecordContent from its JSON; raises KeyError or TypeError on anything else."""
    return {
        "decoder_path": raw["decoder_path"],
        "failed_attempts": raw["failed_attempts"],
        "clear": RecordView(*raw["clear"]),
        "masked": RecordView(*raw["masked"]),
        "refusal": message_from_json(raw["refusal"]) if raw["refusal"] else None,
    }


@lru_cache(maxsize=256)
def attempts_from_json(stored: str) -> tuple[tuple[str, Message], ...]:
    """Return the names of decoders, each with the reason why it could not read a record, from `failed_attempts`."""
    return tuple((name, message_from_json(reason)) for name, reason in json.loads(stored))


def _contents(record: DecodedRecord, partition_key: str, allowed: Collection[str]) -> RecordContents:
    listed = tuple(_content(decoded, partition_key, allowed) for decoded in record.results)
    return RecordContents(listed, record.omitted)


def _content(decoded: Decoded, record_key: str, allowed: Collection[str]) -> RecordContent:
    partition_key = printable(decoded.partition_key or record_key)
    return RecordContent(
        decoder_path=decoded.path_label,
        failed_attempts=json.dumps([(attempt.decoder, attempt.reason.as_json()) for attempt in decoded.failed]),
        clear=RecordView(partition_key, _shortened(decoded.text)),
        masked=_masked(decoded, partition_key, allowed),
        refusal=decoded.refusal,
    )


def _masked(decoded: Decoded, partition_key: str, allowed: Collection[str]) -> RecordView:
    key = partition_key if PARTITION_KEY_FIELD in allowed else MASK
    if not isinstance(decoded.value, dict | list):
        return RecordView(key, "", is_masked=True, is_withheld=True)
    return RecordView(key, _shortened(json_line(mask(decoded.value, allowed))), is_masked=True)


def _shortened(text: str) -> str:
    if len(text) <= MAX_CHARACTERS:
        return text
    return f"{text[:MAX_CHARACTERS]} … ({len(text):,} characters)"
