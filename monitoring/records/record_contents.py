"""What a data record says, for each audience: decoded, masked, cut to the length that is shown.

Pure, and without Django: this is what the decoder processes run.
"""

import base64
import hashlib
import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

import orjson

from monitoring.decode.budget import MAX_SHOWN_CHARACTERS
from monitoring.decode.characters import printable, safe_text
from monitoring.decode.content import Content, Detail
from monitoring.decode.decoded import SENT_AS_TEXT, Decoded, DecodedRecord
from monitoring.decode.decoder_chain import decode, refused
from monitoring.field_catalogue.observation import Observation, observed
from monitoring.filters.conditions import Condition
from monitoring.filters.grammar import parse
from monitoring.filters.matching import NotExact, Record, TooMuchWork, Work, matches
from monitoring.records.field_paths import PARTITION_KEY
from monitoring.records.masking import MASK, masked_text
from monitoring.records.record_views import NOTHING, RAW_BYTES, Found, RecordContent, RecordContents, RecordView
from portal.messages.message import Message

MAX_CHARACTERS = 2000
MAX_WHOLE_CHARACTERS = 4_000_000  # of all rows of a data record whose whole text is sent along
CUT = " …"
NO_SCHEMAS: Mapping[str, str] = {}
_MOST_DIGITS = 40  # a hash key has 39 at most

HashKeys = tuple[int, int]


def contents_of(
    data: bytes,
    partition_key: str,
    allowed: Collection[str] = (),
    schemas: Mapping[str, str] = NO_SCHEMAS,
    hash_keys: HashKeys | None = None,
    wanted: str = "",
    observed_by: Sequence[str] | None = None,
    filters: Sequence[str] = (),
) -> RecordContents:
    """Return what a data record says; never raises, but may not return: see `bounded_decoder`.

    `allowed` are the fields that the vendor's staff may see, as dotted paths ("reading.temperature"), and
    PARTITION_KEY. `schemas` are those of registries, by their name. `hash_keys` are the first and the last of the
    record's shard: of an aggregate the records outside that range are marked. With `wanted`, a filter, only what it
    finds is listed, and what was refused, which it cannot search. With `filters` everything is listed, and what each of
    them finds besides. With `observed_by`, the path of the field that names device kinds, the fields of one of the
    records are returned too.
    """
    is_exact = bool(allowed or wanted)
    record = decode(data, schemas, is_exact=is_exact)
    observation = _observation(record, observed_by)
    needed: tuple[str, ...] = ()
    if wanted:
        needed = tuple({decoded.schema: None for decoded in record.results if decoded.schema})
        record = _found(record, partition_key, wanted)
    contents = _contents(record, partition_key, allowed, hash_keys)
    if needed:
        contents = replace(contents, needed=needed)
    if observation is None and not filters:
        return contents
    try:
        found = _found_by(filters, record, contents, partition_key, is_exact=is_exact)
    except NotExact:  # numbers as they were sent take longer to read than those of Python
        exact = decode(data, schemas, is_exact=True)
        found = _found_by(filters, exact, contents, partition_key, is_exact=True)
    return replace(contents, observation=observation, found=found)


def refused_contents(data: bytes, partition_key: str, reason: Message) -> RecordContents:
    """Return the contents of a record whose decoder had to be ended."""
    return _contents(refused(data, reason), partition_key, (), None)


def _observation(record: DecodedRecord, observed_by: Sequence[str] | None) -> Observation | None:
    if observed_by is None or not record.results:
        return None
    chosen = random.choice(record.results)  # noqa: S311  (a sample, no secret)
    return observed(chosen.value, observed_by) if chosen.refusal is None else None


def cut_note(length: int) -> str:
    """Return what stands behind the start of a text of so many characters, of which a row shows the start."""
    return f"{CUT} ({length:,} characters)"


def _found(record: DecodedRecord, partition_key: str, wanted: str) -> DecodedRecord:
    condition = _condition(wanted)
    found: list[Decoded] = []
    for decoded in record.results:
        try:
            if condition is None or decoded.refusal or matches(condition, _searched(decoded, partition_key)):
                found.append(decoded)
        except TooMuchWork:
            found.append(decoded._replace(refusal=Message("filter.too_much_work")))
    return replace(record, results=tuple(found))


def _found_by(
    filters: Sequence[str], record: DecodedRecord, contents: RecordContents, partition_key: str, *, is_exact: bool
) -> tuple[Found, ...]:
    # What a filter sees of a record is made once for all of them.
    searched = [None if each.refusal else _searched(each, partition_key, is_exact=is_exact) for each in record.results]
    return tuple(_found_of(wanted, searched, contents, record.omitted) for wanted in filters)


