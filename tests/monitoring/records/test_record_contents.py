import gzip
import hashlib
import json

import pytest

from monitoring.records.field_paths import PARTITION_KEY
from monitoring.records.masking import MASK
from monitoring.records.record_contents import (
    MAX_CHARACTERS,
    contents_of,
    refused_contents,
)
from monitoring.records.record_views import RecordContents, contents_from_json, details_from_json
from portal.messages.catalogue import text_of
from portal.messages.message import Message
from tests.monitoring.decode.test_decoder_chain import field, kpl
from tests.monitoring.poisoned import LONG_NUMBER

REASON = Message("decode.no_answer", limit_seconds=4.0)


@pytest.mark.parametrize(
    "contents",
    [
        contents_of(b'{"wet": true}', "bldg-7"),
        contents_of(gzip.compress(b"a name"), "bldg-7"),
        contents_of(b"\xff\x00", "k"),
        contents_of(
            kpl(*[("inner", b'{"n": %d}' % number) for number in range(3)]), "outer", filters=["n = 1", "n > 0"]
        ),
        contents_of(LONG_NUMBER, "k"),
        contents_of(kpl(*[("inner", b"{}")] * 203), "outer"),
        contents_of(rb'{"half": "\ud83d"}', "\ud83d"),
        refused_contents(b"\x00", "k", REASON),
        RecordContents(()),
    ],
)
def test_contents_are_the_same_after_the_process(contents: RecordContents) -> None:
    line = contents.to_json()
    assert b"\n" not in line
    assert contents_from_json(line) == contents
    assert contents_from_json(line.decode()) == contents


