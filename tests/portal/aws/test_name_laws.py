"""Whatever is typed: a name is accepted, or refused with an example that is accepted."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal.aws import names, regions
from portal.aws.bucket_names import check_bucket_name
from portal.aws.names import InvalidName
from portal.messages.message import Message

PREFIX = "sluice-"
PARTITIONS = ["aws", "aws-cn", "aws-us-gov"]
ALPHABET = "abzAZ09-_. /\u00e9\u4e2d\n\t:*"
TYPED = st.one_of(st.text(ALPHABET, max_size=20), st.text(max_size=12), st.text("x\u00e9-", min_size=120, max_size=140))


def refusal_of_stream(name: str, prefix: str = PREFIX) -> Message | None:
    try:
        names.check_stream_name(name, prefix)
    except InvalidName as invalid:
        return invalid.message
    return None


def refusal_of_bucket(name: str) -> Message | None:
    try:
        check_bucket_name(name)
    except InvalidName as invalid:
        return invalid.message
    return None


@settings(max_examples=150, deadline=None)
@given(TYPED, st.booleans())
@example("b\u00fcro", False)
@example("\u00fc", True)
@example("x" * 128, False)
@example("\u00e9" + "x" * 127, False)
def test_an_example_of_a_stream_name_is_a_name_that_is_accepted(typed: str, has_prefix: bool) -> None:
    name = f"{PREFIX}{typed}" if has_prefix else typed
    refused = refusal_of_stream(name)
    if refused is None:
        assert name.startswith(PREFIX)
        assert len(name) <= 128
    elif refused.code == "name.outside_prefix":
        assert refusal_of_stream(f"{PREFIX}{refused.params['name']}") is None
    elif "example" in refused.params:
        assert refusal_of_stream(str(refused.params["example"])) is None


@settings(max_examples=150, deadline=None)
@given(st.one_of(TYPED, st.from_regex(r"(xn--|sthree-|amzn-s3-demo-){0,2}[a-z.-]{0,8}(-s3alias|--ol-s3|\.mrap){0,2}")))
@example("xn--xn--northwind")
@example("sthree-" + "x" * 63)
@example("a.mrap.mrap")
def test_an_example_of_a_bucket_name_is_a_name_that_is_accepted(typed: str) -> None:
    refused = refusal_of_bucket(typed)
    if refused is None:
        assert 3 <= len(typed) <= 63
        assert typed.isascii()
    elif "example" in refused.params:
        assert refusal_of_bucket(str(refused.params["example"])) is None


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.text(max_size=14), st.sampled_from(sorted(regions.every_region()))), st.sampled_from(PARTITIONS))
@example("mars", "aws-cn")
@example("cn-north-9", "aws-cn")
@example("eu-west-1", "aws-us-gov")
def test_a_region_that_is_suggested_is_one_of_the_partition(typed: str, partition: str) -> None:
    try:
        names.check_region(typed, partition)
    except InvalidName as invalid:
        suggested = invalid.message.params.get("near") or invalid.message.params["example"]
        names.check_region(str(suggested), partition)
    else:
        assert typed in regions.regions_of(partition)


@pytest.mark.parametrize("partition", PARTITIONS)
def test_every_region_of_a_partition_says_that_it_is_of_it(partition: str) -> None:
    assert {names.partition_of(region) for region in regions.regions_of(partition)} == {partition}


@settings(max_examples=80, deadline=None)
@given(st.from_regex(r"[0-9]{12}", fullmatch=True).filter(str.isascii), st.text(" -\t\u00a0", max_size=3), st.data())
def test_an_account_id_with_separators_is_given_back_without_them(digits: str, marks: str, draw: st.DataObject) -> None:
    at = draw.draw(st.integers(0, 12))
    typed = digits[:at] + marks + digits[at:]
    if not marks:
        names.check_account_id(typed)
        return
    with pytest.raises(InvalidName) as caught:
        names.check_account_id(typed)
    assert caught.value.message == Message("name.account_id_separated", account=digits)


@pytest.mark.parametrize("arn", ["arn:aws:iam::111122223333:role/" + "a" * 20_000 + "!", "arn:aws" + "-a" * 10_000])
def test_a_very_long_arn_is_refused_at_once(arn: str) -> None:
    with pytest.raises(InvalidName):
        names.check_role_arn(arn, "111122223333")


@pytest.mark.parametrize(
    ("name", "characters"),
    [
        ("a b c", ["name.space"]),
        ("a\tb\u00a0c", ["name.space"]),
        ("\u00e9\u00e9\u00fc", ["name.character", "name.character"]),
    ],
)
def test_each_character_that_cannot_be_in_a_name_is_named_once(name: str, characters: list[str]) -> None:
    with pytest.raises(InvalidName) as caught:
        names.check_firehose_name(name)
    found = caught.value.message.params["characters"]
    assert isinstance(found, list)
    assert [entry.code for entry in found] == characters


def test_a_name_of_nothing_but_invalid_characters_gets_no_example() -> None:
    for check, typed in ((names.check_firehose_name, "\u00e9\u00fc"), (check_bucket_name, "\u4e2d\u6587\u4e2d")):
        with pytest.raises(InvalidName) as caught:
            check(typed)
        assert "example" not in caught.value.message.params


MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1))  # noqa: DTZ001  (the zone is drawn beside it)


@settings(max_examples=60, deadline=None)
@given(MOMENTS, st.integers(-14 * 60, 14 * 60))
def test_a_time_becomes_the_same_second_in_utc(moment: datetime, offset: int) -> None:
    zoned = moment.replace(tzinfo=timezone(timedelta(minutes=offset)))
    found = names.whole_second(zoned.isoformat())
    assert found is not None
    assert timedelta(0) <= zoned - found < timedelta(seconds=1)
    assert (found.tzinfo, names.whole_second(found.isoformat())) == (UTC, found)


@pytest.mark.parametrize(
    "timestamp", ["", "yesterday", "2026-11-29T11:00:00", "2026-13-01T00:00:00Z", "1764412800", "2026-11-29T25:00:00Z"]
)
def test_what_is_no_time_with_a_zone_is_none(timestamp: str) -> None:
    assert names.whole_second(timestamp) is None
