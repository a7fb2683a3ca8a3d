"""Dynamic partitioning: keys, their queries, and the prefix that names each of them."""

import pytest

from onboarding.deliveries.s3_partitioning import MOST_KEYS, Partitioning


def problems(keys: dict[str, str], *, prefix: str | None = None, retry_seconds: int = 300) -> list[tuple[str, str]]:
    whole = "".join(f"!{{partitionKeyFromQuery:{key}}}/" for key in keys) if prefix is None else prefix
    found = Partitioning(keys=keys, retry_seconds=retry_seconds).problems(whole)
    return [(path.removeprefix("destination.partitioning."), message.code) for path, message in found]


@pytest.mark.parametrize(
    ("count", "found"),
    [(0, [("keys", "s3.partition_key_count")]), (1, []), (MOST_KEYS, []), (51, [("keys", "s3.partition_key_count")])],
)
def test_there_is_at_least_one_key_and_not_too_many(count: int, found: list[tuple[str, str]]) -> None:
    assert problems({f"k{number}": ".k" for number in range(count)}) == found


@pytest.mark.parametrize("name", ["", "1st", "a-b", "a b", "a" * 65, "größe"])
def test_a_key_is_a_word_that_jq_takes(name: str) -> None:
    assert ("keys", "s3.partition_key_name") in problems({name: ".a"})


@pytest.mark.parametrize(
    ("query", "is_fine"),
    [
        (".building", True),
        (" .building.floor[0] ", True),
        ('.time|fromdate|strftime("%Y")', True),
        ("building", False),
        ("", False),
        (".a\n,.b", False),
        ("{a:.a}", False),
    ],
)
def test_a_query_begins_with_a_dot_on_one_line(query: str, is_fine: bool) -> None:
    assert problems({"a": query}) == ([] if is_fine else [("keys", "s3.partition_key_query")])


def test_the_prefix_names_every_key_and_no_other() -> None:
    keys = {"a": ".a", "b": ".b"}
    assert problems(keys, prefix="!{partitionKeyFromQuery:a}/") == [("prefix", "s3.partition_key_not_in_prefix")]
    more = "!{partitionKeyFromQuery:a}/!{partitionKeyFromQuery:b}/!{partitionKeyFromQuery:c}/"
    assert problems(keys, prefix=more) == [("prefix", "s3.partition_key_unknown")]
    assert problems(keys, prefix="plain/!{partitionKeyFromLambda:a}/") == [("prefix", "s3.partition_key_not_in_prefix")]


@pytest.mark.parametrize(("seconds", "is_fine"), [(-1, False), (0, True), (7_200, True), (7_201, False)])
def test_a_retry_ends_after_two_hours(seconds: int, is_fine: bool) -> None:
    found = problems({"a": ".a"}, retry_seconds=seconds)
    assert found == ([] if is_fine else [("retry_seconds", "delivery.retry_duration")])


def test_the_queries_become_one_of_jqs_objects() -> None:
    parted = Partitioning(keys={"building": " .building ", "floor": ".place.floor"}, delimiter=False)
    [extraction] = parted.processors()
    asked = {parameter["ParameterName"]: parameter["ParameterValue"] for parameter in extraction["Parameters"]}
    assert asked["MetadataExtractionQuery"] == "{building:.building,floor:.place.floor}"
    assert [processor["Type"] for processor in Partitioning(keys={"a": ".a"}).processors()] == [
        "MetadataExtraction",
        "AppendDelimiterToRecord",
    ]