@pytest.mark.parametrize("line", ["", "[]", "null", "{}", '{"listed": [{}], "omitted": 0}', '{"listed": []}'])
def test_anything_else_is_an_error_that_the_caller_expects(line: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        contents_from_json(line)


def test_a_record_inside_an_aggregate_has_its_own_partition_key() -> None:
    contents = contents_of(kpl(("inner", b"{}"), ("", b"{}")), "outer")
    assert [content.clear.partition_key for content in contents.listed] == ["inner", "outer"]
    assert {content.masked.partition_key for content in contents.listed} == {MASK}


def test_staff_see_nothing_of_a_refused_record_but_the_reason() -> None:
    (content,) = refused_contents(b"a person's name", "bldg-7", REASON).listed
    assert (content.masked.text, content.masked.is_withheld, content.masked.partition_key) == ("", True, MASK)
    assert content.clear.text.startswith("61 20 70")
    assert text_of(content.refusal) == "Decoding gave no result within 4.0 s, so it was stopped."


def test_allowed_fields_do_not_unmask_what_has_no_fields() -> None:
    (content,) = contents_of(b"a person's name", "k", ["", PARTITION_KEY]).listed
    assert content.masked.is_withheld
    assert content.masked.partition_key == "k"


@pytest.mark.parametrize("length", [MAX_CHARACTERS, MAX_CHARACTERS + 1, 5_000])
def test_long_texts_are_cut_for_both_audiences_and_say_their_length(length: int) -> None:
    (content,) = contents_of(json.dumps({"a" * (length - 9): 1}).encode(), "k").listed
    shown = len(json.dumps({"a" * (length - 9): 1}))
    assert (f"({shown:,} characters)" in content.clear.text) is (shown > MAX_CHARACTERS)
    assert len(content.clear.text) <= MAX_CHARACTERS + 30
    assert len(content.masked.text) <= MAX_CHARACTERS + 30


def test_the_reasons_of_failed_decoders_are_read_from_their_json() -> None:
    (content,) = contents_of(b"a person's name", "k").listed
    names = [name for name, _ in content.failed_decoders]
    assert names == ["JSON"]
    assert all(text_of(reason) for _, reason in content.failed_decoders)


HALF = 2**127


def details(aggregate: bytes, hash_keys: tuple[int, int] | None) -> list[list[str]]:
    found = contents_of(aggregate, "k", hash_keys=hash_keys).listed
    return [[message.code for message in details_from_json(content.masked.details)] for content in found]


def test_records_of_an_aggregate_outside_the_range_of_its_shard_are_marked() -> None:
    # MD5 of "a" begins with 0C, that of "b" with 92.
    aggregate = kpl(("a", b"{}"), ("b", gzip.compress(b"{}")))
    inside, outside = ["record.sub_sequence"], ["record.sub_sequence", "record.outside_shard"]
    assert details(aggregate, (0, HALF - 1)) == [inside, outside]
    assert details(aggregate, (HALF, 2**128 - 1)) == [outside, inside]
    assert details(aggregate, None) == [inside, inside]
    assert details(b"{}", (5, 6)) == [[]]


def test_an_explicit_hash_key_decides_before_the_partition_key() -> None:
    record = field(1, 0) + field(2, 0) + field(3, b"{}")
    body = field(1, b"a") + field(2, str(HALF).encode()) + field(3, record)
    aggregate = b"\xf3\x89\x9a\xc2" + body + hashlib.md5(body).digest()  # noqa: S324  (the format's own checksum)
    (found,) = details(aggregate, (0, HALF - 1))
    assert "record.outside_shard" in found
    (found,) = details(aggregate, (HALF, 2**128 - 1))
    assert "record.outside_shard" not in found


@pytest.mark.parametrize("header", [b"\x03\x00" + b"Alice SM\x8fh: 37.9", b"\x00\x00\x25\x43\x21", b"\xc3\x01Alice 37"])
def test_bytes_where_a_schema_id_would_be_are_data_for_staff(header: bytes) -> None:
    (content,) = contents_of(header + b"\xff\xfe\xfd", "k").listed
    assert len(details_from_json(content.clear.details)) > len(details_from_json(content.masked.details))
    assert not any(message.params for message in details_from_json(content.masked.details))


def test_several_filters_find_their_own_of_one_decoding() -> None:
    aggregate = kpl(*[("k", b'{"n": %d}' % number) for number in range(4)])
    contents = contents_of(aggregate, "k", filters=["n >= 2", "n = 0 or n = 2", "'nothing'", "not n = 3"])
    assert len(contents.listed) == 4
    assert [(found.matched, found.unsearched) for found in contents.found] == [(2, 0), (2, 0), (0, 0), (3, 0)]
    assert [[place for place, _ in found.listed] for found in contents.found] == [[2, 3], [0, 2], [], [0, 1, 2]]
    assert contents.found[0].listed[0][1] == contents.listed[2]
    assert contents.limited(1).found == contents.found


def test_what_was_refused_or_is_too_much_work_is_not_searched_and_found_by_no_filter() -> None:
    refused = contents_of(LONG_NUMBER, "k", filters=["not a exists", "@size > 0"])
    assert [(found.matched, found.unsearched) for found in refused.found] == [(0, 1), (0, 1)]
    large = json.dumps({"a": list(range(9_000))}).encode()
    within = ", ".join(map(str, range(-100, 0)))
    found = contents_of(large, "k", filters=[f"a in ({within})", "a = 8999"]).found
    assert [(each.matched, each.unsearched) for each in found] == [(0, 1), (1, 0)]
    [listed] = contents_of(large, "k", wanted=f"a in ({within})").listed
    assert listed.refusal == Message("filter.too_much_work")


def test_numbers_are_compared_as_they_were_sent_also_beside_filters_without_numbers() -> None:
    data = b'{"n": 30.000000000000000001, "s": "30"}'
    found = contents_of(data, "k", filters=["n > 30", "s = '30'", "n in (30.000000000000000001)", "n = 30"]).found
    assert [each.matched for each in found] == [1, 1, 1, 0]
    [found] = contents_of(data, "k", filters=["s = '30' and n exists"]).found
    assert (found.matched, found.listed[0][1].clear.text) == (1, data.decode())


def test_a_filter_does_no_more_work_for_many_records_in_one_than_for_one() -> None:
    """Or the filters of viewers would end the decoder of an aggregate, which no one could see then."""
    count = 5_000
    aggregate = kpl(*[("k", b'{"n": %d}' % number) for number in range(count)])
    costly = " or ".join(f"n < -{number}" for number in range(1, 31))
    usual, found = contents_of(aggregate, "k", filters=["n >= 10 and n < 20", f"{costly} or n = 7 or n = 4999"]).found
    assert (usual.matched, usual.unsearched) == (10, 0)
    assert found.matched == 1
    assert 0 < found.unsearched < count
