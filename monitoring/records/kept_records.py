"""What is opened of a record and is not in its row: the whole text, and the bytes of the data record; in Redis.

For at most five minutes, and of a stream or page at most so many bytes, compressed: the oldest make room. What was
published to pages is kept as a row too, because on a busy stream the newest 500 rows are those of one second.
"""

import zlib
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from redis import Redis, RedisError

from monitoring.decode.decoded import SENT_AS_TEXT
from monitoring.records.record_row import RecordRow, from_json
from monitoring.records.sample_buffer import MAX_AGE_SECONDS, newest_rows
from monitoring.records.selection import keys_in_use
from portal import live

MOST_BYTES = 16 * 1024 * 1024
_FAST = 1
_PROBE, _SHRUNK = 16 * 1024, 0.95
_UTF8_MARK = b"\xef\xbb\xbf"


@dataclass(slots=True)
class KeptRecords:
    """What one owner keeps: a stream by its uid, or a page of history by its name. Only one process writes for it.

    `size` is how many bytes of it Redis has.
    """

    owner: str
    redis: Redis
    most_bytes: int = MOST_BYTES
    seconds: int = MAX_AGE_SECONDS
    size: int = 0
    _kept: deque[tuple[float, str, int]] = field(default_factory=deque)
    _names: set[str] = field(default_factory=set)

    def keep(self, rows: Sequence[RecordRow], published: Collection[RecordRow] = (), *, now: float) -> None:
        """Keep what is not in the rows, newest first, and `published` ones themselves; raises RedisError."""
        added = dict(self._parts(rows, published))
        names = [name for name in added if name not in self._names]
        if not names:
            return
        with self.redis.pipeline(transaction=False) as pipe:
            for name, content in self._that_fit(names, added):
                pipe.set(name, content, ex=self.seconds)
                self._kept.append((now, name, len(content)))
                self._names.add(name)
                self.size += len(content)
            for name in self._too_many(now):
                pipe.delete(name)
            pipe.execute()

    def _that_fit(self, names: Sequence[str], added: Mapping[str, bytes]) -> list[tuple[str, bytes]]:
        """Return what is stored of these, oldest first: what would at once make room for the others is not."""
        found: list[tuple[str, bytes]] = []
        left = self.most_bytes
        for name in reversed(names):
            content = _packed(added[name])
            if len(content) > self.most_bytes:
                continue
            left -= len(content)
            if left < 0:
                break
            found.append((name, content))
        return found[::-1]

    def _parts(self, rows: Sequence[RecordRow], published: Collection[RecordRow]) -> Iterator[tuple[str, bytes]]:
        for row in reversed(rows):
            if row.whole is not None:
                yield _text_name(self.owner, row), row.whole.encode()
            if row.sent is not None:
                yield _bytes_name(self.owner, row), row.sent
        for row in reversed(list(published)):
            yield _row_name(self.owner, row.key), row.to_json()

    def _too_many(self, now: float) -> Iterator[str]:
        while self._kept and (self.size > self.most_bytes or now - self._kept[0][0] > self.seconds):
            _, name, size = self._kept.popleft()
            self.size -= size
            self._names.discard(name)
            yield name


def find_row(uid: str, key: str) -> RecordRow | None:
    """Return a row of a stream that a page showed, or None when it is no longer kept or Redis is unavailable."""
    stored = _content(_row_name(uid, key))
    if stored is None:
        return next((row for row in _listed(uid) if row.key == key), None)
    try:
        return from_json(stored)
    except (ValueError, KeyError, TypeError):  # of another version, during an update
        return None


def sent_bytes(owner: str, row: RecordRow) -> bytes | None:
    """Return the bytes of the data record, or None when they are no longer kept. Not for masked views."""
    if not row.is_part and row.sent_size == len(row.raw_bytes):
        return row.raw_bytes
    return _content(_bytes_name(owner, row))


def whole_text(owner: str, row: RecordRow) -> str | None:
    """Return the whole text of a row as it was sent, or None when it is no longer kept. Not for masked views.

    For a row whose views have a part of it: that part is the start of this text, with marks made visible.
    """
    if row.sizes or row.decoder_path not in SENT_AS_TEXT:
        text = _content(_text_name(owner, row))
        return text.decode() if text is not None else None
    data = sent_bytes(owner, row)
    if data is None:
        return None
    text_bytes = data.removeprefix(_UTF8_MARK) if len(data) != row.size else data
    return text_bytes[: row.size].decode("utf-8", "replace")


def _listed(uid: str) -> Iterator[RecordRow]:
    """Return what pages list that are loaded now, without a filter and with those in use."""
    yield from newest_rows(uid)
    try:
        keys = keys_in_use(uid)
    except RedisError:
        return
    for key in keys:
        yield from newest_rows(f"{uid}:{key}")


def _packed(data: bytes) -> bytes:
    # The tap waits for it, and what does not shrink takes twenty times as long to compress as to copy.
    start = data[:_PROBE]
    shrinks = len(data) <= _PROBE or len(zlib.compress(start, _FAST)) < _SHRUNK * len(start)
    return zlib.compress(data, _FAST if shrinks else 0)


def _content(name: str) -> bytes | None:
    try:
        stored: Any = live.connect().get(name)
    except RedisError:
        return None
    return None if stored is None else zlib.decompress(stored)


def _row_name(owner: str, key: str) -> str:
    return f"kept_row:{owner}:{key}"


def _text_name(owner: str, row: RecordRow) -> str:
    return f"kept_text:{owner}:{row.key}"


def _bytes_name(owner: str, row: RecordRow) -> str:
    return f"kept_bytes:{owner}:{row.shard_id}:{row.sequence_number}"
