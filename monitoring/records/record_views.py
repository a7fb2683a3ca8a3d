"""What one audience sees of a record, and how a decoder process sends it: as a line of JSON. Pure, without Django."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from monitoring.field_catalogue.observation import Observation, from_json_line
from portal.messages.message import Message
from portal.messages.message import from_json as message_from_json

NOTHING = "[]"
RAW_BYTES = 2048  # of a record are kept for its raw view


class RecordView(NamedTuple):
    """What one audience sees of a record. A withheld record has no text: nothing of it could be masked.

    `details` are messages as JSON: what the row says besides its text, such as a sub-sequence number or a schema's ID.
    """

    partition_key: str
    text: str
    is_masked: bool = False
    is_withheld: bool = False
    details: str = NOTHING

    def as_json(self) -> list[str | bool]:
        """Return the view as plain JSON."""
        return list(self)


@dataclass(slots=True)
class RecordContent:
    """One record as it is listed: a data record, or one of those inside an aggregate or envelope.

    `failed_attempts` are those of `failed_decoders` as JSON: most records are never opened on a page, so most are never
    read. `refusal` is the reason why it was not decoded, or not to the end. `size` is in bytes. `raw` is the start of
    the bytes in base64, for the clear view only, of a record inside another; the other rows have those of the data
    record. `schema` is the one that is needed to read it and is not known: `glue:⟨UUID⟩`, `confluent:⟨number⟩`,
    `avro:⟨fingerprint⟩`. `sizes` are the bytes of each container around it, from the outside in. `length` is that of
    its text; `whole` is all of that, for the clear view only, where the views have a part of it and the bytes of the
    data record are not it.
    """

    decoder_path: str
    failed_attempts: str
    clear: RecordView
    masked: RecordView
    refusal: Message | None = None
    size: int = 0
    raw: str | None = None
    schema: str | None = None
    sizes: tuple[int, ...] = ()
    length: int = 0
    whole: str | None = field(default=None, repr=False)

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
            "size": self.size,
            "raw": self.raw,
            "schema": self.schema,
            "sizes": self.sizes,
            "length": self.length,
            "whole": self.whole,
        }


class Found(NamedTuple):
    """What one filter finds in a data record: how many of the records inside it, and how many it could not search.

    `listed` are some of those found, each with its place in the data record, counted from 0.
    """

    matched: int
    unsearched: int = 0
    listed: tuple[tuple[int, RecordContent], ...] = ()

    def as_json(self) -> list[Any]:
        """Return it as plain JSON."""
        return [self.matched, self.unsearched, [(place, content.as_json()) for place, content in self.listed]]


@dataclass(frozen=True, slots=True)
class RecordContents:
    """The contents of one data record; `omitted` is how many more records are inside it and are not listed.

    `observation` are the fields of one of them, where they were asked for. `found` is what each of the filters finds in
    it that the record was searched with. `needed` are the schemas without which some of it could not be searched.
    """

    listed: tuple[RecordContent, ...]
    omitted: int = 0
    observation: Observation | None = None
    found: tuple[Found, ...] = ()
    needed: tuple[str, ...] = ()

    @property
    def schemas(self) -> set[str]:
        """Return the schemas that are needed to read it and are not known."""
        return {content.schema for content in self.listed if content.schema} | set(self.needed)

    def limited(self, most: int) -> RecordContents:
        """Return the contents with at most so many of them listed; the others are counted."""
        if len(self.listed) <= most:
            return self  # as most are: every record passes here
        omitted = self.omitted + len(self.listed[most:])
        return replace(self, listed=self.listed[:most], omitted=omitted)

    def to_json(self) -> bytes:
        """Return the contents as one line of JSON."""
        line: dict[str, Any] = {"listed": [content.as_json() for content in self.listed], "omitted": self.omitted}
        if self.observation is not None:
            line["observation"] = self.observation.as_json()
        if self.found:
            line["found"] = [found.as_json() for found in self.found]
        if self.needed:
            line["needed"] = self.needed
        return orjson.dumps(line)


def contents_from_json(line: str | bytes) -> RecordContents:
    """Return the contents that `to_json` wrote; raises ValueError, KeyError or TypeError on anything else."""
    raw = orjson.loads(line)
    listed = tuple(RecordContent(**content_fields(content)) for content in raw["listed"])
    observation = from_json_line(raw["observation"]) if "observation" in raw else None
    found = tuple(map(_found_from_json, raw.get("found", ())))
    return RecordContents(listed, raw["omitted"], observation, found, tuple(raw.get("needed", ())))


def content_fields(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a RecordContent from its JSON; raises KeyError or TypeError on anything else."""
    return {
        "decoder_path": raw["decoder_path"],
        "failed_attempts": raw["failed_attempts"],
        "clear": RecordView(*raw["clear"]),
        "masked": RecordView(*raw["masked"]),
        "refusal": message_from_json(raw["refusal"]) if raw["refusal"] else None,
        "size": raw["size"],
        "raw": raw["raw"],
        "schema": raw["schema"],
        "sizes": tuple(raw["sizes"]),
        "length": raw["length"],
        "whole": raw["whole"],
    }


def _found_from_json(raw: Sequence[Any]) -> Found:
    matched, unsearched, listed = raw
    return Found(matched, unsearched, tuple((place, RecordContent(**content_fields(each))) for place, each in listed))


@lru_cache(maxsize=256)
def attempts_from_json(stored: str) -> tuple[tuple[str, Message], ...]:
    """Return the names of decoders, each with the reason why it could not read a record, from `failed_attempts`."""
    return tuple((name, message_from_json(reason)) for name, reason in orjson.loads(stored))


@lru_cache(maxsize=256)
def details_from_json(stored: str) -> tuple[Message, ...]:
    """Return what a row says besides its text, from the `details` of a view."""
    return tuple(map(message_from_json, orjson.loads(stored)))