def _found_of(wanted: str, searched: Sequence[Record | None], contents: RecordContents, omitted: int) -> Found:
    # One measure for the whole data record: its decoder has a time, which filters of its viewers must not use up.
    condition, places, unsearched, work = _condition(wanted), [], omitted, Work()
    for place, record in enumerate(searched):
        try:
            if condition is None or (record is not None and matches(condition, record, work)):
                places.append(place)
            else:
                unsearched += record is None
        except TooMuchWork:
            unsearched += 1
    listed = tuple((place, contents.listed[place]) for place in places if place < len(contents.listed))
    return Found(len(places), unsearched if condition else 0, listed)


def _searched(decoded: Decoded, record_key: str, *, is_exact: bool = True) -> Record:
    key, size = decoded.partition_key or record_key, len(decoded.content.data)
    return Record(decoded.value, decoded.text, key, size, decoded.path_label, is_exact)


@lru_cache(maxsize=256)
def _condition(wanted: str) -> Condition | None:
    return parse(wanted)


def _contents(
    record: DecodedRecord, partition_key: str, allowed: Collection[str], hash_keys: HashKeys | None
) -> RecordContents:
    listed: list[RecordContent] = []
    characters_left, whole_left = MAX_SHOWN_CHARACTERS, MAX_WHOLE_CHARACTERS
    for result in record.results:
        decoded = _marked(result, hash_keys) if hash_keys and result.content.partition_key else result
        content = _content(decoded, partition_key, allowed, whole_left)
        whole_left -= len(content.whole or "")
        characters_left -= len(content.clear.text) + len(content.masked.text) + len(content.raw or "")
        if characters_left < 0 and listed:
            break
        listed.append(content)
    return RecordContents(tuple(listed), record.omitted + len(record.results) - len(listed))


def _whole(decoded: Decoded, shown: str, characters_left: int) -> str | None:
    text = decoded.text
    is_data_record = not decoded.sizes and decoded.path[-1] in SENT_AS_TEXT  # whose bytes are kept, and are this text
    return None if shown == text or is_data_record or len(text) > characters_left else printable(text)


def _content(decoded: Decoded, record_key: str, allowed: Collection[str], whole_left: int) -> RecordContent:
    partition_key = _key(decoded.partition_key or record_key)
    data = decoded.content.data
    details = _details(decoded.details)
    harmless = [detail for detail in decoded.details if not detail.is_data]
    shared = details if len(harmless) == len(decoded.details) else _details(harmless)
    text = _shortened(decoded.text)
    attempts = [(attempt.decoder, attempt.reason.as_json()) for attempt in decoded.failed]
    return RecordContent(
        decoder_path=decoded.path_label,
        failed_attempts=orjson.dumps(attempts).decode() if attempts else NOTHING,
        clear=RecordView(partition_key, text, details=details),
        masked=_masked(decoded, partition_key, allowed, shared),
        refusal=decoded.refusal,
        size=len(data),
        raw=base64.b64encode(data[:RAW_BYTES]).decode() if decoded.is_part else None,
        schema=decoded.schema,
        sizes=decoded.sizes,
        length=len(decoded.text),
        whole=_whole(decoded, text, whole_left),
    )


def _masked(decoded: Decoded, partition_key: str, allowed: Collection[str], details: str) -> RecordView:
    key = partition_key if PARTITION_KEY in allowed else MASK
    if not isinstance(decoded.value, dict | list):
        return RecordView(key, "", is_masked=True, is_withheld=True, details=details)
    try:
        text = masked_text(decoded.value, allowed)
    except RecursionError:  # nested too deep for the mask: not shown
        return RecordView(key, "", is_masked=True, is_withheld=True, details=details)
    return RecordView(key, _shortened(text) if allowed else _cut(text), is_masked=True, details=details)


def _marked(decoded: Decoded, hash_keys: HashKeys) -> Decoded:
    first, last = hash_keys
    if first <= _hash_key(decoded.content) <= last:
        return decoded
    return decoded._replace(details=(*decoded.details, Detail(Message("record.outside_shard"))))


def _hash_key(content: Content) -> int:
    """Return the explicit hash key of a record, or the one that Kinesis computes from its partition key."""
    if content.hash_key is not None and content.hash_key.isdecimal():
        return int(content.hash_key[:_MOST_DIGITS])
    key = (content.partition_key or "").encode("utf-8", "replace")
    return int.from_bytes(hashlib.md5(key, usedforsecurity=False).digest(), "big")


@lru_cache(maxsize=256)
def _key(partition_key: str) -> str:
    # Records of one sender have the same key, or one of a few.
    return safe_text(partition_key)


def _details(details: Collection[Detail]) -> str:
    if not details:
        return NOTHING
    return orjson.dumps([{"code": detail.message.code, "params": detail.message.params} for detail in details]).decode()


def _shortened(text: str) -> str:
    if len(text) <= MAX_CHARACTERS:
        return safe_text(text)
    return f"{safe_text(text[:MAX_CHARACTERS])}{cut_note(len(text))}"


def _cut(text: str) -> str:
    # Of what is masked only as much is written as is shown.
    return text if len(text) <= MAX_CHARACTERS else f"{text[:MAX_CHARACTERS]}{CUT}"
