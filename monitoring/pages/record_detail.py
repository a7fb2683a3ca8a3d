"""What a row shows when it is opened: the record for reading, as it was sent, its bytes, and how it was decoded."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode

from monitoring.decode.characters import visible
from monitoring.decode.decoded import BETWEEN, OF, SENT_AS_TEXT
from monitoring.pages.layer_reasons import reason_of
from monitoring.records import kept_records
from monitoring.records.access import Audience
from monitoring.records.readable_text import MOST_CHARACTERS, hex_dump, readable
from monitoring.records.record_contents import CUT, MAX_CHARACTERS, cut_note
from monitoring.records.record_row import RecordRow, VisibleRow, visible_rows
from monitoring.watched_streams import WatchedStream

_PLACE = re.compile(r"(?:shardId-)?\d{1,12}:\d{1,129}", re.ASCII)
_BRACKETS = ("{", "[")


@dataclass(frozen=True, slots=True)
class Layer:
    """A format that was read: how many bytes it has, and which of the records in it this is ("3 of 5")."""

    name: str
    size: int
    place: str = ""

    @property
    def reason(self) -> str:
        """Return how it was recognized."""
        return str(reason_of(self.name))


@dataclass(frozen=True)
class RecordDetail:
    """A row with all that is kept of its text: `whole` is None where that is what the row shows."""

    visible: VisibleRow
    whole: str | None = None
    has_bytes: bool = False

    @property
    def is_masked(self) -> bool:
        """Return whether only the structure may be shown."""
        return self.visible.view.is_masked

    @cached_property
    def text(self) -> str:
        """Return the start of the text, as it was sent: 64 Ki characters at most."""
        if self.whole is not None:
            return self.whole[:MOST_CHARACTERS]
        return self.visible.view.text.removesuffix(cut_note(self.row.length))

    @property
    def shown_count(self) -> int:
        """Return how many characters of the text are shown."""
        return min(self.row.length, MAX_CHARACTERS if self.whole is None else MOST_CHARACTERS)

    @property
    def is_cut(self) -> bool:
        """Return whether the text is longer than what is shown."""
        return self.text.endswith(CUT) if self.is_masked else self.row.length > self.shown_count

    @property
    def row(self) -> RecordRow:
        """Return the row."""
        return self.visible.row

    @cached_property
    def readable(self) -> str:
        """Return the text with a line for each field if it is JSON, else as it is; marks are made visible."""
        is_json = self.text.lstrip()[:1] in _BRACKETS and self.row.leaf != "text"
        return visible(readable(self.text) if is_json else self.text)

    @property
    def opens_readable(self) -> bool:
        """Return whether the readable view is the one that is open at first; else the bytes are."""
        return self.row.is_readable or self.is_masked

    @property
    def sent(self) -> str:
        """Return the text as it was sent, with marks made visible."""
        return visible(self.text)

    @property
    def was_sent_as_text(self) -> bool:
        """Return whether the record is text, so that there is a text as it was sent."""
        return self.row.leaf in SENT_AS_TEXT

    @property
    def hex(self) -> str:
        """Return the bytes that are shown."""
        return hex_dump(self.row.raw_bytes)

    @property
    def hex_count(self) -> int:
        """Return how many bytes are shown."""
        return len(self.row.raw_bytes)

    @property
    def layers(self) -> Sequence[Layer]:
        """Return the formats from the outside in."""
        found: list[Layer] = []
        for name in self.row.decoder_path.split(BETWEEN):
            if OF in name and found:
                found[-1] = Layer(found[-1].name, found[-1].size, name)
            else:
                sizes = self.row.sizes
                found.append(Layer(name, sizes[len(found)] if len(found) < len(sizes) else self.row.size))
        return found


def detail_of(owner: str, row: RecordRow, audience: Audience, mask_version: str) -> RecordDetail:
    """Return what the audience sees of a row that is opened, with what is kept of it (`kept_records`).

    `mask_version` is that of the fields that are allowed now, for those who see it masked.
    """
    if audience is Audience.MASKED:
        (visible_row,) = visible_rows([row], audience, mask_version)
        return RecordDetail(visible_row)
    (visible_row,) = visible_rows([row], audience)
    whole = kept_records.whole_text(owner, row)
    return RecordDetail(visible_row, whole, kept_records.sent_bytes(owner, row) is not None)


def bytes_answer(stream_name: str, row: RecordRow, data: bytes) -> HttpResponse:
    """Return the bytes of a row's data record as a file to download."""
    name = f"{stream_name}-{row.sequence_number}.bin"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(data, content_type="application/octet-stream", headers=headers)


def history_url(address: Mapping[str, str], stream: WatchedStream) -> str:
    """Return the address of the history at a record's place, "" where the address does not name one."""
    shard, sequence = address.get("shard", ""), address.get("at", "")
    if not _PLACE.fullmatch(f"{shard}:{sequence}"):
        return ""
    place = {"from": "AT_SEQUENCE_NUMBER", "sequence": sequence, "shard": shard, "limit": "25"}
    url = reverse("records", kwargs={"slug": stream.tenant_slug, "uid": stream.uid})
    return f"{url}?{urlencode(place)}"
